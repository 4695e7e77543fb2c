"""`backrooms sessions branches`: the family of a session as a tree."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from backrooms_tui.assembly.branching.family import Kin


@click.command()
@click.argument("session", shell_complete=session_ids)
@click.option("--json", "as_json", is_flag=True, help="Print an array, each after the one it comes from.")
def branches(session: str, as_json: bool) -> None:
    """List the family of SESSION as a tree: what it branched off from, its branches, and theirs.

    • is SESSION itself; "from" is the last turn that a branch has in common with the one above it.
    """
    from backrooms_tui.assembly.branching.family import family
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        store = workspace.store
        found = store.find(session)
        kin = family(store.list_sessions(), found, store.in_trash())
    finally:
        workspace.close()
    if as_json:
        print_json([_as_json(one) for one in kin])
        return
    headings = ("id", "title", "models", "from", "turns", "cost", "when")
    print_table(headings, [_row(one, here=one.session.id == found and len(kin) > 1) for one in kin], stretch=1)


def _row(kin: "Kin", *, here: bool) -> tuple[str, ...]:
    from backrooms_tui.assembly.branching.family import drawn_branch

    one = kin.session
    when = datetime.fromtimestamp(one.last).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time
    models = dict.fromkeys(agent.model.rpartition("/")[2] for agent in one.agents)
    parted = "" if not kin.depth else "?" if kin.parts_at is None else f"turn {kin.parts_at}"
    cost = f"${one.cost:.4f}" if one.cost else "" if one.unpriced else "free"
    price = " + ".join(filter(None, (cost, "?" if one.unpriced else "")))
    title = f"{drawn_branch(kin.last)}{'• ' if here else ''}{one.title or '(untitled)'}"
    return one.id, title, " ↔ ".join(models), parted, f"{one.turns:,}", price, when


def _as_json(kin: "Kin") -> dict[str, Any]:
    one = kin.session
    return {
        "id": one.id,
        "title": one.title,
        "depth": kin.depth,
        "parent": one.parent,
        "from": kin.parts_at,
        "agents": [{"seat": agent.seat, "name": agent.name, "model": agent.model} for agent in one.agents],
        "turns": one.turns,
        "cost": one.cost,
        "unpriced_turns": one.unpriced,
    }
