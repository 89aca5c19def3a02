import pytest

import hearingai
from fresh import need, python


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


@pytest.mark.parametrize("name", ["list_recipes", "list_bodies"])
def test_what_there_is_is_listed_without_keras(name):
    python(f"import sys, hearingai; hearingai.{name}(); assert 'keras' not in sys.modules")


@pytest.mark.parametrize("command", ["recipes", "bodies", "pretrained"])
def test_the_shell_lists_what_there_is_without_keras_and_pandas(command):
    python(
        f"import sys; sys.argv = ['hearingai', {command!r}]\n"
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


def test_what_keras_has_for_pictures_and_scikit_learn_is_loaded_when_it_is_used():
    need("matplotlib", "sklearn")
    python(
        "import sys, hearingai, keras\n"
        "assert not {'matplotlib', 'sklearn'} & set(sys.modules)\n"
        "wrapper = keras.wrappers.SKLearnClassifier\n"
        "assert issubclass(wrapper, sys.modules['sklearn.base'].BaseEstimator)\n"
        "assert callable(keras.visualization.plot_image_gallery)\n"
        "assert 'matplotlib' in sys.modules"
    )


@pytest.mark.parametrize("name", [n for n in hearingai.__all__ if n != "__version__"])
def test_every_public_name_is_there_and_documented(name):
    assert getattr(hearingai, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such"):
        hearingai.no_such  # noqa: B018
