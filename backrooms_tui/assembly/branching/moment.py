"""A moment of a session: who is there after one of its turns, with what, and by which rules."""

from dataclasses import dataclass, replace

from backrooms_tui.assembly.in_their_stead import in_their_stead
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.entries import TurnEntry
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError

_HELD = 12  # turns that are read to tell how long a request is
_LETTERS = 4  # a token, where nobody counted


@dataclass(frozen=True, slots=True)
class Moment:
    """The end of `turn` of a session that has `turns`, with the setup that a branch goes on with from there.

    `said` is what was said in that turn, as it reads now. `tokens` is about how long the next request is.
    """

    session: str
    title: str
    turn: int
    turns: int
    setup: Setup
    said: TurnEntry
    tokens: int


def moment_of(workspace: Workspace, session: str, turn: int | None = None) -> Moment:
    """The end of `turn`, by default of the last one. Reads a few turns, however long the session is.

    What was changed by hand after the last turn counts, too, and who cannot be asked has the model that a branch gives
    it. Raises OperatorError for a session or a turn that is not there.
    """
    store = workspace.store
    summary = store.summary(session)
    turn = summary.turns if turn is None else turn
    if not summary.turns:
        raise OperatorError(f"nothing has been said in “{harmless_line(summary.title)}” yet", "let it talk first")
    if not 1 <= turn <= summary.turns:
        raise OperatorError(f"there is no turn {turn}", f"its turns go from 1 to {summary.turns:,}")
    place = summary.last_seq if turn == summary.turns else store.place_of_turn(session, turn)
    state = store.state_at(session, place, held=_HELD)
    said = next((one for one in store.turns(session, turn, turn) if not one.retracted), None)
    if state.setup is None or said is None:
        raise OperatorError(f"turn {turn} was never spoken to its end", "choose another one")
    instead = in_their_stead(workspace, session, state.agents)
    agents = tuple(
        replace(
            one,
            model=instead.get(one.seat, agent).model,
            asked="",
            params=agent.params,
            window=instead.get(one.seat, agent).window,
            absent=agent.absent,
        )
        for one in state.setup.agents
        if (agent := state.agents.get(one.seat)) is not None
    )
    setup = replace(state.setup, agents=agents)
    return Moment(session, summary.title, turn, summary.turns, setup, said, _tokens(state, turn))


def _tokens(state: SessionState, turn: int) -> int:
    """How long the last requests were with what came back; by length where nobody counted."""
    held = [entry for entry in state.entries if isinstance(entry, TurnEntry) and not entry.retracted]
    counted = max((entry.usage.input_tokens + entry.usage.output_tokens for entry in held[-2:]), default=0)
    if counted or not held:
        return counted
    return sum(len(entry.text) for entry in held) * turn // len(held) // _LETTERS
