"""Sessions to keep: events made by hand, numbered and timed as a conversation would."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Event,
    SessionOpened,
    SpeakerChosen,
    TurnEnded,
    TurnStarted,
)
from backrooms_tui.session.setup import AgentSetup, Message, Setup
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import Store
from backrooms_tui.store.recorder import Recorder

E = TypeVar("E", bound=Event)
NAMES = {1: "Explorer", 2: "Simulator"}
BEGAN = 1_795_000_000.25


def setup(title: str = "Command line", **values: Any) -> Setup:
    """Two agents with seeds and parameters."""
    agents = (
        AgentSetup(
            seat=1,
            name=NAMES[1],
            model="anthropic/claude-opus",
            system="You explore. „Grüße“ — 日本語",
            history=(Message("user", "hello"), Message("assistant", "ls")),
            params={"max_tokens": 100, "temperature": 1.0, "thinking": True, "stop": ("a", "b"), "effort": "low"},
            asked="opus",
            window=200_000,
        ),
        AgentSetup(seat=2, name=NAMES[2], model="scripted/echo.txt"),
    )
    return Setup(title=title, template="cli", agents=agents, **{"seed": 7, **values})


class Script:
    """Writes down events one after the other."""

    def __init__(self, session: str, began: float = BEGAN) -> None:
        self.session = session
        self.events: list[AnyEvent] = []
        self.at = began
        self.turn = 0

    def add(self, make: Callable[..., E], *, after: float = 0.01, **values: Any) -> E:
        """The next event, `after` seconds after the last one."""
        self.at = round(self.at + after, 6)
        event = make(seq=len(self.events) + 1, at=self.at, **values)
        self.events.append(event)  # type: ignore[arg-type]
        return event

    def open(self, title: str = "Command line", **values: Any) -> "Script":
        """The session begins."""
        parent = {name: values.pop(name) for name in ("parent", "parent_turn", "serves") if name in values}
        self.add(SessionOpened, session=self.session, setup=setup(title, **values), **parent)
        return self

    def start(self, attempt: int = 1) -> int:
        """A turn begins, or another attempt at it. Gives the seat."""
        if attempt == 1:
            self.turn += 1
        agent = 2 - self.turn % 2
        self.add(SpeakerChosen, agent=agent, reason="next in seat order")
        self.add(TurnStarted, turn=self.turn, agent=agent, name=NAMES[agent], attempt=attempt, model="m")
        return agent

    def say(self, words: Iterable[str], channel: str = "text") -> None:
        """Deltas arrive in the turn that has begun."""
        for word in words:
            self.add(Delta, turn=self.turn, agent=2 - self.turn % 2, channel=channel, text=word)

    def end(self, text: str, reasoning: str = "", attempt: int = 1, cost: float | None = 0.25) -> None:
        """The turn is over."""
        agent = 2 - self.turn % 2
        self.add(
            TurnEnded,
            turn=self.turn,
            agent=agent,
            name=NAMES[agent],
            attempt=attempt,
            text=text,
            reasoning=reasoning,
            stop_reason="end",
            usage=Usage(100, 20, 50, 10, 5),
            cost=cost,
            timings=Timings(0.1, 0.5),
            model="m-2026",
        )

    def speak(self, text: str, **values: Any) -> None:
        """A whole turn, word by word."""
        self.start()
        self.say(word + " " for word in text.split(" ")[:-1])
        self.say([text.split(" ")[-1]])
        self.end(text, **values)


def keep(store: Store, events: Iterable[AnyEvent], session: str | None = None) -> None:
    """Record events and close the recorder."""
    recorder = Recorder(store, session)
    for event in events:
        recorder.hear(event)
    recorder.close()


def kept(store: Store, *texts: str, title: str = "Command line", began: float = BEGAN, **values: Any) -> Script:
    """A recorded session with these turns."""
    script = Script(store.new_id(), began).open(title, **values)
    for text in texts:
        script.speak(text)
    keep(store, script.events)
    return script
