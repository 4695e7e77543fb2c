"""The `backrooms` command itself: its groups are loaded only when they are asked for, so that help is quick."""

import os
import sys
from importlib import import_module
from typing import NoReturn

import click

# Where each command lives, and its line in the help.
COMMANDS = {
    "run": ("backrooms_tui.cli.run:run", "Run a conversation here, without the screen."),
    "replay": ("backrooms_tui.cli.replay:replay", "Show a session again, as it was."),
    "repeat": ("backrooms_tui.cli.repeat:repeat", "Run a template many times, and say what came of it."),
    "sessions": ("backrooms_tui.cli.sessions:sessions", "List, show, find, rename, delete and restore sessions."),
    "import": ("backrooms_tui.cli.importing:import_", "Import sessions and templates, exported or of other tools."),
    "judge": ("backrooms_tui.cli.judge:judge", "Let models say what happened in a session, and score it."),
    "templates": ("backrooms_tui.cli.templates:templates", "List, show, check and start templates."),
    "models": ("backrooms_tui.cli.models:models", "List, test and pull models."),
    "worlds": ("backrooms_tui.cli.worlds:worlds", "List, show and test worlds: what answers commands."),
    "serve": ("backrooms_tui.cli.serve:serve", "Show the application in a browser, also to an audience."),
    "doctor": ("backrooms_tui.cli.doctor:doctor", "Say what is installed, what answers, and what is missing."),
    "backup": ("backrooms_tui.cli.backup:backup", "Copy all sessions to a file, also while some are being recorded."),
    "restore": ("backrooms_tui.cli.backup:restore", "Put a backup in place of the sessions that are here now."),
    "vacuum": ("backrooms_tui.cli.backup:vacuum", "Give back the room that deleted sessions took."),
    "locate": ("backrooms_tui.cli.locate:locate", "Print where things are kept."),
    "completion": ("backrooms_tui.cli.completion:completion", "Print the completion script for a shell."),
}


class Commands(click.Group):
    """A group that imports a command when it is used and knows its line of help before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded; None for a name that is not in the table."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest names for one that is not there."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=3, cutoff=0.4)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"backrooms {version('backrooms-tui')}")
        ctx.exit()


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: backrooms run cli --lm local local --max-turns 6",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Print the version."
)
@click.pass_context
def backrooms(ctx: click.Context) -> None:
    """Language models talk with one another while you watch, step in, and keep what happened.

    Without a command, in a terminal, the application starts.
    """
    if ctx.invoked_subcommand is None:
        from backrooms_tui.cli.application import in_terminal, run_application

        if in_terminal():
            ctx.exit(run_application())
        click.echo(ctx.get_help())


def start() -> NoReturn:
    """Run the command line and leave with its exit status: 0 done, 2 operator error, 3 provider trouble, 130
    interrupted. Errors go to standard error: one line of what, one of what to do, never a traceback."""
    # A program may be started without them; what it would say goes nowhere then.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        # NO_COLOR: whatever it is set to, as no-color.org has it; click does not look at it by itself.
        color = False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None
        status = backrooms.main(prog_name="backrooms", standalone_mode=False, color=color)
    except Exception as error:
        from backrooms_tui.cli.leaving import status_of

        status = status_of(error)
    except KeyboardInterrupt:
        status = 130
    except SystemExit as leaving:
        # click leaves by itself after completing words, and with 1 where the reader of a pipe has gone.
        status = 130 if leaving.code else 0
    sys.exit(status if isinstance(status, int) else 0)
