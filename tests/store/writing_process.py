"""A program of its own that keeps sessions: `python -m tests.store.writing_process DATABASE turns N` or `... stream`.

It prints the session's id, and with `stream` every word that it has heard, until it is stopped.
"""

import asyncio
import sys
import time

from backrooms_tui.store.database import open_store
from backrooms_tui.store.recorder import Recorder
from tests.store.scripts import Script


async def turns(database: str, count: int) -> None:
    """Keep `count` turns, each settled before the next, and check that they are there."""
    with open_store(database) as store:
        recorder = Recorder(store)
        script = Script(store.new_id()).open()
        heard = 0
        for number in range(count):
            script.speak(f"turn {number} of one program among several")
            for event in script.events[heard:]:
                recorder.hear(event)
            heard = len(script.events)
            await recorder.settled()
        await recorder.aclose()
        assert list(store.events(script.session)) == script.events
        print(script.session)


async def stream(database: str) -> None:
    """A whole turn, and then one that does not end."""
    with open_store(database) as store:
        recorder = Recorder(store)
        script = Script(store.new_id(), time.time()).open()
        script.speak("a whole turn")
        script.start()
        for event in script.events:
            recorder.hear(event)
        await recorder.settled()
        print(script.session, flush=True)
        while True:
            script.say(["word "])
            recorder.hear(script.events[-1])
            print(time.monotonic(), flush=True)
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(turns(sys.argv[1], int(sys.argv[3])) if sys.argv[2] == "turns" else stream(sys.argv[1]))
