"""The options of `backrooms run` that overrule a template's rules."""

import math
from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from backrooms_tui.cli.completing import model_names
from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.world import Permission
from backrooms_tui.templates.orders import ORDERS

Command = TypeVar("Command", bound=Callable[..., Any])


def _finite(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number of seconds.", ctx, param)
    return value


def _permissions(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, Permission]:
    found: dict[str, Permission] = {}
    for text in given:
        name, equals, said = (part.strip().casefold() for part in text.partition("="))
        if name not in REQUESTS:
            raise click.BadParameter(f"{text!r} is nothing that agents ask for: {', '.join(REQUESTS)}.", ctx, param)
        permission = next((one for one in get_args(Permission) if one == (said if equals else "allow")), None)
        if permission is None:
            raise click.BadParameter(f"write {name}, {name}=ask or {name}=deny.", ctx, param)
        found[name] = permission
    return found


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
    click.option(
        "--requests",
        multiple=True,
        metavar="NAME[=ask] ...",
        callback=_permissions,
        help=f"Let agents ask for this by themselves: {', '.join(REQUESTS)}. With =ask you are asked each time.",
    ),
)


def rules_options(command: Command) -> Command:
    """Give `command` the options; their names are those of the fields of `conversation.casting.Choices`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
