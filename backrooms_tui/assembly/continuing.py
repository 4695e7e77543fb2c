"""Going on with a session that has a past: where it stood, or as a branch from one of its turns."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from backrooms_tui.assembly.claiming import claimed
from backrooms_tui.assembly.in_their_stead import in_their_stead
from backrooms_tui.assembly.opening import Opened, conversation_of
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.council.members import members_of
from backrooms_tui.conversation.publishing import Listener
from backrooms_tui.session.events import (
    AgentChanged,
    AgentJoined,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    AnyEvent,
    CouncilEnded,
    CouncilOpened,
    Interjected,
    Remembered,
    RequestMade,
    RequestUndone,
    RulesChanged,
    SeatChanged,
    SessionOpened,
    TurnEdited,
    TurnEnded,
    TurnRetracted,
    VoteClosed,
    Whispered,
)
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.recorder import Recorder

# What is changed by hand between two turns, beside words and memories.
_CHANGES = (AgentChanged, AgentJoined, AgentLeft, AgentMuted, AgentReturned, RulesChanged, SeatChanged)


async def resume(workspace: Workspace, session: str, listeners: Sequence[Listener] = ()) -> Opened:
    """The session as it stood, ready to go on in the same record, inside the councils that were being held. Nothing is
    asked of a model until it runs.

    Agents whose models cannot be reached are in its `warnings`: the person may give their seats others. Raises
    LiveError for a session that is being recorded, here or by another program, and OperatorError for one that is not
    there.
    """
    store = workspace.store
    # Before it is read, so that nobody else adds to it from here on.
    claim = await claimed(store, session)
    try:
        state = await asyncio.to_thread(store.state, session)
        opened = conversation_of(workspace, state, Recorder(store, session, claim=claim), listeners)
        await _with_councils(opened)
        return replace(opened, warnings=_unreachable(workspace, state))
    except BaseException:
        claim.release()
        raise


async def branch(
    workspace: Workspace,
    session: str,
    turn: int,
    listeners: Sequence[Listener] = (),
    *,
    title: str | None = None,
    setup: Callable[[Setup], Setup] | None = None,
) -> Opened:
    """A new session that begins with everything up to the end of `turn` of another one, and goes on from there.

    The past is copied, deltas and all, so that the branch can be replayed by itself, and with what was edited in it
    later on. It has the other's title as it is now, or a `title` of its own, and the other's setup, or what `setup`
    makes of that. An agent whose model cannot be asked here has the one that it has at the session's end, where that
    can be. `warnings` are as `resume` has them. Raises OperatorError for a session or a turn that is not there.
    """
    store = workspace.store
    id = store.new_id()
    past = await asyncio.to_thread(lambda: list(_past(store.events(session), turn, session, id)))
    if not past:
        raise OperatorError(f"session {session} has no turn {turn}", "choose one of its turns")
    called = title if title is not None else (await asyncio.to_thread(store.summary, session)).title
    past = [_titled(event, called, setup) for event in past]
    state = SessionState()
    for event in past:
        apply(state, event)
    recorder = Recorder(store)
    for event in past:
        recorder.hear(event)
    opened = conversation_of(workspace, state, recorder, listeners)
    for seat, now in (await asyncio.to_thread(in_their_stead, workspace, session, state.agents)).items():
        opened.conversation.change_seat(seat, model=now.model, window=now.window)
    return replace(opened, warnings=_unreachable(workspace, opened.conversation.state))


def _titled(event: AnyEvent, title: str, setup: Callable[[Setup], Setup] | None) -> AnyEvent:
    if not isinstance(event, SessionOpened):
        return event
    given = setup(event.setup) if setup is not None else event.setup
    return replace(event, setup=replace(given, title=title))


def _past(events: Iterable[AnyEvent], turn: int, parent: str, id: str) -> Iterator[AnyEvent]:
    """The events up to the last end of `turn`, as the beginning of the session `id`; nothing where it never ended.

    What agents asked for in that turn belongs to it. An edit that came later counts from the beginning, and so does
    what was undone of their requests: the branch goes on from what the person saw. So does, where `turn` is the last
    one that stands, what was said and changed since, by hand or by a cue.
    """
    kept: list[AnyEvent] = []
    later: list[AnyEvent] = []
    until = place = asked = 0
    undone: set[int] = set()
    ends: dict[int, int] = {}  # of the turns that stand
    for event in events:
        if isinstance(event, SessionOpened):
            event = replace(event, session=id, parent=parent, parent_turn=turn, serves=None)
        kept.append(event)
        if isinstance(event, TurnEnded) and event.turn <= turn:
            # A turn that was spoken again, in whose place this one stands.
            until = place = len(kept) if event.turn == turn else until
            later = [edit for edit in later if isinstance(edit, TurnEdited) and edit.turn < event.turn]
        elif isinstance(event, RequestMade | VoteClosed) and until and max(ends, default=0) == turn:
            asked = event.seq + event.effects
        elif isinstance(event, RequestUndone) and event.turn <= turn:
            undone.update(range(event.seq, event.seq + event.effects + 1))
        if event.seq <= asked:
            until = len(kept)
        elif event.seq in undone or (isinstance(event, TurnEdited) and event.turn <= turn) or _since(event):
            later.append(event)
        if isinstance(event, TurnEnded):
            ends[event.turn] = len(kept)
        elif isinstance(event, TurnRetracted):
            ends.pop(event.turn, None)
    last = place == max(ends.values(), default=0)
    past = _without_open_councils(kept[:until])
    whole = [one for one in later if last or isinstance(one, TurnEdited) or one.seq in undone]
    after = [event for event in whole if event.seq > until]
    return iter(
        [*past, *(replace(event, seq=len(past) + number) for number, event in enumerate(after, 1))] if past else []
    )


def _without_open_councils(past: list[AnyEvent]) -> list[AnyEvent]:
    """A council that was being held at that moment goes on in the session that it serves, and not in the branch."""
    over = {event.council for event in past if isinstance(event, CouncilEnded)}
    kept = [event for event in past if not isinstance(event, CouncilOpened) or event.council in over]
    if len(kept) == len(past):
        return past
    return _numbered(kept, 0)


def _numbered(events: Iterable[AnyEvent], after: int) -> list[AnyEvent]:
    return [replace(event, seq=after + number) for number, event in enumerate(events, 1)]


def _since(event: AnyEvent) -> bool:
    """Whether the operator has done this between two turns, or a cue: who comes or goes with its words would otherwise
    be there, or away, before they are said."""
    if isinstance(event, Interjected | Whispered):
        return event.source in ("operator", "cue")
    if isinstance(event, Remembered):
        return event.by_operator
    return isinstance(event, _CHANGES)


async def _with_councils(opened: Opened) -> None:
    try:
        await opened.conversation.pick_up_councils()
    except BaseException:
        await opened.aclose()
        raise


def _unreachable(workspace: Workspace, state: SessionState) -> tuple[str, ...]:
    """Which agents cannot speak as they are, and why. A record may come from anywhere, and keys come and go."""
    whose: dict[str, list[str]] = {}
    for agent in state.agents.values():
        found = workspace.providers.usable(agent.model)
        if not found.yes:
            whose.setdefault(found.why, []).append(harmless_line(agent.name))
    for member in members_of(state.setup) if state.setup is not None else ():
        found = workspace.providers.usable(member.model)
        if not found.yes:
            whose.setdefault(found.why, []).append(harmless_line(member.name))
    return tuple(f"{' and '.join(names)} cannot speak: {why}" for why, names in whose.items())
