"""Fetching a model to this machine. It goes on while the person looks at other screens; there is one at a time."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from textual.content import Content

from backrooms_tui.providers.base import Progress
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.settings import folders
from backrooms_tui.ui.showing import shown

if TYPE_CHECKING:
    from textual.worker import Worker

    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.ui.app import BackroomsApp

_BAR = 20  # cells
_WHAT = "write local, OWNER/REPO/FILE.gguf, or ollama/NAME"


def is_hub_file(text: str) -> bool:
    """Whether `text` names a file on the Hugging Face hub."""
    return text.lower().endswith(".gguf") and text.count("/") >= 2 and not text.lower().startswith("local/")


def check_fetchable(text: str, workspace: "Workspace") -> str:
    """What would be fetched for `text`, in a few words. Raises OperatorError where there is nothing to fetch."""
    if not text.strip():
        raise OperatorError("name a model", _WHAT)
    if is_hub_file(text):
        return f"{text.strip().rpartition('/')[2]} from the Hugging Face hub"
    resolved = workspace.catalogue.resolve(text)
    if resolved.provider == "ollama":
        return f"{resolved.model}, by the Ollama on this machine"
    if resolved.provider == "local":
        return "the starter model, 98 MB" if _is_starter(resolved.reference) else f"{resolved.model} is a file here"
    raise OperatorError(f"{resolved.reference} answers over the network; there is nothing to fetch", _WHAT)


async def fetch(text: str, workspace: "Workspace", tell: Callable[[Progress], None]) -> str:
    """Fetch what `text` names, and give back what to type for it. Cancelling leaves nothing half done.

    Raises OperatorError or ProviderTrouble.
    """
    check_fetchable(text, workspace)
    models_dir = await asyncio.to_thread(folders.ensure_private, folders.models_dir())
    if is_hub_file(text):
        from backrooms_tui.providers.local.gguf import pull_gguf

        path = await pull_gguf(text, models_dir, tell)
        return f"local/{path.relative_to(models_dir.resolve()).as_posix()}"
    resolved = workspace.catalogue.resolve(text)
    if _is_starter(resolved.reference):
        from backrooms_tui.providers.local.starter import ensure_starter

        await ensure_starter(models_dir, tell)
    else:
        provider, model = workspace.providers.for_reference(resolved.reference)
        await provider.ready(model, tell)
    return text.strip()


def _is_starter(reference: str) -> bool:
    from backrooms_tui.providers.catalogue.aliases import builtin_reference

    return reference == str(builtin_reference("local"))


class Fetch:
    """One fetch under way: how far it is, and how it ended. `done` is what to type, or what went wrong."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.progress = Progress(f"fetching {what}")
        self.worker: Worker[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it can be cancelled."""
        return self.worker is None or not self.worker.is_finished

    def cancel(self) -> None:
        """Stop it."""
        if self.worker is not None:
            self.worker.cancel()


_LAST: "WeakKeyDictionary[BackroomsApp, Fetch]" = WeakKeyDictionary()


def fetch_of(app: "BackroomsApp") -> Fetch | None:
    """The fetch that is under way in this application."""
    last = _LAST.get(app)
    return last if last is not None and last.running else None


def start_fetch(app: "BackroomsApp", text: str, ended: Callable[[str], None]) -> Fetch:
    """Begin to fetch what `text` names; `ended` is called with what to type once it is there.

    How it ends is told wherever the person is by then.
    """
    one = Fetch(text.strip())
    _LAST[app] = one

    def tell(progress: Progress) -> None:
        one.progress = progress

    async def run() -> None:
        try:
            name = await fetch(text, app.workspace, tell)
        except OperatorError as error:
            app.notify(f"{error.what}\n{error.cure}", title="Not fetched", severity="error", markup=False, timeout=15)
        except ProviderTrouble as error:
            said = f"{error.trouble.message}\n{error.trouble.cure}"
            app.notify(said, title="Not fetched", severity="error", markup=False, timeout=15)
        except asyncio.CancelledError:
            app.notify(f"{one.what} was not fetched.", markup=False)
            raise
        else:
            app.notify(f"{name} is here.", markup=False)
            ended(name)

    one.worker = app.run_worker(run, group="fetch", exit_on_error=False)
    return one


def progress_text(progress: Progress) -> Content:
    """How far something is, with a bar where its size is known."""
    text = shown(progress.text)
    if progress.total <= 0:
        size = f"  {progress.done / 1e6:.1f} MB" if progress.done else " …"
        return Content.assemble(text, size)
    share = min(progress.done / progress.total, 1.0)
    filled = round(share * _BAR)
    numbers = f"  {share:4.0%}  {progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB"
    bar = (("━" * filled, "$primary"), ("╌" * (_BAR - filled), "$text-muted"))
    return Content.assemble(text, "  ", *bar, numbers)
