"""An attempt at a turn while it is being recorded."""

from dataclasses import dataclass, field
from typing import Any

from backrooms_tui.session.events import Delta
from backrooms_tui.store.chunks import joined, packed


@dataclass(slots=True, eq=False)
class Attempt:
    """One attempt at a turn. `stored` and `saved` (of its deltas) say what the database has of it."""

    seq: int
    turn: int
    attempt: int
    agent: int
    started: float
    state: str = "in_flight"
    deltas: list[Delta] = field(default_factory=list)
    ended_seq: int | None = None
    ended: float | None = None
    text: str = ""
    reasoning: str = ""
    stored: bool = False
    saved: int = 0

    def began(self) -> dict[str, Any]:
        """The columns that never change."""
        return {
            "seq": self.seq,
            "turn": self.turn,
            "attempt": self.attempt,
            "agent": self.agent,
            "started": self.started,
        }

    def outcome(self) -> dict[str, Any]:
        """The columns that the end of the attempt fills in."""
        values: dict[str, Any] = {"state": self.state, "ended_seq": self.ended_seq, "ended": self.ended}
        values |= {"text": self.text, "reasoning": self.reasoning, "chunks": None}
        values |= {"streamed_text": None, "streamed_reasoning": None}
        if self.state != "in_flight":
            values["chunks"] = packed(self.deltas)
            streamed_text, streamed_reasoning = joined(self.deltas, "text"), joined(self.deltas, "reasoning")
            if self.deltas and streamed_text != self.text:
                values["streamed_text"] = streamed_text
            if self.deltas and streamed_reasoning != self.reasoning:
                values["streamed_reasoning"] = streamed_reasoning
        return values
