"""What streaming text costs on the screen: our panes, and as a baseline Textual's own MarkdownStream.

Run with: python -m tests.benchmarks.streaming [SECONDS]
Figures: six panes at 100 tokens/s each at 180x50 take at most a quarter of the CPU of six MarkdownStreams with the same
text, event-loop lag p99 at most 33 ms; one stream at 2,000 tokens/s keeps up with the same lag; nothing to do costs
under 0.5% of a core.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.widgets import Markdown

from backrooms_tui.session.events import Delta, Resumed, SessionOpened, SpeakerChosen, TurnStarted
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.ui.widgets.entries import LiveEntries
from backrooms_tui.ui.widgets.pane import Pane
from tests.benchmarks.terminal import in_a_terminal

TEXT = """## The corridor

It hums, and a **door that was not there before** opens *slowly* inwards. Behind it there is another
corridor, and a sign: `do not read this sign`. You read it anyway, twice, and it has changed.

- a lamp, unlit
- a list of names, yours among them

```
ls -la /dreams
drwxr-xr-x  echo
```

> The simulation acknowledges you, and waits.

"""
TOKENS = [TEXT[start : start + 4] for start in range(0, len(TEXT), 4)]  # about four letters each
IDLE = 10.0  # seconds of doing nothing
TICK = 0.1

Push = Callable[[int, str], Awaitable[None]]


async def produce(streams: int, rate: int, seconds: float, push: Push) -> None:
    """Give each of the streams `rate` tokens a second, never more than is due."""
    total = round(rate * seconds)
    tokens = list(islice(cycle(TOKENS), total))

    async def one(stream: int) -> None:
        began, given = time.perf_counter(), 0
        while given < total:
            due = min(total, int((time.perf_counter() - began) * rate) + 1)
            for token in tokens[given:due]:
                await push(stream, token)
            given = due
            await asyncio.sleep(max(0.002, began + given / rate - time.perf_counter()))

    await asyncio.gather(*(one(stream) for stream in range(streams)))


class Measured(App[None]):
    """Streams, and writes down what it took. The two below differ only in where the text goes."""

    CSS = "Grid { grid-size: 3 2; } .-one Grid { grid-size: 1 1; }"

    def __init__(self, streams: int, rate: int, seconds: float, result: Path) -> None:
        super().__init__()
        self.streams, self.rate, self.seconds, self.result = streams, rate, seconds, result
        self.lags: list[float] = []

    def on_mount(self) -> None:
        """Begin once the screen stands."""
        self.screen.set_class(self.streams == 1, "-one")
        self.run_worker(self.measure())

    async def push(self, stream: int, token: str) -> None:
        """A token of one stream has come."""
        raise NotImplementedError

    async def finish(self) -> None:
        """Wait until all of it is shown."""
        raise NotImplementedError

    def shown(self) -> int:
        """How many letters are shown of what came."""
        raise NotImplementedError

    async def measure(self) -> None:
        """Stream, then do nothing for a while."""
        await asyncio.sleep(1.0)
        watch = asyncio.ensure_future(self.watch_lag())
        began, cpu = time.perf_counter(), time.process_time()
        await produce(self.streams, self.rate, self.seconds, self.push)
        await self.finish()
        took, used = time.perf_counter() - began, time.process_time() - cpu
        watch.cancel()
        lags = sorted(self.lags)
        await asyncio.sleep(1.0)
        idle_began, idle_cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(IDLE)
        idle = (time.process_time() - idle_cpu) / (time.perf_counter() - idle_began)
        figures = {
            "cpu": used,
            "took": took,
            "lag_p50": lags[len(lags) // 2] * 1000,
            "lag_p99": lags[int(len(lags) * 0.99)] * 1000,
            "lag_max": lags[-1] * 1000,
            "idle": idle,
            "shown": self.shown(),
        }
        self.result.write_text(json.dumps(figures), "utf-8")
        self.exit()

    async def watch_lag(self) -> None:
        """How much later than asked for the event loop comes back."""
        pause = 0.005
        while True:
            before = time.perf_counter()
            await asyncio.sleep(pause)
            self.lags.append(max(0.0, time.perf_counter() - before - pause))


class Panes(Measured):
    """Each stream in a pane of ours."""

    def compose(self) -> ComposeResult:
        """The panes."""
        self.states = [session(seat) for seat in range(1, self.streams + 1)]
        with Grid():
            for seat, state in enumerate(self.states, start=1):
                yield Pane(seat, LiveEntries(state, seat))

    def on_mount(self) -> None:
        """Tick as a stage does while somebody speaks."""
        super().on_mount()
        self.panes = list(self.query(Pane))
        self.ticking = self.set_interval(TICK, self.tick)

    def tick(self) -> None:
        """Show what has come since the last time."""
        for pane, state in zip(self.panes, self.states, strict=True):
            pane.update(state)

    async def push(self, stream: int, token: str) -> None:
        """The event that the conversation would publish."""
        state = self.states[stream]
        apply(state, Delta(seq=state.seq + 1, at=0.0, turn=1, agent=stream + 1, channel="text", text=token))

    async def finish(self) -> None:
        """The last tick: from here on the stage has none."""
        self.tick()
        self.ticking.stop()
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    def shown(self) -> int:
        """Letters that have been laid out."""
        return sum(len("".join(state.in_flight.text)) for state in self.states if state.in_flight is not None)


class Streams(Measured):
    """The baseline: each stream in a Markdown widget of Textual's, a write a token."""

    def compose(self) -> ComposeResult:
        """The widgets."""
        self.letters = 0
        with Grid():
            for _ in range(self.streams):
                with VerticalScroll() as scroll:
                    scroll.anchor()
                    yield Markdown()

    def on_mount(self) -> None:
        """Open the streams."""
        super().on_mount()
        self.open = [Markdown.get_stream(widget) for widget in self.query(Markdown)]

    async def push(self, stream: int, token: str) -> None:
        """As the documentation has it."""
        self.letters += len(token)
        await self.open[stream].write(token)

    async def finish(self) -> None:
        """Everything that was written is shown when this returns."""
        for stream in self.open:
            await stream.stop()

    def shown(self) -> int:
        """Letters that were written."""
        return self.letters


