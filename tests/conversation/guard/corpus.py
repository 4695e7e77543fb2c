"""The labelled replies: read from the TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """A reply, who says it among whom, and what the guard must make of it."""

    name: str
    reply: str
    speaker: str
    others: tuple[str, ...]
    operator: str
    play: bool
    cut: str | None
    left: str
    marks: tuple[str, ...]
    # What the guard does with it instead, where it is known to misjudge it.
    known: str

    @property
    def at(self) -> int | None:
        """Where it must be cut, None if nowhere."""
        return None if self.cut is None else self.reply.index(self.cut)


def cases(*names: str) -> list[Case]:
    """The cases of the files called `names`."""
    found = []
    for name in names:
        for case in tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))["case"]:
            cut = case.get("cut")
            before = case["reply"] if cut is None else case["reply"][: case["reply"].index(cut)].rstrip()
            found.append(
                Case(
                    case["name"],
                    case["reply"],
                    case.get("speaker", "Ada"),
                    tuple(case.get("others", ("Ben", "Cleo"))),
                    case.get("operator", "Operator"),
                    case.get("play", False),
                    cut,
                    case.get("left", before),
                    tuple(case.get("marks", ())),
                    case.get("known", ""),
                )
            )
    return found
