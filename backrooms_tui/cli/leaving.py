"""How the command line leaves when something is wrong: what is said, and the exit status."""

import errno
import os
from contextlib import suppress

import click

from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble

OPERATOR_ERROR = 2
PROVIDER_TROUBLE = 3
INTERRUPTED = 130


def status_of(error: Exception) -> int:
    """Say what `error` means on standard error; the exit status that belongs to it."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            return OPERATOR_ERROR
        case click.ClickException():
            context = error.ctx if isinstance(error, click.UsageError) else None
            command = context.command_path if context is not None else "backrooms"
            complain(error.format_message(), f"`{command} --help` shows what there is")
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
        case OSError() if error.filename is None and error.errno in (errno.ENOSPC, errno.EIO):
            from backrooms_tui.cli.printing import UNWRITABLE, silence_stdout

            silence_stdout()
            complain(UNWRITABLE.format(why=error.strerror), "make room, or send it somewhere else")
            return OPERATOR_ERROR
        case _:
            return _unforeseen(error)


def complain(what: str, cure: str = "") -> None:
    """One line of what, one line of what to do, on standard error, if it can still be written to."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    with suppress(OSError):  # the terminal may have been closed
        # A list of several findings keeps its lines.
        click.secho(harmless(what), fg="red", err=True, color=False if plain else None)
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
