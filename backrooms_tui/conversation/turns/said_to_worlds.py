"""What was said to a world, in the pieces in which it is looked at: words, and each call of a tool by itself."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from backrooms_tui.conversation.sending.hearing import hears
from backrooms_tui.session.state import SessionState, TurnEntry, WordEntry
from backrooms_tui.worlds.base import Heard, Taken, World

# A piece is words, words beside which tools were called, or one call.
Manner = Literal["said", "beside", "called"]
# So many commands of one message, typed or called, are answered by a world, and no more.
MOST = 8
# A call of nothing, with nothing.
NAMELESS = "(a call without a name)"
_ARGUMENTS = re.compile(r'[{\["]')
_LISTED = 8
_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """What was `heard` in a message (its place in the timeline), and how it was given. Beside calls, words in which
    there is no command are only words."""

    heard: Heard
    message: int
    manner: Manner = "said"

    @property
    def called(self) -> bool:
        """Whether it is a call: that gets an answer, whatever was called."""
        return self.manner == "called"


def said_since(state: SessionState, seat: int, place: int = 0) -> Iterator[Piece]:
    """What was said to the world on `seat` since its last turn, from this `place` in the timeline on: by the others,
    worlds not among them, and what the operator whispered to it alone."""
    agent, setup = state.agents[seat], state.setup
    first = next(
        (
            index + 1
            for index in range(len(state.entries) - 1, place - 1, -1)
            if isinstance(entry := state.entries[index], TurnEntry) and entry.agent == seat and not entry.retracted
        ),
        place,
    )
    for index in range(first, len(state.entries)):
        entry = state.entries[index]
        if setup is None or not hears(agent, index, entry):
            continue
        if isinstance(entry, TurnEntry) and not state.agents[entry.agent].is_world:
            yield from _pieces(entry, index)
        elif isinstance(entry, WordEntry) and entry.to == seat and entry.source == "operator":
            yield Piece(Heard(0, "Operator", 0, entry.text), index)


def _pieces(entry: TurnEntry, message: int) -> Iterator[Piece]:
    """The words of a turn, and its calls. Where the operator has changed those, all of it is read as it stands."""
    calls = "\n".join(entry.called)
    if not calls or not entry.heard.endswith(calls):
        yield Piece(Heard(entry.agent, entry.name, entry.turn, entry.heard), message)
        return
    words = entry.heard[: -len(calls)]
    if words.strip():
        yield Piece(Heard(entry.agent, entry.name, entry.turn, words), message, "beside")
    for call in entry.called:
        yield Piece(Heard(entry.agent, entry.name, entry.turn, call), message, "called")


def taken_by(world: World, piece: Piece, state: SessionState) -> Sequence[Taken]:
    """What `world` takes of `piece` as commands. A call is none to a world without tools: it has not offered any."""
    return [unmet(piece)] if piece.called and not world.tools() else world.take(piece.heard, state)


def understood(worlds: Iterable[World], piece: Piece, state: SessionState) -> bool:
    """Whether one of `worlds` takes a command from `piece`."""
    return any(one.name for world in worlds for one in taken_by(world, piece, state))


def no_such_tool(state: SessionState, piece: Piece) -> str:
    """What is told of a call that no world understands: that there is no such tool, and which are near; "" where there
    is one, and its world says what is wrong with the call."""
    call = piece.heard.text
    name = _shortened("" if call == NAMELESS else _ARGUMENTS.split(call, 1)[0]) or "without a name"
    agent = state.agents.get(piece.heard.by)
    names = {tool.name.casefold(): tool.name for tool in agent.tools} if agent is not None else {}
    if name.partition(" ")[0] in names.values():
        return ""
    near = [names[one] for one in get_close_matches(name.casefold(), names, n=3, cutoff=0.5)]
    if near:
        return f"There is no tool {name}. Did you mean {' or '.join(near)}?"
    if not names:
        return f"There is no tool {name}."
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return f"There is no tool {name}. There are {', '.join(list(names.values())[:_LISTED])}{more}."


def unmet(piece: Piece) -> Taken:
    """A call that no world understands, as it stands in the record."""
    return Taken(piece.heard.by, piece.heard.turn, _shortened(piece.heard.text), "")


def left_over(piece: Piece, left: int) -> tuple[Taken, str]:
    """Instead of the commands of a message that are not answered, so many: how that stands in the record, and what is
    told."""
    were = "1 more was" if left == 1 else f"{left:,} more were"
    told = f"{MOST} commands of one message are answered. {were} left: give them again in your next message."
    return Taken(piece.heard.by, piece.heard.turn, f"({left:,} more)", ""), told


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LETTERS else f"{line[: _LETTERS - 1]}…"
