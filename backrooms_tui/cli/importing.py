"""`backrooms import`: what other tools wrote, and sessions that were exported here or elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.leaving import OPERATOR_ERROR, complain
from backrooms_tui.cli.progress import ProgressLine
from backrooms_tui.cli.tables import print_json
from backrooms_tui.providers.base import Progress
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders

if TYPE_CHECKING:
    from backrooms_tui.assembly.files.importing import Brought
    from backrooms_tui.assembly.workspace import Workspace

# Bytes from which on it takes long enough for a bar.
_LARGE = 2_000_000


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read the files and say what is in them; keep nothing.")
@click.option("--again", is_flag=True, help="Make another session of a file whose session is here already.")
@click.option(
    "--template-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write templates there; your templates folder if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print an array of what came of the files.")
@click.pass_context
def import_(
    ctx: click.Context, files: tuple[Path, ...], dry_run: bool, again: bool, template_dir: Path | None, as_json: bool
) -> None:
    """Import sessions and templates from FILE...

    What a file is shows from what it holds: the JSON Lines of a session, logs and templates of UniversalBackrooms and
    its fork, llm_conversation, liminal_backrooms, Infinite Backrooms and ChatArena. A template of the fork is a folder.
    Of a file that is wrong nothing is kept; the others are imported all the same. A file that was imported before is
    known again by what it holds.
    """
    from backrooms_tui.assembly.workspace import Workspace

    workspace, found, wrong = Workspace(), [], 0
    try:
        for file in files:
            try:
                brought = _brought(workspace, file, template_dir, dry=dry_run, again=again)
            except OperatorError as error:
                wrong += 1
                found.append({"file": str(file), "problem": error.what, "cure": error.cure})
                complain(error.what, error.cure)
                continue
            found += [_as_json(file, one) for one in brought]
            for one in () if as_json else brought:
                _tell(one, dry=dry_run)
    finally:
        workspace.close()
    if as_json:
        print_json(found)
    ctx.exit(OPERATOR_ERROR if wrong else 0)


def _brought(
    workspace: "Workspace", file: Path, template_dir: Path | None, *, dry: bool, again: bool
) -> "list[Brought]":
    from backrooms_tui.assembly.files.importing import bring_in

    folder = template_dir or folders.templates_dir()
    if not dry:
        folders.ensure_private(folder)
    line = ProgressLine()

    def told(done: int, total: int) -> None:
        if total >= _LARGE:
            line(Progress(f"reading {file.name}", done, total))

    try:
        return bring_in(workspace, file, templates=folder, dry=dry, again=again, told=told)
    finally:
        line.finish()


def _tell(one: "Brought", *, dry: bool) -> None:
    what = f"{one.kind} {one.id}".strip()
    title = harmless_line(one.title)
    agents = f"{len(one.agents)} agent{'' if len(one.agents) == 1 else 's'}"
    size = f"{agents}, {one.turns} turn{'' if one.turns == 1 else 's'}" if one.kind == "session" else agents
    here = "here already; --again imports it anew" if one.kind == "session" else "here already"
    how = here if not one.new else "would be imported" if dry else "imported"
    click.echo(f"{what}  {title} · {size} · {one.format} · {how}")
    for note in one.notes:
        click.secho(f"  · {harmless_line(note)}", dim=True)
    for sentence in one.unplaced:
        click.secho(f"  · not imported: {harmless_line(sentence)}", dim=True)


def _as_json(file: Path, one: "Brought") -> dict[str, Any]:
    return {
        "file": str(file),
        "kind": one.kind,
        "format": one.format,
        "id": one.id,
        "title": one.title,
        "agents": list(one.agents),
        "turns": one.turns,
        "new": one.new,
        "path": None if one.place is None else str(one.place),
        "unplaced": list(one.unplaced),
        "notes": list(one.notes),
    }
