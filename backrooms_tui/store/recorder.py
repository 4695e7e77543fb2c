"""Writes a conversation's events as they happen, in a thread of its own, so that nobody waits who need not.

What is heard is in the database within half a second, the end of a turn at once, and all of it when `settled` returns.
"""

import asyncio
import atexit
import threading
from collections import deque
from concurrent.futures import Future

from backrooms_tui.session.events import AnyEvent
from backrooms_tui.store import living
from backrooms_tui.store.connection import Database
from backrooms_tui.store.database import Store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.writing import Unwritten

# Seconds from the first unwritten event to a write. The promise is at most one second of a turn in flight; the rest is
# room for a slow disk.
CHECKPOINT = 0.4
# After these there is no reason to wait for more.
_AT_ONCE = frozenset({"turn_ended", "turn_failed", "paused", "ended"})


class Recorder:
    """Keeps one session. Hand it to the conversation as a listener, await `settled` before each turn, and close it.

    `session` names a session that is already in the store and goes on; without it the first event is SessionOpened.
    While it is open nobody else can record the session: `claim` is the right to (see `living`), which is given back at
    the end. Without one the recorder asks for it before it first writes, and where somebody else has it, LiveError is
    what `settled` raises.
    """

    def __init__(self, store: Store, session: str | None = None, *, claim: living.Claim | None = None) -> None:
        self._database: Database = store.database
        self._claim = claim
        self._unwritten = Unwritten(session)
        self._heard: deque[AnyEvent | Future[None]] = deque()
        self._something = threading.Event()
        self._now = threading.Event()
        self._closing = False
        self._broken: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        # A program that ends without closing still keeps what was heard.
        atexit.register(self._end)

    @property
    def unmarked(self) -> str:
        """Why other programs cannot see that the session is being recorded; "" where they can."""
        return self._claim.trouble if self._claim is not None else ""

    def hear(self, event: AnyEvent) -> None:
        """Take an event, in order. Never waits and never fails for the database's sake: `settled` tells."""
        if self._closing:
            raise RuntimeError("the recorder is closed")
        self._heard.append(event)
        if not self._something.is_set():
            self._something.set()
        if event.kind in _AT_ONCE:
            self._now.set()

    async def settled(self) -> None:
        """Returns when everything heard so far is in the database.

        Raises StoreError where it could not be written. It is kept, and tried again with the next call.
        """
        await asyncio.wrap_future(self._asked())

    async def aclose(self) -> None:
        """Write what is left, and stop. Raises StoreError where that failed."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """The same for those who may wait. A second call does nothing."""
        if self._closing:
            return
        rest = self._asked()
        self._end()
        rest.result()

    def _end(self) -> None:
        self._closing = True
        self._wake()
        self._thread.join()
        self._answer_all()  # who asked while the thread was on its way out
        if self._claim is not None:
            self._claim.release()
        atexit.unregister(self._end)

    def _asked(self) -> "Future[None]":
        asked: Future[None] = Future()
        self._heard.append(asked)
        self._wake()
        if self._broken is not None or not self._thread.is_alive():  # nobody is left to answer
            self._answer_all()
        return asked

    def _wake(self) -> None:
        self._something.set()
        self._now.set()

    def _run(self) -> None:
        try:
            while True:
                self._something.wait()
                self._now.wait(CHECKPOINT)
                # Cleared first, so that what is heard from here on wakes this thread once more.
                self._something.clear()
                self._now.clear()
                # Once closing is seen, everything has been heard.
                closing = self._closing
                failed = self._write_heard()
                if closing and not self._heard:
                    return
                if failed:
                    self._something.set()  # try again in a while, or when somebody asks
        except BaseException as error:  # a mistake of our own: whoever waits, now or later, must hear of it
            self._broken = error
            self._answer_all()

    def _write_heard(self) -> bool:
        """Write all there is and answer all who wait. Whether writing failed."""
        waiting: list[Future[None]] = []
        while self._heard:
            item = self._heard.popleft()
            if isinstance(item, Future):
                waiting.append(item)
            else:
                self._unwritten.take(item)
        failure: StoreError | None = None
        if self._unwritten.anything:
            try:
                # Before there is anything to see, so that nobody sees it unclaimed.
                self._claim = self._claimed(str(self._unwritten.session))
                with self._database.writing() as connection:
                    self._unwritten.write(connection)
                self._unwritten.written()
            except StoreError as error:
                failure = error
            except BaseException:
                self._heard.extendleft(reversed(waiting))  # they are told, too
                raise
        for asked in waiting:
            _answer(asked, failure)
        if failure is None:
            self._database.tidy()
        return failure is not None

    def _claimed(self, session: str) -> living.Claim:
        if self._claim is not None and not self._claim.stands():
            self._claim.release()
            self._claim = None
        return self._claim or living.claim(self._database, session)

    def _answer_all(self) -> None:
        while self._heard:
            item = self._heard.popleft()
            if isinstance(item, Future):
                _answer(item, self._broken)


def _answer(asked: "Future[None]", failure: BaseException | None) -> None:
    if not asked.set_running_or_notify_cancel():
        return
    if failure is None:
        asked.set_result(None)
    else:
        asked.set_exception(failure)
