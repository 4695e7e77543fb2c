"""The child process that pulls model files from a hub, by huggingface_hub.

Run as a script, never imported by the program: `hub_child.py REPO SCRATCH KEPT FILE...` downloads into the folder
SCRATCH what is not yet the same in the folder KEPT. It writes `Progress DONE of TOTAL` (bytes) while it works, and at
the end one line `Result {...}` in JSON: "fetched" (files now in SCRATCH) or "error" with what the parent needs to
explain it.
"""

import hashlib
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

_SHA256 = re.compile(r"[0-9a-f]{64}")


def main(repo: str, scratch: str, kept: str, *files: str) -> dict[str, Any]:
    """Downloads and checks; what to print as the result."""
    from huggingface_hub import HfApi, errors, get_hf_file_metadata, hf_hub_download, hf_hub_url

    try:
        known = [get_hf_file_metadata(hf_hub_url(repo, file)) for file in files]
        progress = _progress(sum(one.size or 0 for one in known))
        fetched = []
        for file, one in zip(files, known, strict=True):
            sum_ = one.etag if one.etag and _SHA256.fullmatch(one.etag) else None
            if _same(Path(kept, file), one.size, sum_):
                progress.total_done += one.size or 0
                continue
            hf_hub_download(repo, file, revision=one.commit_hash, local_dir=scratch, tqdm_class=progress)
            path = Path(scratch, file)
            if (one.size is not None and path.stat().st_size != one.size) or (sum_ and _sum(path) != sum_):
                return {"error": "damaged"}
            fetched.append(file)
    except errors.RemoteEntryNotFoundError:
        try:
            names = [name for name in HfApi().list_repo_files(repo) if name.lower().endswith(".gguf")]
        except Exception:
            names = []
        return {"error": "no_file", "names": names[:500]}
    except errors.GatedRepoError:
        return {"error": "gated"}
    except errors.RepositoryNotFoundError:
        return {"error": "no_repository"}
    except errors.HfHubHTTPError as error:
        return {"error": "status", "status": error.response.status_code}
    except OSError as error:
        return {"error": "os", "errno": error.errno, "detail": type(error).__name__}
    except Exception as error:
        # huggingface_hub reports a lost connection by exceptions of whatever carries it.
        return {"error": "connection", "detail": type(error).__name__}
    return {"fetched": fetched}


def _progress(total: int) -> Any:
    """A class that huggingface_hub takes for a progress bar and that writes our lines, at most ten a second."""

    class Progress:
        total_done = 0
        _written = 0.0

        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            self.n = initial
            self.total = total
            self.update(0)

        def update(self, amount: float | None = 1) -> None:
            cls = type(self)
            cls.total_done += int(amount or 0)
            if time.monotonic() - cls._written >= 0.1 or cls.total_done >= total:
                cls._written = time.monotonic()
                _say(f"Progress {cls.total_done} of {total}")

        def __enter__(self) -> "Progress":
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def __getattr__(self, name: str) -> Any:
            if name == "update_transfer":
                raise AttributeError(name)
            return lambda *_, **__: None

    return Progress


def _same(path: Path, size: int | None, sum_: str | None) -> bool:
    if size is None or sum_ is None or not path.is_file():
        return False
    return path.stat().st_size == size and _sum(path) == sum_


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    _say("Result " + json.dumps(main(*sys.argv[1:])))
