"""Languages of eSpeak NG: what they are written in, and how they are said."""

import pytest

import hearingai
from hearingai.errors import HearingAIError
from hearingai.synthesis.espeak import find_espeak
from hearingai.synthesis.languages import accents, check_text, plain_phonemes, said, sayable

try:
    find_espeak()
except HearingAIError:
    pytest.skip("eSpeak NG is not installed", allow_module_level=True)


def test_every_language_is_listed_with_its_voices():
    table = hearingai.languages()
    assert list(table) == ["language", "name", "voices"]
    named = table.set_index("language")
    assert named.loc["de", "name"] == "German"
    assert named.loc["en", "voices"] == len(accents("en")) * named.loc["de", "voices"]
    assert len(table) > 100
    assert table["language"].is_unique


def test_accents_begin_with_the_main_one():
    assert accents("en")[0] == "en-us"
    assert accents("en-us")[0] == "en-us"
    assert accents("fr")[0] == "fr-fr"
    assert accents("DE") == ("de",)
    assert accents("chr-us-qaaa-x-west") == ("chr-US-Qaaa-x-west",)
    with pytest.raises(
        HearingAIError, match="`language` must be one of those of languages.*Did you mean 'en-us'"
    ):
        accents("en-uss")


@pytest.mark.parametrize(
    ("text", "language"),
    [("yes", "en"), ("l'été", "fr"), ("Straße", "de"), ("привет", "ru"), ("こんにちは", "ja")]
    + [("नमस्ते", "hi"), ("مرحبا", "ar"), ("你好", "cmn"), ("42", "en"), ("[[j'Es]]", "en")],
)
def test_texts_in_their_own_script_are_taken(text, language):
    check_text(text, language)
    assert said([text], language)[0]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("", "en", "must be text"),
        ("  ", "en", "must be text"),
        (3, "en", "must be text"),
        ("😀", "en", "words made of letters. Received: '😀', with '😀'"),
        ("a/b", "en", "words made of letters.*with '/'"),
        ("--", "en", "words made of letters.*no letters"),
        ("привет", "en", "voices of `en` cannot say 'привет': 'п' is no letter"),
        ("hello", "ru", "voices of `ru` cannot say 'hello'"),
        ("你好", "de", "voices of `de` cannot say '你好'"),
    ],
)
def test_what_no_voice_can_say_is_named(text, language, words):
    with pytest.raises(HearingAIError, match=words):
        check_text(text, language)


def test_phonemes_are_those_of_the_word():
    assert said(["yes", "two", "too", "stop"], "en") == [
        ["j", "E", "s"],
        ["t", "u:"],
        ["t", "u:"],
        ["s", "t2", "0", "p"],
    ]
    assert plain_phonemes("l_'aI_t_s 'O2_n") == ["l", "aI", "t", "s", "O2", "n"]


def test_phonemes_in_brackets_are_said_as_they_stand():
    assert said(["[[d'A:t@]]"], "en")[0] == ["d", "A:", "t#", "@"]
    assert said(["[[l'a:]]"], "ar") == said(["لا"], "ar")


def test_what_is_learnt_beside_the_words_is_what_a_voice_says():
    assert list(sayable(["7", "42"], "de")) == ["7", "42"]
    assert sayable(["7", "42"], "ne") == {}  # said in English
    with pytest.raises(HearingAIError, match="`others`: the voices of `ne` cannot say '7'"):
        said(["7"], "ne", "others")
