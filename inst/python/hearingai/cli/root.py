"""The root command and the entry point."""

import sys
import warnings
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

from ..errors import HearingAIError, HearingAIWarning
from ..version import __version__
from .console import print_line, say, show_warning
from .words import told


class _Commands(TyperGroup):
    """The commands; an error names the options of the command that it occurred in."""

    def invoke(self, ctx: Any) -> Any:
        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            show_warning(told(message, self._called(ctx)), category, filename, lineno)

        warnings.showwarning = show
        try:
            return super().invoke(ctx)
        except HearingAIError as error:
            say(f"error: {told(error, self._called(ctx))}", alarm=True)
            raise typer.Exit(1) from error

    def _called(self, ctx: Any) -> Any:
        return self.commands.get(ctx.invoked_subcommand or "")


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: framed help takes longer to start than everything else
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wished: bool) -> None:
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
) -> None:
    """Train audio classifiers on recordings in folders, and use them."""


def main() -> None:
    """Run the command; errors are one line on stderr and exit status 1, wrong use is 2."""
    warnings.simplefilter("always", HearingAIWarning)
    try:
        app(prog_name="hearingai")
    except OSError as error:  # a full disk, a folder that may not be written
        say(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), alarm=True)
        sys.exit(1)
