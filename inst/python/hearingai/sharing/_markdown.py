"""Pieces of Markdown, and Markdown as a page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from ..errors import readable

# What Markdown, GitHub's and the Hub's, would take for a sign within a line.
_SIGNS = re.compile(r"[\\`*\[\]<>|~$]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #ccc; padding: .25rem .6rem; text-align: left; vertical-align: top; }
thead:not(:has(th:not(:empty))) { display: none; }
pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; } code { font-size: .9em; }
td { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #161616; } pre { background: #262626; } a { color: #8ab4f8; }
}
"""


def plain(text: object) -> str:
    r"""Text that Markdown shows as it is: a label may be called `*`, or hold a tag of HTML.

    Example:
        >>> plain("a|b <i>")
        'a\\|b \\<i\\>'
    """
    return _SIGNS.sub(lambda found: f"\\{found.group()}", readable(text))


def number_text(value: object, digits: int = 3) -> str:
    """A number as text; what is none is a dash."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.{digits}f}"


def clips_text(n: object) -> str:
    """A number of clips; what is none is said to be unknown."""
    known = isinstance(n, int) and not isinstance(n, bool)
    return f"{n:,} clip{'' if n == 1 else 's'}" if known else "unknown clips"


def with_interval(value: float, low: float, high: float) -> str:
    """A number with its interval, if there is one."""
    told = number_text(float(value))
    known = low == low and high == high
    return f"{told} ({number_text(float(low))} to {number_text(float(high))})" if known else told


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(
        f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|" for line in lines
    )


def code(language: str, *lines: str) -> str:
    """A block of code."""
    return "\n".join([f"```{language}", *lines, "```"])


def page(markdown: str, title: str) -> str:
    """Markdown as a page of HTML that needs nothing else: no script, no picture, no style sheet."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{parser.render(markdown)}</body>\n</html>\n"
    )
