"""`backrooms sessions export`: sessions as files to hand on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import OPERATOR_ERROR, complain
from backrooms_tui.cli.tables import print_json
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.assembly.files.exporting import Format
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.formats.outgoing.record import Record
    from backrooms_tui.store.database import Store

FORMATS = ("markdown", "html", "jsonl", "text", "finetune", "cast")
_HITS = 100_000  # turns that are looked through for sessions


@click.command()
@click.argument("names", nargs=-1, metavar="SESSION...", shell_complete=session_ids)
@click.option("--all", "everything", is_flag=True, help="All sessions.")
@click.option("--find", "words", metavar="WORDS", help="All sessions in which this was said; see `sessions find`.")
@click.option("--format", "shape", type=click.Choice(FORMATS), default="markdown", show_default=True, help="As what.")
@click.option(
    "-o", "--output", metavar="PATH", help="A file, a folder, or - for standard output; left out, the current folder."
)
@click.option("--agent", metavar="SEAT", help="finetune: whose point of view, a seat or a name; the first by default.")
@click.option("--columns", type=click.IntRange(40, 400), metavar="N", help="cast: width of the screen, 120 by default.")
@click.option("--rows", type=click.IntRange(12, 200), metavar="N", help="cast: height of the screen, 34 by default.")
@click.option(
    "--speed", type=click.FloatRange(0.5, 64), metavar="X", help="cast: how many times as fast, 1 by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print an array of the files that were written.")
@click.option("--progress", is_flag=True, hidden=True, help="cast: say on standard error how many seconds there are.")
@click.pass_context
def export(
    ctx: click.Context,
    names: tuple[str, ...],
    everything: bool,
    words: str | None,
    shape: str,
    output: str | None,
    agent: str | None,
    columns: int | None,
    rows: int | None,
    speed: float | None,
    as_json: bool,
    progress: bool,
) -> None:
    """Write sessions to files, and print where they are.

    SESSION is an id, the beginning of one, a title, or "last". Nothing is overwritten: a number is added to the name.

    \b
    markdown  to read, print or put into a note
    html      one page that reads well and replays in a browser, with nothing fetched from anywhere
    jsonl     everything that happened; `backrooms import` makes the same session of it
    text      laid out and named as the logs of UniversalBackrooms
    finetune  chats for fine-tuning from one agent's point of view, all in one file
    cast      a recording of the screen for asciinema
    """
    from backrooms_tui.assembly.files.exporting import export as exported
    from backrooms_tui.assembly.files.exporting import write_to
    from backrooms_tui.assembly.workspace import Workspace

    _only_where("--agent", agent, shape, "finetune")
    for option, value in (("--columns", columns), ("--rows", rows), ("--speed", speed)):
        _only_where(option, value, shape, "cast")
    if as_json and output == "-":
        raise OperatorError("--json lists files, and - is none", "name a file or a folder with --output")
    workspace = Workspace()
    left_out: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []

    def skipped(session: str, error: OperatorError) -> None:
        left_out.append({"session": session, "problem": error.what, "cure": error.cure})
        complain(f"{session} is left out: {error.what}", error.cure)

    try:
        store = workspace.store
        chosen = _chosen(store, names, everything, words)
        format = _format(workspace, shape, agent or "", (columns or 120, rows or 34), speed or 1.0, told=progress)
        if output == "-":
            with standard_output() as out:
                write_to(store, chosen, format, out)
            return
        for path in exported(store, chosen, format, output, skipped):
            written.append({"path": str(path), "bytes": path.stat().st_size})
            if not as_json:
                click.echo(harmless_line(str(path)))
    finally:
        workspace.close()
    if as_json:
        print_json([*written, *left_out])
    if left_out:
        ctx.exit(OPERATOR_ERROR)


def _only_where(option: str, value: object, shape: str, wanted: str) -> None:
    if value is not None and shape != wanted:
        raise OperatorError(f"{option} says nothing about the format {shape}", f"it belongs to --format {wanted}")


def _chosen(store: "Store", names: tuple[str, ...], everything: bool, words: str | None) -> list[str]:
    """The ids of what was asked for, each once."""
    if bool(names) + everything + (words is not None) != 1:
        raise OperatorError("which sessions are to be exported?", 'name them, or say --all, or --find "some words"')
    if everything:
        found = [summary.id for summary in store.list_sessions()]
    elif words is not None:
        found = [hit.session for hit in store.search(words, limit=_HITS)]
    else:
        found = [store.find(name) for name in names]
    if not found:
        what = "nobody said that" if words is not None else "there are no sessions yet"
        raise OperatorError(what, "`backrooms sessions list` shows what there is")
    return list(dict.fromkeys(found))


def _format(
    workspace: "Workspace", shape: str, agent: str, size: tuple[int, int], speed: float, *, told: bool
) -> "Format":
    from backrooms_tui.assembly.files.exporting import Format, format_named

    if shape != "cast":
        return format_named(shape, agent)
    from backrooms_tui.ui.recording.cast import write_cast

    def write(record: "Record", out: TextIO) -> None:
        with _told(f"recording {harmless_line(record.title)}", plain=told) as drawing:
            write_cast(workspace, record, out, size=size, speed=speed, drawing=drawing)

    return Format(".cast", write)


@contextmanager
def _told(what: str, *, plain: bool) -> Iterator[Callable[[float], None]]:
    """A line in a terminal that says how far a recording is: the screen is drawn again, which takes a while. With
    `plain` the seconds alone, a line each, for a program that reads them."""
    from backrooms_tui.cli.progress import ProgressLine
    from backrooms_tui.providers.base import Progress

    line = ProgressLine()
    last = -1

    def drawing(at: float) -> None:
        nonlocal last
        if plain:
            if int(at) > last:
                last = int(at)
                click.echo(last, err=True)
        elif sys.stderr.isatty():
            line(Progress(f"{what}: {int(at) // 60}:{int(at) % 60:02}"))

    try:
        yield drawing
    finally:
        line.finish()


@contextmanager
def standard_output() -> Iterator[TextIO]:
    """In UTF-8 wherever it goes; in a terminal, what was said does nothing to it."""
    from backrooms_tui.cli.printing import silence_stdout

    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        yield cast("TextIO", _Harmless(sys.stdout)) if sys.stdout.isatty() else sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read it has seen enough
        silence_stdout()


class _Harmless:
    """Writes to a terminal, which then shows control characters instead of obeying them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Print `text`."""
        return self._out.write(harmless(text))
