"""A classifier on the Hub: what one language publishes the other opens."""

import pytest

import hearingai
from fresh import need
from hub import TOKEN, serving

need("huggingface_hub")


@pytest.fixture
def hub(tmp_path):
    with serving() as (found, address):
        found.environment = {"HF_ENDPOINT": address, "HF_TOKEN": TOKEN}
        found.environment |= {"HF_HUB_DISABLE_XET": "1", "HF_HOME": str(tmp_path / "home")}
        yield found


@pytest.mark.slow
def test_r_publishes_what_python_publishes_and_opens_it(rscript, hub, tmp_path, monkeypatch):
    made = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    path = hearingai.save_classifier(made, tmp_path / "mine.keras")
    for name, value in hub.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    hearingai.push_to_hub(path, "me/python", title="Mine", licence="MIT", about="A test.")
    told = rscript(
        f"mine <- load_classifier('{path}')\n"
        "address <- push_to_hub(mine, 'me/r', title = 'Mine', licence = 'MIT', about = 'A test.')\n"
        "cat(address, fingerprint(load_classifier(address)),\n"
        "  fingerprint(load_classifier('hf://me/python')), '\\n')\n"
        "again <- tryCatch(push_to_hub(mine, 'me/r'), hearingai_error = conditionMessage)\n"
        "cat(again)",
        hub.environment,
    )
    revision = hub.files("me/r")[0]
    first, refused = told.split("\n", 1)
    assert first.split() == [f"hf://me/r@{revision}", *[made.fingerprint()] * 2]
    assert "`overwrite = TRUE`" in refused
    cards = [hub.files(name)[1]["README.md"].decode() for name in ("me/r", "me/python")]
    cards[0] = (
        cards[0].replace("hf://me/r", "hf://me/python").replace("name: r\n", "name: python\n")
    )
    assert cards[0] == cards[1]


def test_cards_are_equal(rscript, folder, tmp_path):
    clips = hearingai.load_clips(folder)
    made = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    path = hearingai.save_classifier(made, tmp_path / "mine.keras")
    told = rscript(
        f"classifier <- load_classifier('{path}')\n"
        f"result <- evaluate(classifier, load_clips('{folder}'))\n"
        f"writeLines(model_card(classifier, result, format = 'html'), '{tmp_path}/r.html')"
    )
    assert told == ""
    own = hearingai.model_card(made, hearingai.evaluate(made, clips), format="html")
    assert (tmp_path / "r.html").read_text().rstrip("\n") == own.rstrip("\n")
