"""One attempt at a turn: what has arrived of it, and the events that it becomes."""

from collections.abc import Mapping, Sequence

from backrooms_tui.conversation.clock import Clock
from backrooms_tui.conversation.guard import Cut, GuardStream
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import Scrubber, scrubbed
from backrooms_tui.conversation.turns.accepting import Said, with_command
from backrooms_tui.providers.base import ToolCall
from backrooms_tui.session.events import Channel, Delta, StopReason, TurnEnded, TurnFailed, TurnStarted
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.state import AgentState
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange

SILENT = Trouble("unknown", "stopped before it said anything", "run the conversation to let it speak", may_pass=True)


class Attempt:
    """Collects one reply and publishes it: started, its deltas, and then ended or failed."""

    def __init__(
        self, publisher: Publisher, clock: Clock, agent: AgentState, model: str, turn: int, number: int
    ) -> None:
        self._publisher = publisher
        self._clock = clock
        self._agent = agent
        # The reference of the model that is asked.
        self.model = model
        self._turn = turn
        self._number = number
        self._started = clock.elapsed()
        self._first_chunk: float | None = None
        # The provider's own count, where it told one for an attempt that came to nothing.
        self.usage: Usage | None = None
        # The tools that were called.
        self.calls: list[ToolCall] = []
        self._called: tuple[str, ...] = ()
        # Reads along, where the agent has a guard.
        self.guard: GuardStream | None = None
        self._pieces: dict[Channel, list[str]] = {"text": [], "reasoning": []}
        self._scrubbers: dict[Channel, Scrubber] = {"text": Scrubber(), "reasoning": Scrubber()}

    @property
    def text(self) -> str:
        """What has been said so far."""
        return "".join(self._pieces["text"])

    @property
    def reasoning(self) -> str:
        """What has been thought so far."""
        return "".join(self._pieces["reasoning"])

    def start(self, params: Mapping[str, ParamValue]) -> None:
        """The request leaves."""
        self._started = self._clock.elapsed()
        self._publisher.emit(
            TurnStarted,
            turn=self._turn,
            agent=self._agent.seat,
            name=self._agent.name,
            attempt=self._number,
            model=self.model,
            params=params,
        )

    def hear(self, channel: Channel, text: str) -> Cut | None:
        """A piece arrived. Gives the cut when all that follows would be cut off."""
        if self._first_chunk is None:
            self._first_chunk = self._clock.elapsed() - self._started
        kept = self._scrubbers[channel].feed(text)
        return self._add(channel, kept)

    def give(self, commands: Sequence[str]) -> str:
        """All was said, and these commands were given by calling tools: each stands on a line of its own at the end,
        and the guard does not read them. Gives them as they are kept."""
        self._called = tuple(filter(None, (scrubbed(command) for command in commands)))
        spoken, kept = self.text, "\n".join(self._called)
        if kept:
            self._put("text", with_command(spoken, kept)[len(spoken) :])
        return kept

    def finish(self) -> None:
        """Nothing more comes: what was held back of a character that had been cut in two is added."""
        for channel, scrubber in self._scrubbers.items():
            self._add(channel, scrubber.rest())

    def end(
        self,
        said: Said,
        stop_reason: StopReason,
        usage: Usage,
        cost: float | None,
        model: str = "",
        exchanges: Sequence[Exchange] = (),
    ) -> None:
        """The turn is whole, and `said` is what stands of it."""
        self.finish()
        self._publisher.emit(
            TurnEnded,
            turn=self._turn,
            agent=self._agent.seat,
            name=self._agent.name,
            attempt=self._number,
            text=said.text,
            raw=said.raw,
            cut=said.cut,
            marks=said.marks,
            stall=said.stall,
            stall_parts=said.stall_parts,
            reasoning=self.reasoning,
            stop_reason=stop_reason,
            usage=usage,
            cost=cost,
            timings=self._timings(),
            model=scrubbed(model),
            exchanges=tuple(exchanges),
            requests=said.requests,
            heard=said.heard,
            called=self._called,
        )

    def answered(self, exchanges: Sequence[Exchange], *, stopped: bool = False) -> None:
        """A world has answered, or was `stopped` while it did: what it did counts all the same."""
        if exchanges or not stopped:
            self.end(Said(self.text), "stopped" if stopped else "end", Usage(), 0.0, exchanges=exchanges)
        else:
            self.unanswered(SILENT)

    def unanswered(self, trouble: Trouble) -> None:
        """A world could not answer, which took no tokens."""
        self.fail(trouble, None, Usage(), 0.0)

    def fail(self, trouble: Trouble, retry_in: float | None, usage: Usage, cost: float | None) -> None:
        """The attempt came to nothing; what arrived is kept."""
        self.finish()
        self._publisher.emit(
            TurnFailed,
            turn=self._turn,
            agent=self._agent.seat,
            name=self._agent.name,
            attempt=self._number,
            text=self.text,
            reasoning=self.reasoning,
            trouble=trouble,
            retry_in=retry_in,
            usage=usage,
            cost=cost,
        )

    def _add(self, channel: Channel, text: str) -> Cut | None:
        if not text:
            return None
        self._put(channel, text)
        return self.guard.feed(text) if self.guard is not None and channel == "text" else None

    def _put(self, channel: Channel, text: str) -> None:
        self._pieces[channel].append(text)
        self._publisher.emit(Delta, turn=self._turn, agent=self._agent.seat, channel=channel, text=text)

    def _timings(self) -> Timings:
        total = self._clock.elapsed() - self._started
        first = total if self._first_chunk is None else self._first_chunk
        return Timings(round(first, 4), round(total, 4))
