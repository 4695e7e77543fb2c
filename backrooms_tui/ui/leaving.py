"""Leaving a screen on which something has to be kept first."""

from collections.abc import Awaitable, Callable

from textual.screen import Screen


class Leaving:
    """Waits for `leave` beside `screen`, and goes on then. Asked again meanwhile, it goes where it was asked last."""

    def __init__(self, screen: Screen[None], leave: Callable[[], Awaitable[None]]) -> None:
        self._screen = screen
        self._leave = leave
        self._go: Callable[[], object] | None = None

    @property
    def under_way(self) -> bool:
        """Whether it still waits."""
        return self._go is not None

    def then(self, go: Callable[[], object]) -> bool:
        """Call `go` when all is kept. Always True: something has to be kept first."""
        first, self._go = self._go is None, go
        if first:
            self._screen.run_worker(self._leave_and_go(), group="leaving", exit_on_error=False)
        return True

    async def _leave_and_go(self) -> None:
        try:
            await self._leave()
        finally:  # whatever happened, the next one who asks is heard
            go, self._go = self._go, None
        if go is not None:
            go()
