"""What of a reply becomes the turn: the guard takes off what was said for others, the meter reads what is left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from backrooms_tui.conversation.guard import GuardStream, little_left
from backrooms_tui.conversation.measuring import Measuring
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.session.request_events import Request
from backrooms_tui.session.request_lines import parted
from backrooms_tui.session.requests import names_heard

_MARKED = {"refusal": "refusal", "out_of_character": "out of character"}


@dataclass(frozen=True, slots=True)
class Said:
    """What stands of a reply. `raw` is the whole where something was taken off, `cut` why; `little`: it is hardly
    worth a turn. `stall` is None where nobody measured."""

    text: str
    raw: str = ""
    cut: str = ""
    marks: tuple[str, ...] = ()
    little: bool = False
    stall: float | None = None
    stall_parts: Mapping[str, float] = field(default_factory=dict)
    # What was asked for in it, and what others hear where that is not all of it.
    requests: tuple[Request, ...] = ()
    heard: str | None = None


@dataclass(frozen=True, slots=True)
class _Names:
    """As the guard wants them: who speaks, and for whom it must not."""

    speaker: str
    others: tuple[str, ...]
    play: bool


def with_command(text: str, command: str) -> str:
    """`text`, and `command` on a line of its own after it."""
    parted = "\n" if text and command and not text.endswith("\n") else ""
    return f"{text}{parted}{command}"


class Accepting:
    """Reads replies before they become turns. An agent whose guard is off is taken at its word."""

    def __init__(self, publisher: Publisher, measuring: Measuring) -> None:
        self._publisher = publisher
        self._measuring = measuring

    def watching(self, seat: int) -> GuardStream | None:
        """Watches the reply of `seat` as it comes, to say when all that follows would be cut; None: nobody does."""
        names = self._names(seat)
        if names is None:
            return None
        return GuardStream(speaker=names.speaker, others=names.others, play=names.play)

    def read(
        self, text: str, watched: GuardStream | None, commanding: Callable[[str], str] = lambda stands: ""
    ) -> Said:
        """What stands of `text`, a whole reply that was `watched`, with the command that it gave beside its words:
        `commanding` is told what stands and gives that. It is never empty: where nothing is left, all of it stands."""
        if watched is None:
            return Said(with_command(text, commanding(text)))
        found = watched.guarded()
        command = commanding(found.text)
        whole = with_command(text, command)
        marks = tuple(f"{_MARKED[mark.kind]}: {mark.phrase}" for mark in found.marks)
        little = found.cut is not None and little_left(found) and not command
        if found.text == text:
            return Said(whole, marks=marks)
        if not found.text.strip() and not command:
            return Said(text, marks=(*marks, found.cut.reason) if found.cut else marks, little=little)
        return Said(
            with_command(found.text.rstrip(), command) if command else found.text,
            whole,
            found.cut.reason if found.cut else "",
            marks,
            little,
        )

    def measured(self, seat: int, said: Said) -> Said:
        """`said` with what `seat` asks for in it, and how much the conversation stalls with the rest."""
        requests, heard = parted(said.text, names_heard(self._publisher.state, seat))
        stall, parts = self._measuring.measure(seat, heard)
        return replace(said, stall=stall, stall_parts=parts, requests=requests, heard=heard if requests else None)

    def _names(self, seat: int) -> _Names | None:
        setup = self._publisher.state.setup
        if setup is None or not setup.agent(seat).guard:
            return None
        mine = setup.agent(seat)
        # Who has just read its council may go on in the voice of one who sits there.
        members = () if mine.council is None else tuple(member.name for member in mine.council.agents)
        others = (*(agent.name for agent in setup.agents if agent.seat != seat), *members)
        return _Names(mine.name, tuple(name for name in dict.fromkeys(others) if name != mine.name), setup.rules.play)
