"""Files to import, and a person's own place to import them into."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.formats.incoming import recognising
from backrooms_tui.formats.incoming.saying import Reading
from backrooms_tui.formats.incoming.source import Source
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.state import SessionState, apply

SAMPLES = Path(__file__).parents[1] / "samples"
# Every sample, with the kind of file that it is.
KINDS = {
    "opus_gpt4o_lighthouse_20250314_213005.txt": "log of UniversalBackrooms",
    "sonnet_opus_harbour_master_20240702_080910.txt": "log of UniversalBackrooms",
    "tide_tables.jsonl": "template of UniversalBackrooms",
    "fork_template/template.json": "template folder of UniversalBackrooms' fork",
    "llm_conversation_config.json": "configuration of llm_conversation",
    "llm_conversation_log.json": "log of llm_conversation",
    "liminal_config.py": "scenarios of liminal_backrooms",
    "conversation_full.html": "page of liminal_backrooms",
    "conversation_1711130203_scenario_greenhouse.txt": "conversation of Infinite Backrooms",
    "arena.json": "configuration of ChatArena",
    "own_events.jsonl": "events of Backrooms",
}


def read(path: Path) -> Reading:
    """What the file at `path` says."""
    return recognising.read(Source(path, now=time.time()))


def events_of(reading: Reading) -> list[AnyEvent]:
    """All events of its session."""
    assert reading.events is not None
    return list(reading.events)


def folded(events: list[AnyEvent]) -> SessionState:
    """What they add up to."""
    state = SessionState()
    for event in events:
        apply(state, event)
    return state


def said(state: SessionState) -> list[tuple[str, str]]:
    """Who said what, in order."""
    return [(turn.name, turn.text) for _, turn in sorted(state.turns.items())]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "templates").mkdir()
    opened = Workspace()
    yield opened
    opened.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file: a name, and a text or bytes."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
