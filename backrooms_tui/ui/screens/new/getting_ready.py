"""From a choice to conversations that can run: what has to be fetched or loaded first, with a way to stop it."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static
from textual.worker import Worker

from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.ui.showing import shown, shown_line

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.conversation.casting import Cast, Choices
    from backrooms_tui.providers.base import Progress
    from backrooms_tui.ui.app import BackroomsApp

T = TypeVar("T")
Phase = Literal["working", "stopping", "stopped", "failed"]
_TICK = 0.1  # seconds
_HOW = {
    "working": "esc or x stops it",
    "stopping": "stopping …",
    "stopped": "enter starts it again · esc goes back",
    "failed": "enter tries again · esc goes back",
}


class PreparingScreen(ModalScreen[T | None]):
    """Waits for what `prepared` makes.

    Its result is that, or None where the person left it. What goes wrong is said here, with its cure, and can be tried
    again here.
    """

    CSS_PATH = "getting_ready.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Stop", show=False),
        Binding("x", "stop", "Stop", show=False),
        Binding("enter,r", "again", "Again", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None
        self._worker: Worker[None] | None = None
        self._made: T | None = None
        self.phase: Phase = "working"

    async def prepared(self) -> T:
        """What is waited for. Raises OperatorError or ProviderTrouble; cancelled, it leaves nothing half done."""
        raise NotImplementedError

    def tell(self, progress: "Progress") -> None:
        """Called as often as there is something to tell; it is drawn with the next tick."""
        self._progress = progress

    def compose(self) -> ComposeResult:
        """What goes on, how far it is, what is wrong, and what the keys do."""
        with Vertical(id="dialog"):
            yield Label("Getting ready", id="what")
            yield Static(id="progress")
            yield Static(id="cure")
            yield Static(id="how")

    def on_mount(self) -> None:
        """Begin."""
        self._tick = self.set_interval(_TICK, self._draw)
        self.action_again()

    # What the keys do -------------------------------------------------------------------------------------------------

    def action_again(self) -> None:
        """Begin, or begin again."""
        if self._worker is not None and not self._worker.is_finished:
            return
        self._progress = None
        self._enter("working")
        self._worker = self._get_ready()

    def action_stop(self) -> None:
        """Stop what goes on; nothing half done is left behind."""
        if self.phase == "working" and self._worker is not None:
            self._enter("stopping")
            self._worker.cancel()

    def action_leave(self) -> None:
        """Stop first, leave then."""
        if self.phase == "working":
            self.action_stop()
        elif self.phase != "stopping":
            self.dismiss(None)

    # The work ---------------------------------------------------------------------------------------------------------

    @work(group="getting-ready", exclusive=True, exit_on_error=False)
    async def _get_ready(self) -> None:
        try:
            made = await self.prepared()
        except asyncio.CancelledError:
            if self.is_attached:
                self._enter("stopped", "Stopped.", "What had arrived is kept for the next time where that is possible.")
            raise
        except OperatorError as error:
            self._enter("failed", _sentence(error.what), error.cure)
        except ProviderTrouble as error:
            self._enter("failed", _sentence(error.trouble.message), error.trouble.cure)
        except Exception as error:  # a fault of ours must not take down the application
            self._enter("failed", f"Something unforeseen happened: {type(error).__name__}: {error}"[:300])
        else:
            self._made = made
            self._give()

    def on_screen_resume(self) -> None:
        """What was ready while something stood in front of this is given now."""
        self._give()

    def _give(self) -> None:
        made = self._made
        if made is not None and self.is_active:  # not behind a question
            self._made = None
            self.dismiss(made)

    @property
    def workspace(self) -> "Workspace":
        app: BackroomsApp = self.app  # type: ignore[assignment]
        return app.workspace

    # The picture ------------------------------------------------------------------------------------------------------

    def _enter(self, phase: Phase, what: str = "", cure: str = "") -> None:
        self.phase = phase
        if phase in ("working", "stopping"):
            self._tick.resume()
        else:
            self._tick.pause()
        self.set_class(phase == "failed", "-failed")
        self.query_one("#progress", Static).update(shown(what))
        self.query_one("#cure", Static).update(shown(cure))
        self.query_one("#how", Static).update(_HOW[phase])

    def _draw(self) -> None:
        if self.phase not in ("working", "stopping"):
            return
        width = max(10, self.query_one("#progress", Static).content_size.width)
        self.query_one("#progress", Static).update(progress_lines(self._progress, width))


class GettingReadyScreen(PreparingScreen["Opened"]):
    """Opens a conversation of the template named `template` (or at that path) with `choices`: ready to run."""

    def __init__(self, template: str, choices: "Choices") -> None:
        super().__init__()
        self._template = template
        self._choices = choices

    async def prepared(self) -> "Opened":
        """The conversation."""
        # Imported and asked in a thread: the first time it takes a moment.
        chosen = await asyncio.to_thread(self._chosen)
        from backrooms_tui.assembly.opening import make_ready, open_conversation

        setup = await make_ready(self.workspace, chosen.setup, self.tell)
        return await open_conversation(self.workspace, replace(chosen, setup=setup))

    def _chosen(self) -> "Cast":
        from backrooms_tui.assembly.opening import choose_cast

        # A database that cannot be used is said before a model is fetched.
        self.workspace.store  # noqa: B018
        return choose_cast(self.workspace, self._template, self._choices)


def progress_lines(progress: "Progress | None", width: int) -> Content:
    """What goes on, and under it a bar of at most `width` cells where it is known how much there is."""
    if progress is None:
        return Content("one moment …")
    text = shown_line(progress.text).truncate(width, ellipsis=True)
    if progress.total <= 0:
        return Content.assemble(text, f"\n{progress.done / 1e6:.1f} MB" if progress.done else " …")
    share = min(progress.done / progress.total, 1.0)
    numbers = f" {share:4.0%}  {progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB"
    bar = max(4, width - len(numbers))
    filled = round(share * bar)
    return Content.assemble(
        text, "\n", ("━" * filled, "$primary"), ("╌" * (bar - filled), "$foreground-muted"), numbers
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
