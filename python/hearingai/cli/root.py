"""The command and its entry."""

import sys
import warnings
from typing import Annotated

import typer

from ..errors import HearingAIError, HearingAIWarning
from ..version import __version__
from .console import print_line, say, show_warning

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain pages: the framed ones take longer to start than all the rest
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wished: bool):
    if wished:
        print_line(f"hearingai {__version__}")
        raise typer.Exit


@app.callback()
def hearingai(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
):
    """Train audio classifiers on recordings in folders, and use them."""


def main():
    """Run the command; errors are one line on stderr and exit status 1, wrong use is 2."""
    warnings.showwarning = show_warning
    warnings.simplefilter("always", HearingAIWarning)
    try:
        app(prog_name="hearingai")
    except HearingAIError as error:
        say(f"error: {error}", alarm=True)
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be written
        say(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), alarm=True)
        sys.exit(1)
