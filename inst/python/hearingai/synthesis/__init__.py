"""Speech made by a synthesiser: languages, voices, words and what sounds almost like them."""

from .languages import languages

__all__ = ["languages"]
