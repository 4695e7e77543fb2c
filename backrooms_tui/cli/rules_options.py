"""The options of `backrooms run` that overrule a template's rules."""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from backrooms_tui.cli.completing import model_names
from backrooms_tui.templates.orders import ORDERS

Command = TypeVar("Command", bound=Callable[..., Any])


def _finite(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number of seconds.", ctx, param)
    return value


_OPTIONS = (
    click.option(
        "--order",
        type=click.Choice(list(ORDERS)),
        help="Who speaks next.",
    ),
    click.option(
        "--manager",
        metavar="MODEL",
        shell_complete=model_names,
        help="The model that picks who speaks, with --order manager.",
    ),
    click.option("--max-rounds", type=click.IntRange(min=0), metavar="N", help="End when everybody had N turns."),
    click.option(
        "--max-tokens",
        type=click.IntRange(min=0),
        metavar="N",
        help="End when N tokens went in and out in all; for one reply it is --param max_tokens=N.",
    ),
    click.option(
        "--max-seconds", type=click.FloatRange(min=0), metavar="S", callback=_finite, help="End after S seconds."
    ),
    click.option(
        "--ladder/--no-ladder",
        default=None,
        help="Step in when the talk goes in circles, by the template's ladder or else the standard one; or do not.",
    ),
)


def rules_options(command: Command) -> Command:
    """Give `command` the options; their names are those of the fields of `conversation.casting.Choices`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
