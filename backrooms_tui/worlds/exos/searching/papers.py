"""The PDF documents of a folder: their text is taken out once, and kept for as long as the file is the same."""

import threading
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.searching.document import Document
from backrooms_tui.worlds.exos.searching.folder import MOST_ALL, Folder, Stamp, is_pdf
from backrooms_tui.worlds.exos.searching.pdf_reading import Extracted, Limits, PdfReading, Why, installed
from backrooms_tui.worlds.exos.telling import counted

_CURE = "pip install 'backrooms-tui[worlds]'"
# Why a document has no text, or not all of it: where somebody asks for that one, and where they are counted.
_SAID: Mapping[Why, tuple[str, str]] = MappingProxyType(
    {
        "empty": ("is empty", "empty"),
        "no pdf": ("is no PDF, whatever its name says", "no PDF"),
        "scan": ("has no text in it: it is a scan, or pictures only", "without text (a scan, or pictures only)"),
        "encrypted": ("is encrypted: it opens with a password only", "encrypted"),
        "cipher": (f"is encrypted in a way whose reading needs {_CURE}", "encrypted"),
        "broken": ("is broken: what it says could not be made out", "broken"),
        "slow": ("took too long to read, and was given up", "too slow to read"),
        "memory": ("takes too much memory to read, and was given up", "too large to read"),
        "long": (f"is one too many: the text of PDF documents is kept up to {MOST_ALL // 10**6} MB", "too many"),
        "unavailable": (
            "could not be read: pypdf does not start; reinstall it: pip install --force-reinstall pypdf",
            "not read, as pypdf does not start",
        ),
        "stopped": ("was not read any more", "not read"),
    }
)
# The same where there is a part of it.
_IN_PART: Mapping[Why, str] = MappingProxyType(
    {
        "broken": "the others are broken",
        "slow": "it took too long",
        "memory": "it took too much memory",
        "long": "it is too long",
    }
)
_BROKEN_OFF = "it broke off"


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was taken out of a file when its stamp was this."""

    stamp: Stamp
    packed: bytes = b""
    size: int = 0
    pages: tuple[int, ...] = ()
    read: int = 0
    of: int = 0
    why: Why | None = None


class Papers:
    """The PDF documents of `folder`. Any thread may ask; what each document may take is in `limits`."""

    def __init__(self, folder: Folder, limits: Limits | None = None) -> None:
        self._folder = folder
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._size = 0
        self._readings: set[PdfReading] = set()
        self._stopped = False
        self.readable = installed()

    @contextmanager
    def reading(self) -> Iterator[PdfReading]:
        """What `document` reads with. It ends with the context, or with `stop`."""
        reading = PdfReading(self._limits)
        with self._lock:
            self._readings.add(reading)
            stopped = self._stopped
        if stopped:
            reading.stop()
        try:
            yield reading
        finally:
            reading.close()
            with self._lock:
                self._readings.discard(reading)

    def stop(self) -> None:
        """Stop all reading at once, for good."""
        with self._lock:
            self._stopped = True
            readings = list(self._readings)
        for reading in readings:
            reading.stop()

    def kept(self, name: str) -> Document | None:
        """The document `name`, if it was read already as it is now. Raises NotDone where there is none, or there is no
        text in it."""
        stamp = self._folder.stamp(name)
        if not self.readable:
            raise NotDone(f"{name} is a PDF, and reading those needs {_CURE}.")
        with self._lock:
            kept = self._kept.get(name)
        return _document(name, kept) if kept is not None and kept.stamp == stamp else None

    def document(self, name: str, reading: PdfReading) -> Document:
        """The document `name`, read with `reading` where it was not yet. Raises NotDone as `kept` does."""
        found = self.kept(name)
        if found is not None:
            return found
        data, stamp = self._folder.pdf(name)
        extracted = reading.read(data)
        del data
        kept = self._keep(name, stamp, extracted)
        return _document(name, kept)

    def keep_only(self, names: Collection[str]) -> None:
        """Forget the other ones: they are not there any more."""
        with self._lock:
            for name in [name for name in self._kept if name not in names]:
                self._size -= self._kept.pop(name).size

    def notes(self, names: Collection[str]) -> list[str]:
        """What there is to say about those of `names` that are not read, or only in part."""
        if not self.readable:
            papers = sum(map(is_pdf, names))
            were, them = ("was", "it") if papers == 1 else ("were", "them")
            told = f"{counted(papers, 'PDF document')} {were} left out: reading {them} needs {_CURE}."
            return [told] if papers else []
        with self._lock:
            kept = [one for name, one in self._kept.items() if name in names]
        left = Counter(_SAID[one.why][1] for one in kept if one.why is not None and not one.packed)
        notes: list[str] = []
        if left:
            why = ", ".join(f"{count:,} {said}" for said, count in left.most_common())
            were = "was" if left.total() == 1 else "were"
            notes.append(f"{counted(left.total(), 'PDF document')} {were} left out: {why}.")
        if parts := sum(one.why is not None and bool(one.packed) for one in kept):
            notes.append(f"Of {counted(parts, 'PDF document')} only a part could be read.")
        return notes

    def _keep(self, name: str, stamp: Stamp, extracted: Extracted) -> _Kept:
        """Keep what was read, if there is room."""
        pages: list[int] = []
        line = 1
        for page in extracted.pages:
            pages.append(line)
            line += page.count("\n") + 1
        data = "\n".join(extracted.pages).encode("utf-8", "replace") if any(map(str.strip, extracted.pages)) else b""
        if extracted.why == "stopped":
            return _Kept(stamp, why="stopped")
        kept = _Kept(stamp, why=extracted.why)
        if data:
            packed = zlib.compress(data, 1)
            kept = _Kept(stamp, packed, len(data), tuple(pages), extracted.read, extracted.of, extracted.why)
        with self._lock:
            before = self._kept.pop(name, None)
            self._size -= before.size if before is not None else 0
            if self._size + kept.size > MOST_ALL:
                kept = _Kept(stamp, why="long")
            self._kept[name] = kept
            self._size += kept.size
        return kept


def _document(name: str, kept: _Kept) -> Document:
    if not kept.packed:
        raise NotDone(f"{name} {_SAID[kept.why or 'broken'][0]}.")
    note = ""
    if kept.why is not None:
        read = f"{kept.read:,} of its {counted(kept.of, 'page')}"
        note = f"Only a part of it could be read, {read}: {_IN_PART.get(kept.why, _BROKEN_OFF)}."
    return Document(zlib.decompress(kept.packed).decode("utf-8"), kept.pages, note)
