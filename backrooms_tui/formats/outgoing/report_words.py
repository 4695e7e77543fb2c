"""What a report says beside what was said: its facts, and the lines under which things are folded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of
from backrooms_tui.formats.outgoing.report_parts import Part
from backrooms_tui.formats.outgoing.spoken import cost_of, lasting, mark, model_names, moment
from backrooms_tui.session.entries import CouncilEntry, OpenCouncil, TurnEntry
from backrooms_tui.session.mark import Mark
from backrooms_tui.session.usage import Usage


@dataclass(frozen=True, slots=True)
class Seat:
    """Who took part, and with which models."""

    seat: int
    sign: str
    name: str
    model: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands at the top; all of it raw."""

    title: str
    cast: tuple[Seat, ...]
    lines: tuple[str, ...]


def facts_of(record: Record, gist: Gist) -> Facts:
    """Who, when, how long, at what cost, of what; why it ended."""
    cast = tuple(
        Seat(agent.seat, mark(agent.seat), agent.name, model_names(gist, agent.seat)) for agent in gist.setup.agents
    )
    turns = "1 turn" if gist.turns == 1 else f"{gist.turns:,} turns"
    went = [moment(gist.started), lasting(gist.last - gist.started), turns, cost_of(gist)]
    whose = [f"template {gist.setup.template}"] if gist.setup.template else []
    whose.append(f"session {record.id}")
    if gist.parent:
        whose.append(f"a branch of {gist.parent} from turn {gist.parent_turn}")
    whose += filter(None, [record.mark_of(0).signs])
    lines = [" · ".join(went), " · ".join(whose)]
    if gist.ended is not None and gist.ended.detail:
        lines.append(gist.ended.detail)
    given = " · ".join(f"{name} = {value}" for name, value in gist.setup.variables.items())
    return Facts(record.title.strip() or "Untitled", cast, (*lines, *([given] if given else [])))


def said_in(part: Part) -> str:
    """`4 turns, 1 to 4`: what is folded away."""
    if part.turns == 1:
        return f"What was said in turn {part.first:,}"
    return f"What was said in its {part.turns:,} turns, {part.first:,} to {part.last:,}"


def heading_of(turn: TurnEntry, kept: Mark) -> str:
    """`12 · ① Explorer`, with what was done to it."""
    edited = " · edited by the operator" if turn.original is not None else ""
    signs = f" · {kept.signs}" if kept.signs else ""
    return f"{turn.turn} · {mark(turn.agent)} {turn.name}{edited}{signs}"


def still_open(open: Mapping[int, OpenCouncil], record: Record) -> Iterator[CouncilEntry]:
    """Councils that were being held at the end, as if they were over."""
    for seat, one in sorted(open.items()):
        if (inner := record.council(one.council)) is not None:
            gist = gist_of(inner)
            detail = "It was not over yet."
            yield CouncilEntry(
                one.council, one.turn, seat, "", detail, gist.turns, Usage(), gist.cost, one.began, gist.last
            )
