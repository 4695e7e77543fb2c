"""`backrooms templates`: what can be played."""

from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import click

from backrooms_tui.cli.completing import template_names
from backrooms_tui.cli.leaving import OPERATOR_ERROR
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent


@click.group()
def templates() -> None:
    """List, show, check and start templates."""


@templates.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
def list_(as_json: bool) -> None:
    """List your templates and the built-in ones."""
    from backrooms_tui.templates.loading import list_templates

    found = [summary for summary in list_templates(folders.templates_dir()) if not summary.hidden]
    if as_json:
        print_json(
            [
                {
                    "name": one.source.name,
                    "title": one.title,
                    "description": one.description,
                    "seats": one.seats,
                    "origin": one.source.origin,
                    "path": str(one.source.path),
                    "problem": one.problem,
                }
                for one in found
            ]
        )
        return
    rows = [
        (
            one.source.name,
            str(one.seats or "?"),
            one.source.origin,
            (one.problem and f"✗ {one.problem}") or one.description,
        )
        for one in found
    ]
    print_table(("name", "seats", "whose", "what"), rows, stretch=3)


@templates.command()
@click.argument("name", shell_complete=template_names)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--source", is_flag=True, help="Print the file itself.")
def show(name: str, as_json: bool, source: bool) -> None:
    """Show the template NAME: its variables, its agents and its rules."""
    from backrooms_tui.templates.describing import rules_notes
    from backrooms_tui.templates.loading import find_template, load_template
    from backrooms_tui.templates.reading import read_text

    found = find_template(name, folders.templates_dir())
    if source:
        click.echo(harmless(read_text(found.path)), nl=False)
        return
    template = load_template(found)
    if as_json:
        print_json(template.model_dump(mode="json"))
        return
    click.secho(harmless_line(template.title), bold=True)
    if template.description:
        click.echo(harmless(template.description))
    if template.variables:
        click.echo("\nVariables, set with --set NAME=VALUE")
        for variable, about in template.variables.items():
            default = "required" if about.default is None else about.default
            click.echo(f"  {variable}  {harmless_line(about.help)}")
            click.secho(f"      {harmless_line(default)}", dim=True)
    for seat, agent in enumerate(template.agents, 1):
        _show_agent(f"Seat {seat}", agent, "")
    notes = rules_notes(template)
    if notes:
        click.echo()
    for note in notes:
        click.echo(harmless_line(note))


def _show_agent(seat: str, agent: "Agent", margin: str) -> None:
    """An agent, and its council further in."""
    from backrooms_tui.templates.describing import agent_notes, council_note, council_notes

    model = f" · {agent.model}" if agent.model else ""
    params = "".join(f" · {key} {value}" for key, value in agent.params.items())
    click.secho(f"\n{margin}{seat}: {harmless_line(agent.name)}{harmless_line(model)}{params}", bold=True)
    for note in agent_notes(agent):
        click.echo(f"{margin}  · {harmless_line(note)}")
    if system := harmless(agent.system.strip()):
        click.echo(indent(system, margin))
    for message in agent.history:
        click.secho(f"{margin}  {message.role}: {harmless_line(message.text)}", dim=True)
    if agent.council is None:
        return
    margin += "    "
    click.secho(f"\n{margin}{harmless_line(agent.name)} {harmless_line(council_note(agent.council))}", bold=True)
    for note in council_notes(agent.council):
        click.echo(f"{margin}  · {harmless_line(note)}")
    for seat_within, member in enumerate(agent.council.agents, 1):
        _show_agent(f"Member {seat_within}", member, margin)


@templates.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=template_names)
@click.option("--json", "as_json", is_flag=True, help="Print an array of what was found.")
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Check template files; each finding has its line and what would be right."""
    from dataclasses import asdict

    from backrooms_tui.templates.checking import check_text, render_findings
    from backrooms_tui.templates.loading import find_template
    from backrooms_tui.templates.reading import read_text

    findings = []
    for file in files:
        source = find_template(file, folders.templates_dir())
        findings += check_text(read_text(source.path), source.shown)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for line in render_findings(findings):
            click.echo(harmless_line(line))
        if not findings:
            click.echo(f"{len(files)} file{'' if len(files) == 1 else 's'} checked, nothing found")
    ctx.exit(OPERATOR_ERROR if errors else 0)


@templates.command()
@click.argument("name")
@click.option("--title", metavar="TEXT", help="What it is called; the name if left out.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def new(name: str, title: str | None, force: bool) -> None:
    """Start a template of your own: NAME in your templates folder, or a path ending in .toml."""
    from backrooms_tui.templates.scaffold import starting_file

    path = _new_path(name)
    if path.exists() and not force:
        raise OperatorError(f"{path} is there already", "choose another name, or replace it with --force")
    try:
        path.write_text(starting_file(title or path.stem.replace("-", " ").replace("_", " ").capitalize()), "utf-8")
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}", "choose another place") from None
    click.echo(path)
    click.echo(f"Edit it, then: backrooms templates check {name}", err=True)


def _new_path(name: str) -> Path:
    if name.lower().endswith(".toml") or "/" in name or "\\" in name:
        path = Path(name).expanduser()
        return path if path.suffix.lower() == ".toml" else path.with_name(f"{path.name}.toml")
    if not name.replace("-", "").replace("_", "").isalnum():
        raise OperatorError(f"{name!r} is not a name for a template", "use letters, digits, hyphens and underscores")
    return folders.ensure_private(folders.templates_dir()) / f"{name}.toml"
