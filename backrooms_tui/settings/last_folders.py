"""The folders that the person used last, so that the next time begins there."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Literal

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.folders import data_dir, ensure_private

For = Literal["export", "import"]


def last_folder(use: For) -> Path | None:
    """The folder that was used last for this, where it is still there."""
    named = _read().get(use)
    with suppress(OSError, ValueError):
        if isinstance(named, str) and Path(named).is_dir():
            return Path(named)
    return None


def remember_folder(use: For, folder: Path) -> None:
    """Begin in `folder` the next time. Where that cannot be written down, nothing happens."""
    with suppress(OSError, OperatorError, ValueError):
        text = json.dumps({**_read(), use: str(folder.absolute())}, indent=1)
        place = ensure_private(data_dir()) / "folders.json"
        place.touch(mode=0o600)
        place.write_text(text, "utf-8")


def _read() -> dict[str, object]:
    with suppress(OSError, ValueError):
        read = json.loads((data_dir() / "folders.json").read_text("utf-8"))
        return read if isinstance(read, dict) else {}
    return {}
