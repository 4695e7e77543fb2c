"""The command line as a person has it: a process of its own, with folders of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.warm import Warm

COMMAND = [sys.executable, "-m", "backrooms_tui"]


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


# What the interpreter reads when it starts.
_READ_AT_START = ("PYTHON", "LC_", "LANG")
_warm = cache(Warm)


class CommandLine:
    """Runs `backrooms` in a folder of its own, with an environment without keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.endswith("_API_KEY") and not name.startswith(("BACKROOMS_", "COLUMNS", "LINES"))
        } | {
            "BACKROOMS_DATA_DIR": str(folder / "data"),
            "BACKROOMS_CONFIG_DIR": str(folder / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONWARNINGS": "error::ResourceWarning",
        }

    def __call__(self, *words: str, status: int | None = 0, stdin: str | None = None, **environ: str) -> Ran:
        run = _cold if any(name.startswith(_READ_AT_START) for name in environ) else _warm().run
        found, out, err = run(
            words, folder=self.folder, environ=self.environ | environ, stdin=(stdin or "").encode(), seconds=120
        )
        ran = Ran(found, out.decode(), err.decode())
        assert "Traceback" not in ran.err, ran.err
        if status is not None:
            assert ran.status == status, ran
        return ran

    def start(self, *words: str, **environ: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*COMMAND, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environ | environ,
        )

    def script(self, name: str, *replies: str) -> str:
        """A scripted model that speaks `replies`; its reference."""
        path = self.folder / f"{name}.txt"
        path.write_bytes("\n---\n".join(replies).encode("utf-8", "surrogatepass"))
        return f"scripted/{path}"

    def configure(self, text: str) -> None:
        """Write config.toml."""
        (self.folder / "config").mkdir(exist_ok=True)
        (self.folder / "config" / "config.toml").write_text(text, "utf-8")


def _cold(
    words: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: bytes, seconds: float
) -> tuple[int, bytes, bytes]:
    """What `Warm.run` does, with an interpreter that starts anew."""
    command = [*COMMAND, *words]
    done = subprocess.run(command, capture_output=True, cwd=folder, env=environ, input=stdin, timeout=seconds)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def backrooms(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)
