"""The languages that can be spoken, and what is written in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import HearingAIError
from ..runtime.arguments import choose
from .espeak import phonemes, voices

if TYPE_CHECKING:
    import pandas as pd

# Those of eSpeak's variants that sound natural: no whispers, croaks or robots.
WOMEN = "Andrea Annie anika aunty belinda f1 f2 f3 f4 f5 grandma linda steph steph2 steph3"
MEN = (
    "Alex Andy Denis Gene Gene2 Jacky Michael Mike Nguyen adam antonio benjamin boris ed edward "
    "edward2 gustave john m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel pablo paul pedro "
    "quincy travis victor"
)
_NOT_SPOKEN = ("en-shaw", "piqd", "qdb", "cmn-latn-pinyin")  # ways to write, and invented ones

# Alphabets other than the Latin one, as Unicode names them.
_WRITTEN_IN = {
    "ARABIC": "ar fa ku sd ug ur",
    "ARMENIAN": "hy hyw",
    "BENGALI": "as bn bpy",
    "CHEROKEE": "chr",
    "CJK": "cmn yue",
    "CYRILLIC": "ba be bg cv kk ky mk nog ru sr tt uk",
    "DEVANAGARI": "hi kok mr ne",
    "ETHIOPIC": "am ti",
    "GEORGIAN": "ka",
    "GREEK": "el grc",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA KATAKANA CJK": "ja",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "MYANMAR": "my shn",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
_ALSO_LATIN = ("ku", "sr")


def languages() -> pd.DataFrame:
    """List the languages in which words can be spoken, those of eSpeak NG.

    Returns:
        A table with a row a language or accent: `language`, the name that the others take; `name`,
        in English; `voices`, how many voices there are to draw speakers from: accents times
        variants.

    Raises:
        HearingAIError: eSpeak NG is not installed; the message says how to get it.

    Example:
        >>> import hearingai
        >>> table = hearingai.languages()  # doctest: +SKIP
        >>> table[table["language"] == "de"]["name"].item()  # doctest: +SKIP
        'German'
    """
    import pandas as pd

    named = {language: name for language, name in voices() if language not in _NOT_SPOKEN}
    named = {"en": "English", "fr": "French"} | named
    codes = sorted(named)
    variants = len(WOMEN.split()) + len(MEN.split())
    counts = [len(accents(code)) * variants for code in codes]
    return pd.DataFrame({"language": codes, "name": [named[c] for c in codes], "voices": counts})


def accents(language: str) -> tuple[str, ...]:
    """The accents of a language: itself, and those whose names begin with it, the main one first.

    Raises:
        HearingAIError: There is no such language.
    """
    known = sorted({code for code, _ in voices()} - {*_NOT_SPOKEN})
    wanted = str(language).lower()
    found = [code for code in known if f"{code.lower()}-".startswith(f"{wanted}-")]
    if not found:
        choose("language", language, known, "those of languages(), such as 'en' or 'de'")
    main = (wanted, f"{wanted}-{wanted}", "en-us")
    return tuple(sorted(found, key=lambda code: code not in main))


def check_text(text: str, language: str) -> None:
    """Refuse a text that no voice of a language says as its reader would.

    Args:
        text: Words, or phonemes in double square brackets.
        language: See `languages`.

    Raises:
        HearingAIError: It has no letters, others than those of the language, or words that the
            voice takes for another language.
    """
    if not isinstance(text, str) or not text.strip():
        raise HearingAIError(f"`words` must be text. Received: {text!r}")
    if re.fullmatch(r"\[\[[^\[\]]+\]\]", text.strip()):
        return
    strange = [c for c in text if not (c.isalnum() or c in " '’-.·" or _is_mark(c))]
    letters = [c for c in text if c.isalpha()]
    if strange or not (letters or any(c.isdigit() for c in text)):
        raise HearingAIError(
            f"`words` must be words made of letters. Received: {text!r}, with "
            f"{', '.join(map(repr, dict.fromkeys(strange))) or 'no letters'}"
        )
    alphabets = _alphabets(language)
    others = [c for c in letters if not unicodedata.name(c, "").startswith(alphabets)]
    if others:
        raise HearingAIError(
            f"`words`: the voices of `{language}` cannot say {text!r}: {others[0]!r} is no letter "
            f"of that language; `language` names another, see languages()"
        )


def _is_mark(character: str) -> bool:
    """Whether it is an accent or a vowel sign."""
    return unicodedata.category(character).startswith("M")


def _alphabets(language: str) -> tuple[str, ...]:
    code = language.lower().partition("-")[0]
    own = [names for names, codes in _WRITTEN_IN.items() if code in codes.split()]
    return (*" ".join(own).split(), *(() if own and code not in _ALSO_LATIN else ("LATIN",)))


def said(texts: Sequence[str], language: str, argument: str = "words") -> list[list[str]]:
    """The phonemes of texts, as a voice of a language says them, without stress or pauses.

    Raises:
        HearingAIError: It takes one for another language, or says nothing.
    """
    found = []
    for text, line in zip(texts, phonemes(texts, accents(language)[0]), strict=True):
        if _is_foreign(line):
            raise HearingAIError(
                f"`{argument}`: the voices of `{language}` cannot say {text!r}: they take it for "
                f"another language; `language` names that, see languages()"
            )
        found.append(plain_phonemes(line))
        if not found[-1]:
            raise HearingAIError(
                f"`{argument}`: the voices of `{language}` say nothing for {text!r}"
            )
    return found


def sayable(texts: Sequence[str], language: str) -> dict[str, list[str]]:
    """The phonemes of those texts that a voice of a language says, see `said`."""
    voice = accents(language)[0]
    try:
        lines = phonemes(texts, voice)
    except HearingAIError:  # a few voices end on numbers
        return {}
    told = {t: plain_phonemes(k) for t, k in zip(texts, lines, strict=True) if not _is_foreign(k)}
    return {text: sounds for text, sounds in told.items() if sounds}


def _is_foreign(line: str) -> bool:
    """Whether the voice of a line of phonemes took it for another language."""
    return re.search(r"\([a-z-]+\)", line) is not None


def plain_phonemes(line: str) -> list[str]:
    """The phonemes of a line of eSpeak's, without stress, tone marks and pauses."""
    names = (re.sub(r"[',%=|]", "", name) for name in re.split(r"[_ ]+", line))
    return [name for name in names if name and not re.fullmatch(r"[:;#-]*", name)]
