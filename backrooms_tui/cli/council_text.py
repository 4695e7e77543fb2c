"""Councils as text: what was said in them, turn by turn, set in under the agent that they serve."""

from collections.abc import Callable, Iterator

from backrooms_tui.cli.prose import Wrapper
from backrooms_tui.session.events import AnyEvent, CouncilEnded, Interjected, TurnEnded, Whispered
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError

Kept = Callable[[str], Iterator[AnyEvent]]

_INDENT = "    "
# The columns that are left for words, however deep a council is.
_NARROWEST = 30


class CouncilText:
    """Writes what happens in councils through `write`, wrapped at `width` columns (0: as it comes).

    Several talk at the same time, so a turn is written when it is over. `clean` makes text fit for where it goes.
    `kept` gives what happened in a council, and raises OperatorError for one that is not there.
    """

    def __init__(
        self, write: Callable[[str], None], width: int, clean: Callable[[str], str], kept: Kept | None = None
    ) -> None:
        self._kept = kept or (lambda council: iter(()))
        self._write = write
        self._width = width
        self._clean = clean
        # Whom each council serves that was listened to, from the outside in, and the names of its members by seat.
        self._hosts: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, dict[int, str]] = {}

    def hear(self, outer: SessionState, state: SessionState, event: AnyEvent) -> None:
        """Write what `event` shows, which has changed `state`: that of a council somewhere in `outer`."""
        hosts = self._known(outer, state)
        if isinstance(event, TurnEnded):
            self._said(hosts, event.name, event.text)
        elif isinstance(event, Interjected | Whispered) and event.source == "operator":
            to = state.agents[event.to].name if isinstance(event, Whispered) else ""
            self._said(hosts, f"Operator to {to} only" if to else "Operator", event.text)

    def over(self, outer: SessionState, council: str, text: str = "") -> None:
        """Write what was said in a council of `outer` that nobody has listened to: as it was kept, else `text`."""
        if council in self._hosts:
            return
        try:
            events = self._kept(council)
        except OperatorError:  # it went with the session that it served
            events = iter(())
        state = SessionState()
        for event in events:
            apply(state, event)
            if isinstance(event, CouncilEnded):
                self.over(state, event.council, event.text)
            self.hear(outer, state, event)
        for open in state.councils.values():
            self.over(state, open.council)
        if council not in self._hosts and text:
            self._write("\n")
            self._body(text, 1)

    def _known(self, outer: SessionState, state: SessionState) -> tuple[str, ...]:
        if state.session not in self._hosts and state.serves is not None:
            around, seat = state.serves.session, state.serves.agent
            names = self._names.get(around) or {number: agent.name for number, agent in outer.agents.items()}
            self._hosts[state.session] = (*self._hosts.get(around, ()), names.get(seat, f"({seat})"))
            self._names[state.session] = {number: agent.name for number, agent in state.agents.items()}
        return self._hosts.get(state.session, ())

    def _said(self, hosts: tuple[str, ...], name: str, text: str) -> None:
        self._write("\n")
        self._body("◇ " + " · ".join(map(harmless_line, (*hosts, name))), len(hosts))
        self._body(text, len(hosts))

    def _body(self, text: str, depth: int) -> None:
        indent = _INDENT * depth
        lines: list[str] = []
        width = max(self._width - len(indent), _NARROWEST) if self._width else 0
        wrapper = Wrapper(lines.append, width)
        wrapper.feed(self._clean(text).rstrip())
        wrapper.finish()
        for line in "".join(lines).split("\n"):
            self._write(f"{indent}{line}".rstrip() + "\n")
