"""`backrooms backup`, `restore` and `vacuum`: all sessions as one file, and that file kept small."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backrooms_tui.cli.progress import ProgressLine
from backrooms_tui.providers.base import Progress
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.store.backing_up import Told

# Bytes from which on it takes long enough for a bar.
_LARGE = 20_000_000


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
def backup(path: Path | None) -> None:
    """Copy all sessions to PATH: a new file, or a folder for one.

    Without PATH it is backrooms-DATE.db in the current folder. Sessions may be recorded meanwhile; the copy is as they
    were when it began. The trash is in it. Nothing is overwritten.
    """
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.store.backing_up import back_up

    target = _target(path or Path())
    with closing(Workspace()) as workspace:
        store = workspace.store
        with _told(f"copying to {target.name}") as told:
            size = back_up(store, target, told)
        sessions, trashed = store.totals().sessions, len(store.in_trash())
    click.echo(f"{harmless_line(str(target))}  {_counted(sessions, trashed)}, {_size(size)}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE in place of the sessions that are here now.

    FILE is looked through first. What is here now is put aside in the data folder, and can be restored in the same way.
    Close Backrooms in other windows before. (A single session comes back from the trash: `backrooms sessions restore`.)
    """
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.settings.database import database_place
    from backrooms_tui.store.restoring import restore

    place = database_place(Workspace().configuration)
    with _told(f"reading {file.name}") as told:
        done = restore(place, file, date.today(), told)  # noqa: DTZ011 - the person's own day
    click.echo(f"Restored {_counted(done.sessions, done.trashed)}")
    if done.aside is not None:
        click.echo(f"What was here before: {harmless_line(str(done.aside))}")


@click.command()
def vacuum() -> None:
    """Give back the room that deleted sessions took, and make searching quick again.

    Close Backrooms in other windows before: nobody can record meanwhile. What is in the trash keeps its room.
    """
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.settings.database import database_place
    from backrooms_tui.store.vacuuming import vacuum

    done = vacuum(database_place(Workspace().configuration))
    if done.after < done.before:
        click.echo(f"{_size(done.before - done.after)} given back; {_size(done.after)} are in use")
    else:
        click.echo(f"There was nothing to give back; {_size(done.after)} are in use")
    if done.trashed:
        click.echo(f"{_counted(done.trashed, 0)} in the trash: `backrooms sessions delete --forever` lets them go")


def _target(path: Path) -> Path:
    """The file that `path` means. Raises OperatorError where it cannot be made."""
    path = path.expanduser().absolute()
    if path.is_dir():
        stem = f"backrooms-{date.today().isoformat()}"  # noqa: DTZ011 - the person's own day
        names = (f"{stem}.db" if number == 1 else f"{stem}-{number}.db" for number in count(1))
        return next(free for name in names if not (free := path / name).exists())
    if not path.parent.is_dir():
        raise OperatorError(f"there is no folder {path.parent}", "make it first, or name another one")
    return path


@contextmanager
def _told(what: str) -> "Iterator[Told]":
    line = ProgressLine()

    def told(done: int, total: int) -> None:
        if total >= _LARGE:
            line(Progress(what, done, total))

    try:
        yield told
    finally:
        line.finish()


def _counted(sessions: int, trashed: int) -> str:
    said = f"{sessions:,} session{'' if sessions == 1 else 's'}"
    return f"{said} and {trashed:,} in the trash" if trashed else said


def _size(size: int) -> str:
    """Bytes as people say them."""
    if size < 1_000_000:
        return f"{size / 1e3:,.0f} kB"
    return f"{size / 1e6:,.1f} MB" if size < 1_000_000_000 else f"{size / 1e9:,.2f} GB"
