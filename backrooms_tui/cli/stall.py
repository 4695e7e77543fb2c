"""`backrooms sessions stall`: how much a session goes in circles, turn by turn, and what was done about it."""

from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless_line

if TYPE_CHECKING:
    from backrooms_tui.assembly.measuring import Effect, Measured

_BAR = 10  # cells


@click.command()
@click.argument("session", shell_complete=session_ids)
@click.option("--anew", is_flag=True, help="Measure the texts as they stand now, edits included.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of turns.")
def stall(session: str, anew: bool, as_json: bool) -> None:
    """Show how much SESSION stalls, from 0 to 1, after each turn.

    The parts are the evidence in the turn itself: likeness to what was said before, repeated phrases, shrinking turns,
    pure agreement, goodbyes, cycles. Steps of the ladder follow, with the meter's mean over the four turns before
    and after each. What was measured while it was spoken is shown as it was; other sessions are measured now.
    """
    from backrooms_tui.assembly.measuring import effects, measured
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        state = workspace.store.state(workspace.store.find(session))
    finally:
        workspace.close()
    turns = measured(state, anew=anew)
    if as_json:
        print_json([_as_json(one) for one in turns])
        return
    if not turns:
        click.echo("Nobody has said anything yet.")
        return
    print_table(("turn", "agent", "stall", "", "made of"), [_row(one) for one in turns], stretch=4)
    limit = state.setup.rules.stall_at if state.setup is not None else 0.5
    high = sum(one.stall >= limit for one in turns)
    click.echo(f"\n{high} of {len(turns)} turns ({high / len(turns):.0%}) at {limit:g} or above")
    for effect in effects(state, turns):
        click.echo(_told(effect))


def _as_json(one: "Measured") -> dict[str, Any]:
    parts = {name: round(value, 4) for name, value in one.parts.items()}
    return {"turn": one.turn, "agent": one.agent, "name": one.name, "stall": round(one.stall, 4), "parts": parts}


def _row(one: "Measured") -> tuple[str, ...]:
    full = round(one.stall * _BAR)
    parts = sorted(one.parts.items(), key=lambda part: -part[1])
    made = ", ".join(f"{name} {value:.2f}" for name, value in parts if value >= 0.05)
    return (str(one.turn), one.name, f"{one.stall:.2f}", "█" * full + "·" * (_BAR - full), made)


def _told(effect: "Effect") -> str:
    def mean(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    taken = effect.taken
    detail = harmless_line(taken.detail)
    return f"after turn {taken.turn}, step {taken.step}: {detail} · {mean(effect.before)} → {mean(effect.after)}"
