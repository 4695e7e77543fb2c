"""A program of its own that records a session as it is told: `with Elsewhere(database) as other: other("speak one")`.

What it understands, a line each: `speak WORDS` (a whole turn), `start`, `say WORDS`, `end WORDS`, `edit TURN WORDS`,
`retract`, `over` (the session ends). Each is in the database when the call returns, words of a turn in flight as well.
"""

import asyncio
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from backrooms_tui.session.events import Ended, TurnEdited, TurnRetracted
from backrooms_tui.store.database import open_store
from backrooms_tui.store.recorder import Recorder
from tests.store.scripts import Script


class Elsewhere:
    """The program as a test has it. It ends, its session kept, with the block."""

    def __init__(self, database: str | Path, title: str = "Far away") -> None:
        command = [sys.executable, "-m", "tests.store.elsewhere", str(database), title]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert self.process.stdout is not None
        self.session = self.process.stdout.readline().strip()
        assert self.session

    def __call__(self, line: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "done", line

    def close(self) -> None:
        """Let it end as a program does."""
        if self.process.poll() is None:
            with suppress(BrokenPipeError):
                self.process.communicate(timeout=60)

    def kill(self) -> None:
        """Let it end as no program likes to."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def _hear(script: Script, line: str) -> None:
    word, _, rest = line.partition(" ")
    script.at = max(script.at, time.time())
    if word == "speak":
        script.speak(rest)
    elif word == "start":
        script.start()
    elif word == "say":
        script.say([f"{rest} "])
    elif word == "end":
        script.end(rest)
    elif word == "edit":
        turn, _, text = rest.partition(" ")
        script.add(TurnEdited, turn=int(turn), text=text)
    elif word == "retract":
        script.add(TurnRetracted, turn=script.turn, agent=2 - script.turn % 2)
        script.turn -= 1
    elif word == "over":
        script.add(Ended, reason="max_turns", detail="As many turns as were wanted.")


async def _main(database: str, title: str) -> None:
    with open_store(database) as store:
        recorder = Recorder(store)
        script = Script(store.new_id(), time.time()).open(title)
        recorder.hear(script.events[0])
        await recorder.settled()
        print(script.session, flush=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            before = len(script.events)
            _hear(script, line)
            for event in script.events[before:]:
                recorder.hear(event)
            await recorder.settled()
            print("done", flush=True)
        await recorder.aclose()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
