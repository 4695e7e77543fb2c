"""What is judged: who took part in a session, what was said, and which turns make up a round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backrooms_tui.session.entries import CouncilEntry, Entry, NoticeEntry, TurnEntry, WordEntry
from backrooms_tui.session.events import AnyEvent, TurnEnded
from backrooms_tui.session.state import SessionState, apply


@dataclass(frozen=True, slots=True)
class Member:
    """One agent as a judge may know it: all `names` that it had, the last one first, and what it was told to be. A
    `world` answers commands, and is not judged."""

    seat: int
    names: tuple[str, ...]
    description: str = ""
    position: str = ""
    system: str = ""
    world: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """A session, or a part of it. `entries` are what was said, in order; `rounds` says of each turn in which round it
    was, where that is known. After the entry `gap` (counted from 0) so many turns `between` were not even read."""

    members: tuple[Member, ...]
    entries: tuple[Entry, ...]
    rounds: Mapping[int, int] = field(default_factory=dict)
    gap: int | None = None
    between: int = 0

    @property
    def turns(self) -> tuple[int, ...]:
        """The numbers of the turns that stand, in order."""
        return tuple(entry.turn for entry in self.entries if isinstance(entry, TurnEntry))

    @property
    def seats(self) -> tuple[int, ...]:
        """Everybody's seat, in order."""
        return tuple(member.seat for member in self.members)


def matter_of(events: Iterable[AnyEvent], *, councils: bool) -> Matter:
    """All of a session from its events; deltas are of no use. With `councils` also what agents were told by those."""
    state = SessionState()
    rounds: dict[int, int] = {}
    for event in events:
        if isinstance(event, TurnEnded):
            rounds[event.turn] = state.round or state.rounds + 1
        apply(state, event)
    return Matter(members_of(state, state.entries), kept(state.entries, councils=councils), rounds)


def kept(entries: Sequence[Entry], *, councils: bool) -> tuple[Entry, ...]:
    """What a judge may see of a timeline: what was taken back is not in it, nor what a screen tells beside it."""
    return tuple(entry for entry in entries if _shows(entry, councils))


def members_of(state: SessionState, entries: Iterable[Entry]) -> tuple[Member, ...]:
    """Everybody in the session, by seat; `entries` are where earlier names are found."""
    names: dict[int, list[str]] = {seat: [agent.name] for seat, agent in sorted(state.agents.items())}
    told = {agent.seat: agent for agent in (state.setup.agents if state.setup is not None else ())}
    for seat, agent in told.items():
        names.setdefault(seat, []).append(agent.name)
    for entry in entries:
        if isinstance(entry, TurnEntry):
            names.setdefault(entry.agent, []).append(entry.name)
    members = []
    for seat, own in names.items():
        agent_setup = told.get(seat)
        texts, world = ("", "", ""), False
        if agent_setup is not None:
            texts = (agent_setup.description, agent_setup.position, agent_setup.system)
            world = agent_setup.kind == "world"
        members.append(Member(seat, tuple(dict.fromkeys(own)), *texts, world=world))
    return tuple(members)


def round_of(matter: Matter, number: int) -> tuple[int, int]:
    """Where a round begins and ends among the entries: from the first up to, and without, the last. What stands right
    before its first turn belongs to it."""
    places = [
        place
        for place, entry in enumerate(matter.entries)
        if isinstance(entry, TurnEntry) and matter.rounds.get(entry.turn) == number
    ]
    begin = places[0]
    while begin > 0 and not isinstance(matter.entries[begin - 1], TurnEntry):
        begin -= 1
    return begin, places[-1] + 1


def _shows(entry: Entry, councils: bool) -> bool:
    match entry:
        case TurnEntry():
            return not entry.retracted
        case CouncilEntry():
            return councils and bool(entry.text.strip())
        case NoticeEntry():
            return False
        case WordEntry():
            return not entry.taken_back
    return True