def session(seat: int) -> SessionState:
    """A session in which the agent on this seat is speaking."""
    agents = tuple(AgentSetup(number, f"Agent {number}", "scripted/none") for number in range(1, seat + 1))
    state = SessionState()
    named = {"turn": 1, "agent": seat, "name": f"Agent {seat}", "attempt": 1, "model": "scripted/none"}
    apply(state, SessionOpened(seq=1, at=0.0, session="s", setup=Setup("streaming", "none", agents)))
    apply(state, Resumed(seq=2, at=0.0))
    apply(state, SpeakerChosen(seq=3, at=0.0, agent=seat, reason="next in seat order"))
    return apply(state, TurnStarted(seq=4, at=0.0, **named))  # type: ignore[arg-type]


def main() -> None:
    seconds = sys.argv[1] if len(sys.argv) > 1 else "20"
    taken: dict[str, float] = {}
    for name, kind, streams, rate in (
        ("six panes, 100 tokens/s each", "panes", 6, 100),
        ("six MarkdownStreams, the same text", "streams", 6, 100),
        ("one pane, 2,000 tokens/s", "panes", 1, 2000),
    ):
        found = in_a_terminal(__spec__.name, kind, str(streams), str(rate), seconds)
        taken[name] = found["cpu"]
        print(
            f"{name:<36} CPU {found['cpu']:6.2f} s ({found['cpu'] / found['took']:5.1%} of a core), "
            f"took {found['took']:5.1f} s, lag p50 {found['lag_p50']:5.1f} p99 {found['lag_p99']:6.1f} "
            f"max {found['lag_max']:6.1f} ms, then idle {found['idle']:.2%}, {found['written'] / 1e6:.1f} MB written",
            flush=True,
        )
    ours, theirs = list(taken.values())[:2]
    print(f"six panes take {ours / theirs:.1%} of the CPU of six MarkdownStreams")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        kind, streams, rate, seconds, result = sys.argv[1:]
        made = {"panes": Panes, "streams": Streams}[kind]
        made(int(streams), int(rate), float(seconds), Path(result)).run()
    else:
        main()
