"""What would make a screen look different from one run to the next, held still."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace

import pytest

import backrooms_tui.providers.catalogue.catalogue
import backrooms_tui.store.database
import backrooms_tui.ui.screens.find.find
import backrooms_tui.ui.screens.home.home
import backrooms_tui.ui.screens.stage.stage
import backrooms_tui.ui.screens.trash.trash
import backrooms_tui.ui.widgets.status
from backrooms_tui.providers.catalogue.aliases import builtin_reference
from backrooms_tui.providers.catalogue.listings import CatalogueEntry
from backrooms_tui.providers.registry import Providers
from tests.snapshots.telling import NOW


class StillDatetime(datetime):
    """It is always the same moment."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "StillDatetime":
        return cls.fromtimestamp(NOW, tz)


class StillClock:
    """For conversations: time stands still, waiting does not."""

    def now(self) -> float:
        return NOW

    def elapsed(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits in a snapshot")


def hold_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """All clocks that a screen looks at stand still, in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(backrooms_tui.ui.screens.home.home, "datetime", StillDatetime)
    monkeypatch.setattr(backrooms_tui.ui.screens.find.find, "datetime", StillDatetime)
    monkeypatch.setattr(backrooms_tui.ui.screens.trash.trash, "datetime", StillDatetime)
    still = SimpleNamespace(time=lambda: NOW, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr(backrooms_tui.store.database, "time", still)
    monkeypatch.setattr(backrooms_tui.ui.screens.stage.stage, "time", SimpleNamespace(time=lambda: NOW))
    monkeypatch.setattr(backrooms_tui.ui.widgets.status, "time", SimpleNamespace(monotonic=lambda: 0.0))


def _model(
    reference: str, name: str, window: int, into: float, out: float, means: str = "", note: str = ""
) -> CatalogueEntry:
    source = "alias" if means else "catalogue"
    return CatalogueEntry(reference, name, window, into, out, into / 10, source, means or reference, note)


_OPUS = ("Claude Opus 5.5", 400_000, 5.0, 25.0)
_GPT = ("GPT 5.5", 1_000_000, 1.25, 10.0)
STARTER = str(builtin_reference("local"))
MODELS: Sequence[CatalogueEntry] = (
    _model("opus", *_OPUS, "anthropic/claude-opus-5-5"),
    _model("gpt", *_GPT, "openai/gpt-5.5"),
    CatalogueEntry(STARTER, "SmolLM2-135M-Instruct", 8192, 0.0, 0.0, 0.0, "local", STARTER, "fetched when first used"),
    _model("anthropic/claude-haiku-5", "Claude Haiku 5", 200_000, 0.8, 4.0),
    _model("anthropic/claude-opus-5-5", *_OPUS),
    _model("anthropic/claude-opus-4", "Claude Opus 4", 200_000, 15.0, 75.0, note="shuts down on 1 May 2026"),
    _model("openai/gpt-5.5", *_GPT),
    _model("openai/gpt-5.5-mini", "GPT 5.5 mini", 1_000_000, 0.25, 2.0),
    _model("openrouter/a-house/a-model-with-a-rather-long-name-instruct-2603", "A long name", 131_072, 0.06, 0.24),
    _model("deepseek/deepseek-chat", "DeepSeek Chat", 131_072, 0.28, 0.42),
    CatalogueEntry("groq/unpriced", "Unpriced", None, None, None, None, "endpoint", "groq/unpriced"),
)


def hold_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few models with prices that stay; no server on this machine."""

    def listings(catalogue: object, filter: str = "", *, today: object = None) -> list[CatalogueEntry]:
        words = filter.casefold().split()
        return [one for one in MODELS if all(word in f"{one.reference} {one.name}".casefold() for word in words)]

    async def silent(self: Providers, endpoint: object) -> bool:
        return False

    monkeypatch.setattr(backrooms_tui.providers.catalogue.catalogue, "listings", listings)
    monkeypatch.setattr(Providers, "listening", silent)
    monkeypatch.setattr(Providers, "_is_here", lambda self, reference: False)
    # Nothing listens at the port that discards.
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path is equally long each time, so that what is cut off at its end stays the same."""
    with tempfile.TemporaryDirectory(prefix="backrooms-", dir=tempfile.gettempdir()) as folder:
        yield Path(folder)
