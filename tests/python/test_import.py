import pytest

import hearingai
from fresh import python


def test_importing_loads_neither_tensorflow_nor_keras():
    python(
        "import sys; before = set(sys.modules); import hearingai\n"
        "new = set(sys.modules) - before\n"
        "assert not {'tensorflow', 'keras', 'pandas', 'numpy', 'typing'} & new"
    )


def test_help_loads_neither_tensorflow_nor_keras():
    python(
        "import sys; sys.argv = ['hearingai', '--help']\n"
        "from hearingai.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code\n"
        "assert not {'tensorflow', 'keras', 'pandas'} & set(sys.modules)"
    )


def test_the_shell_misses_a_classifier_before_keras_starts():
    python(
        "import sys; sys.argv = ['hearingai', 'info', 'none.keras']\n"
        "from hearingai.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert stop.code == 1\n"
        "else: raise AssertionError('nothing was missed')\n"
        "assert 'keras' not in sys.modules"
    )


@pytest.mark.parametrize("name", [n for n in hearingai.__all__ if n != "__version__"])
def test_every_public_name_is_there_and_documented(name):
    assert getattr(hearingai, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such"):
        hearingai.no_such  # noqa: B018


@pytest.mark.parametrize("first", ["import hearingai, keras", "import keras, hearingai"])
def test_plain_keras_opens_a_classifier(tmp_path, first):
    """In a process that has used nothing of hearingai yet."""
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    done = python(f"{first}; print(keras.saving.load_model({path!r}).fingerprint())")
    assert done.stdout.strip() == classifier.fingerprint()


def test_the_shell_opens_what_it_has_not_made(tmp_path):
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    path = hearingai.save_classifier(classifier, tmp_path / "a.keras")
    done = python(f"import hearingai; print(hearingai.load_classifier({path!r}).fingerprint())")
    assert done.stdout.strip() == classifier.fingerprint()
