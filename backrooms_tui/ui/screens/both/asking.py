"""Before a session goes on both ways: how many turns, said beside from where and with which ladder."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from backrooms_tui.assembly.branching.both_ways import TURNS, ladder_to_try
from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.screens.stage.asking import Ask

if TYPE_CHECKING:
    from backrooms_tui.ui.screens.stage.watching import WatchingScreen

MOST = 1_000  # turns each way


def ask_both_ways(
    screen: "WatchingScreen",
    state: SessionState,
    begun: Callable[[], object],
    after: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Ask, and show both ways from the turn that is chosen on `screen`; `begun` is called before that, and nobody
    speaks on them until `after` is over."""
    turn = turn_chosen(screen, state)
    if turn is None:
        return
    ladder, own = ladder_to_try(state)
    whose = "its own ladder" if own else "the standard ladder"
    hint = f"without: no ladder\nwith: {whose} ({', '.join(step.kind for step in ladder)})\nenter begins, esc goes back"

    def answered(text: str) -> None:
        begun()
        screen.backrooms.show_both(state.session, turn, turns=int(text), ladder=ladder, after=after)

    question = f"Both ways from turn {turn}: how many turns each?"
    screen.ask(Ask(question, value=str(TURNS), hint=hint, check=_not_a_number_of_turns), answered)


def turn_chosen(screen: "WatchingScreen", state: SessionState) -> int | None:
    """The turn from which something else is to go on: the chosen one, or the last one. None, and the person is told
    why, where there is none that stands."""
    if not state.turn:
        screen.say("There is no turn to go on from yet")
        return None
    entry = screen.chosen_turn()
    if entry is not None and entry.retracted:
        screen.say("That turn was taken back: choose one that stands")
        return None
    return entry.turn if entry is not None else state.turn


def _not_a_number_of_turns(text: str) -> str:
    fits = text.strip().isdecimal() and 1 <= int(text) <= MOST
    return "" if fits else f"a number of turns, from 1 to {MOST:,}"
