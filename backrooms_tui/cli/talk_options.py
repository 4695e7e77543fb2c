"""What is said of models, parameters, a seed and words in the same way wherever a conversation begins or goes on."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from backrooms_tui.cli.completing import model_names
from backrooms_tui.session.trouble import OperatorError

Command = TypeVar("Command", bound=Callable[..., Any])
EVERY_SEAT = 0


def talk_options(models: str, *, seed: str, words: str) -> Callable[[Command], Command]:
    """Give a command --lm, --param, --seed, --say and --max-turns, with what the first, third and fourth mean for it.

    They come as `models`, `params`, `seed`, `words` and `max_turns`; `params_by_seat` reads the second.
    """
    options = (
        click.option("--lm", "models", multiple=True, metavar="MODEL ...", shell_complete=model_names, help=models),
        click.option(
            "--max-turns", type=click.IntRange(min=0), help="End after N turns in all; 0 is no limit.", metavar="N"
        ),
        click.option(
            "--param",
            "params",
            multiple=True,
            metavar="NAME=VALUE ...",
            help="Set a model parameter: temperature=0.9 for all seats, 2.temperature=0.9 for seat 2.",
        ),
        click.option("--seed", type=click.IntRange(min=0), metavar="N", help=seed),
        click.option("--say", "words", multiple=True, metavar="TEXT", help=words),
    )

    def give(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def pair(text: str, option: str) -> tuple[str, str]:
    """`NAME=VALUE`, parted. Raises OperatorError where there is no name or no equals sign."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise OperatorError(f"{option} {text!r} has no value", f"write {option} NAME=VALUE")
    return name.strip(), value


def params_by_seat(texts: Sequence[str]) -> dict[int, dict[str, object]]:
    """What --param says, by seat; `EVERY_SEAT` where it is for all."""
    found: dict[int, dict[str, object]] = {}
    for text in texts:
        name, value = pair(text, "--param")
        seat, dot, rest = name.partition(".")
        seated = bool(dot) and seat.isdecimal() and int(seat) != EVERY_SEAT
        found.setdefault(int(seat) if seated else EVERY_SEAT, {})[rest if seated else name] = value
    return found
