"""`backrooms doctor`: what is installed, what answers, and what is missing."""

import asyncio
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Literal

import click

from backrooms_tui.cli.tables import print_json
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

State = Literal["ok", "note", "broken"]
MARKS = {"ok": "✓", "note": "·", "broken": "✗"}
PACKAGES = ("textual", "anthropic", "openai", "sqlalchemy", "pydantic", "genai-prices", "jinja2", "click")
EXTRAS = {
    "xllamacpp": "pip install 'backrooms-tui[local]' for a model on this machine",
    "huggingface-hub": "pip install 'backrooms-tui[hub]' to pull GGUF files",
    "keyring": "pip install 'backrooms-tui[keyring]' to keep keys in the system's keyring",
    "mcp": "pip install 'backrooms-tui[worlds]' for tool servers as worlds",
    "pypdf": "pip install 'backrooms-tui[worlds]' to read PDF in a folder of documents",
    "psycopg": "pip install 'backrooms-tui[postgres]' to keep sessions in PostgreSQL",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    group: str
    name: str
    state: State
    says: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what is installed, what answers, and what is missing. Keys are named, never shown."""
    checks = [*_versions(), *_folders(), *asyncio.run(_everything_else()), *_terminal()]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        _print(checks)
    ctx.exit(1 if any(check.state == "broken" for check in checks) else 0)


def _print(checks: list[Check]) -> None:
    width = max(len(check.name) for check in checks)
    group = ""
    for check in checks:
        if check.group != group:
            click.secho(f"{'' if not group else chr(10)}{check.group}", bold=True)
            group = check.group
        colour = {"ok": "green", "note": None, "broken": "red"}[check.state]
        mark = click.style(MARKS[check.state], fg=colour)
        click.echo(f"  {mark} {check.name:<{width}}  {harmless_line(check.says)}")


def _versions() -> Iterator[Check]:
    yield Check("Versions", "backrooms", "ok", _version("backrooms-tui") or "not installed")
    yield Check("Versions", "python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for package in PACKAGES:
        version = _version(package)
        yield Check("Versions", package, "ok" if version else "broken", version or f"missing: pip install {package}")
    for package, cure in EXTRAS.items():
        version = _version(package)
        yield Check("Versions", package, "ok" if version else "note", version or f"not installed: {cure}")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _folders() -> Iterator[Check]:
    for name, folder in (("config", folders.config_dir()), ("data", folders.data_dir())):
        if not folder.exists():
            yield Check("Folders", name, "note", f"{folder} (made when it is needed)")
        elif not os.access(folder, os.W_OK):
            yield Check("Folders", name, "broken", f"{folder} cannot be written to")
        elif not folders.is_private(folder):
            yield Check("Folders", name, "note", f"{folder} can be read by others: chmod 700 {folder}")
        else:
            yield Check("Folders", name, "ok", str(folder))


async def _everything_else() -> list[Check]:
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        try:
            workspace.configuration  # noqa: B018 - reading it is the check
        except OperatorError as error:
            return [Check("Settings", "config.toml", "broken", f"{error.what}; {error.cure}")]
        there = folders.config_file().exists()
        settings = Check("Settings", "config.toml", "ok" if there else "note", "read" if there else "none: defaults")
        own = _own_files(workspace)
        return [
            settings,
            *own,
            _database(workspace),
            *_keys(workspace),
            *_local(),
            *await _servers(workspace),
            *await _worlds(workspace),
        ]
    finally:
        await workspace.aclose()


def _own_files(workspace: "Workspace") -> Iterator[Check]:
    """The person's keymap, themes and templates: those that are broken."""
    from backrooms_tui.templates.loading import list_templates
    from backrooms_tui.ui.actions import keymap_of
    from backrooms_tui.ui.theming.installing import broken_themes

    _, wrong = keymap_of(workspace.configuration.keys)
    yield from (Check("Settings", "keymap", "broken", line) for line in wrong)
    chosen = workspace.configuration.ui.get("theme")
    yield from (Check("Settings", "theme", "broken", line) for line in broken_themes(chosen))
    try:
        for one in list_templates(folders.templates_dir()):
            if one.problem:
                yield Check("Settings", "template", "broken", f"{one.source.path}: {one.problem}")
    except OperatorError as error:
        yield Check("Settings", "templates", "broken", f"{error.what}; {error.cure}")


def _database(workspace: "Workspace") -> Check:
    from backrooms_tui.settings.database import database_place, safe_url

    try:
        place = database_place(workspace.configuration)
        if isinstance(place, Path) and not place.exists():
            return Check("Sessions", "database", "note", f"{place} (made with the first session)")
        count = len(workspace.store.list_sessions())
        return Check("Sessions", "database", "ok", f"{safe_url(place)}, {count} session{'' if count == 1 else 's'}")
    except OperatorError as error:
        return Check("Sessions", "database", "broken", f"{error.what}; {error.cure}")


def _keys(workspace: "Workspace") -> Iterator[Check]:
    from backrooms_tui.providers.servers.keys import variable_for

    endpoints = workspace.catalogue.endpoints
    for provider in workspace.catalogue.providers:
        variable = variable_for(provider, endpoints)
        if variable is None:
            continue
        key = workspace.keys.find(variable)
        says = f"{provider}: from {key.where}" if key is not None else f"{provider}: not set"
        yield Check("Keys", variable, "ok" if key is not None else "note", says)


def _local() -> Iterator[Check]:
    from backrooms_tui.providers.local.starter import find_starter

    found = find_starter(folders.models_dir())
    says = str(found) if found is not None else "fetched when it is first used (98 MB)"
    yield Check("Models here", "starter model", "ok" if found is not None else "note", says)


async def _servers(workspace: "Workspace") -> list[Check]:
    from backrooms_tui.providers.servers.keys import variable_for

    endpoints = workspace.catalogue.endpoints
    # A server that wants a key which is not there is not asked: nothing goes out to a service that nobody uses.
    asked = [
        endpoint
        for endpoint in endpoints.values()
        if (variable := variable_for(endpoint.name, endpoints)) is None or workspace.keys.find(variable) is not None
    ]
    answers = await asyncio.gather(*(workspace.providers.listening(endpoint) for endpoint in asked))
    checks = [
        Check("Servers", endpoint.name, "ok" if answer else "note", f"{endpoint.base_url} {_answers(answer)}")
        for endpoint, answer in zip(asked, answers, strict=True)
    ]
    return [*checks, await _ollama(workspace)]


async def _worlds(workspace: "Workspace") -> list[Check]:
    """The worlds of the person's: servers are asked whether they answer, and nothing is started."""
    from backrooms_tui.assembly.worlds.looking_at_worlds import looked_at

    found = await looked_at(workspace)
    return [Check("Worlds", one.name, "ok" if one.there else "note", one.says) for one in found]


async def _ollama(workspace: "Workspace") -> Check:
    from backrooms_tui.session.trouble import ProviderTrouble

    provider, _ = workspace.providers.for_reference("ollama/any")
    try:
        count = len(await provider.models())
    except ProviderTrouble as error:
        return Check("Servers", "ollama", "note", error.trouble.message)
    return Check("Servers", "ollama", "ok", f"{count} model{'' if count == 1 else 's'}")


def _answers(answer: bool) -> str:
    return "answers" if answer else "does not answer"


def _terminal() -> Iterator[Check]:
    size = get_terminal_size()
    tty = sys.stdout.isatty()
    yield Check("Terminal", "output", "ok" if tty else "note", "a terminal" if tty else "not a terminal")
    small = size.columns < 80 or size.lines < 24
    yield Check("Terminal", "size", "note" if small else "ok", f"{size.columns}×{size.lines}")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    utf8 = encoding == "utf8"
    yield Check(
        "Terminal", "encoding", "ok" if utf8 else "note", sys.stdout.encoding if utf8 else "not UTF-8: set LANG"
    )
    colours = os.environ.get("COLORTERM") or os.environ.get("TERM") or "unknown"
    says = f"{colours}, NO_COLOR is set" if os.environ.get("NO_COLOR") else colours
    yield Check("Terminal", "colours", "ok", says)
