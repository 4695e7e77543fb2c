"""`backrooms sessions report`: what judges say of a session, their scores, and what was said."""

from typing import TYPE_CHECKING

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.export import standard_output
from backrooms_tui.cli.tables import print_json
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.assembly.files.reporting import Shape


@click.command()
@click.argument("session", shell_complete=session_ids)
@click.option(
    "-o", "--output", metavar="PATH", help="A file, a folder, or - for standard output; left out, the current folder."
)
@click.option(
    "--format",
    "shape",
    type=click.Choice(("md", "html")),
    help="Markdown or one web page; left out, the end of the file's name says it, else Markdown.",
)
@click.option("--judgement", metavar="ID", help="Tell this judgement first; the newest by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the file that was written as JSON.")
def report(session: str, output: str | None, shape: "Shape | None", judgement: str | None, as_json: bool) -> None:
    """Write a report of SESSION to a file, and print where it is.

    SESSION is an id, the beginning of one, a title, or "last". What judges said and their scores come first, then each
    round with what was said in it, folded. Nothing is overwritten: a number is added to the name.
    """
    from backrooms_tui.assembly.files.reporting import report as written
    from backrooms_tui.assembly.files.reporting import report_to
    from backrooms_tui.assembly.workspace import Workspace

    if as_json and output == "-":
        raise OperatorError("--json names the file, and - is none", "name a file or a folder with --output")
    workspace = Workspace()
    try:
        store = workspace.store
        found = store.find(session)
        if output == "-":
            with standard_output() as out:
                report_to(store, found, out, shape or "md", judgement=judgement)
            return
        place = written(store, found, output, shape, judgement=judgement)
    finally:
        workspace.close()
    if as_json:
        print_json({"path": str(place), "bytes": place.stat().st_size})
    else:
        click.echo(harmless_line(str(place)))
