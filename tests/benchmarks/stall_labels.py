"""Transcripts made and labelled by hand, looping and healthy, to calibrate the stall meter on and to test it with.

A file in `stall_transcripts/` is a head of `key: value` lines, an empty line, and the turns: a line that begins with
`SEAT|` begins a turn, and other lines continue it. Head: `title`; `half` (calibration: the meter's constants may be
fitted to it; report: they may not); `stalls`, the number of the first turn that brings nothing more, or never;
`recovers`, the first turn that lives again, where there is one; `language` where it is not English; `origin` where
it is not written by a person but is the talk of a model.
"""

import pydoc_data.topics
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "stall_transcripts"
_TURN = re.compile(r"^(\d+)\| ?(.*)$")

Half = Literal["calibration", "report"]


@dataclass(frozen=True)
class Transcript:
    """One labelled conversation. `stalls` and `recovers` count turns from 1."""

    name: str
    title: str
    half: Half
    turns: tuple[tuple[int, str], ...]
    stalls: int | None
    recovers: int | None
    head: dict[str, str]

    def stalled_at(self, turn: int) -> bool:
        """Whether the label says that `turn` (from 1) is part of a stall."""
        return self.stalls is not None and self.stalls <= turn and (self.recovers is None or turn < self.recovers)

    @property
    def stalled_at_end(self) -> bool:
        """Whether the label says that the last turn is part of a stall."""
        return self.stalled_at(len(self.turns))


def read_transcript(path: Path) -> Transcript:
    """The transcript in `path`. ValueError says what its head or turns lack."""
    head_text, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    head = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in head_text.splitlines())}
    turns: list[tuple[int, list[str]]] = []
    for line in body.removesuffix("\n").split("\n"):
        if begin := _TURN.match(line):
            turns.append((int(begin[1]), [begin[2]]))
        elif turns:
            turns[-1][1].append(line)
        else:
            raise ValueError(f"{path.name}: the first line after the head is not SEAT| TEXT")
    half = head.get("half")
    if half not in ("calibration", "report"):
        raise ValueError(f"{path.name}: half is {half!r}, not calibration or report")
    stalls = None if head["stalls"] == "never" else int(head["stalls"])
    recovers = int(head["recovers"]) if "recovers" in head else None
    if stalls is not None and not 1 < stalls <= len(turns):
        raise ValueError(f"{path.name}: it cannot begin to stall at turn {stalls} of {len(turns)}")
    spoken = tuple((seat, "\n".join(lines).rstrip("\n")) for seat, lines in turns)
    return Transcript(path.stem, head["title"], half, spoken, stalls, recovers, head)


def transcripts(half: Half | None = None) -> list[Transcript]:
    """All transcripts in order of their names, or those of one half."""
    every = [read_transcript(path) for path in sorted(FOLDER.glob("*.txt"))]
    return [one for one in every if half in (None, one.half)]


def manual(half: Half, words: int, most: int) -> list[tuple[int, str]]:
    """The reference manual that comes with Python, as up to `most` turns of `words` words: dry, long, and living.

    No talk, but a hard case that a meter must let pass: one narrow subject, the same terms over and over.
    """
    topics = [pydoc_data.topics.topics[name] for name in sorted(pydoc_data.topics.topics)]
    middle = len(topics) // 2
    text = "\n".join(topics[:middle] if half == "calibration" else topics[middle:])
    pieces = re.findall(r"\S+\s*", text)
    count = min(most, len(pieces) // words)
    return [(1 + turn % 2, "".join(pieces[turn * words : (turn + 1) * words])) for turn in range(count)]
