"""How the command line leaves when something is wrong: what is said, and the exit status."""

import os

import click

from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble

OPERATOR_ERROR = 2
PROVIDER_TROUBLE = 3
INTERRUPTED = 130


def status_of(error: Exception) -> int:
    """Say what `error` means on standard error; the exit status that belongs to it."""
    match error:
        case click.ClickException():
            error.show()
            return OPERATOR_ERROR
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort() | EOFError():
            complain("Interrupted.")
            return INTERRUPTED
        case OperatorError():
            complain(error.what, error.cure)
            return OPERATOR_ERROR
        case ProviderTrouble():
            complain(error.trouble.message, error.trouble.cure)
            return PROVIDER_TROUBLE
        case BrokenPipeError():
            from backrooms_tui.cli.printing import silence_stdout

            silence_stdout()
            return INTERRUPTED
        case _:
            return _unforeseen(error)


def complain(what: str, cure: str = "") -> None:
    """One line of what, one line of what to do, on standard error."""
    # A list of several findings keeps its lines.
    click.secho(harmless(what), fg="red", err=True, color=False if os.environ.get("NO_COLOR") else None)
    if cure:
        click.echo(harmless(cure), err=True)


def _unforeseen(error: Exception) -> int:
    """A mistake of this program: one line for the person, the traceback only for who asks for it."""
    if os.environ.get("BACKROOMS_DEBUG"):
        raise error
    complain(
        f"Something unforeseen happened: {type(error).__name__}: {harmless_line(str(error))[:300]}",
        "This is a fault of the program. BACKROOMS_DEBUG=1 shows where; what was said so far is kept.",
    )
    return 1
