"""How the API refuses, whatever the reason."""


def refused(answer, status):
    """The one sentence of a refusal."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert list(told) == ["error"]
    assert "\n" not in told["error"]
    return told["error"]
