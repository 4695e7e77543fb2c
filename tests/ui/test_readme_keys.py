"""The README's tables of keys are those of the action registry. BACKROOMS_UPDATE_SNAPSHOTS=1 writes them anew."""

import os
from pathlib import Path

from backrooms_tui.ui.actions import PLACES, actions_of, table

README = Path(__file__).parents[2] / "README.md"
UPDATE = bool(os.environ.get("BACKROOMS_UPDATE_SNAPSHOTS"))
BEGIN, END = "<!-- keys: made from backrooms_tui/ui/actions.py -->\n", "<!-- keys end -->\n"


def tables() -> str:
    """A table for each place that has keys of its own."""
    parts = []
    for place, name in PLACES.items():
        rows = table(actions_of(place))
        if rows:
            lines = [f"| {_code(keys)} | {title} | {does} |" for keys, title, does in rows]
            parts.append("\n".join([f"| {name} | | |", "| --- | --- | --- |", *lines]))
    return "\n" + "\n\n".join(parts) + "\n\n"


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split(" "))


def test_the_readme_has_every_key() -> None:
    text = README.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = before + BEGIN + tables() + END + after
    if UPDATE:
        README.write_text(wanted, "utf-8")
    assert README.read_text("utf-8") == wanted
