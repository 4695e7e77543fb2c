"""What a shell can complete: names of templates, sessions and models. It never fails and asks no server."""

from collections.abc import Callable
from functools import wraps

import click
from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _or_files(names: Completer) -> Completer:
    """The same completer, with files where no name fits."""

    @wraps(names)
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return names(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]

    return complete


def _quiet(names: Callable[[], list[tuple[str, str]]]) -> Completer:
    """A completer from a list of (name, help); a broken configuration completes nothing."""

    @wraps(names)
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            found = names()
        except Exception:  # whatever is wrong is said when the command runs, not while somebody types
            return []
        matching = {name: about for name, about in found if name.startswith(incomplete)}
        return [CompletionItem(name, help=about) for name, about in matching.items()]

    return complete


@_or_files
@_quiet
def template_names() -> list[tuple[str, str]]:
    """Templates, the person's own and the built-in ones; files where none of them fits."""
    from backrooms_tui.settings import folders
    from backrooms_tui.templates.loading import list_templates

    return [(one.source.name, one.title) for one in list_templates(folders.templates_dir()) if not one.hidden]


@_quiet
def session_ids() -> list[tuple[str, str]]:
    """Sessions, newest first."""
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        return [(one.id, one.title) for one in workspace.store.list_sessions(limit=50)]
    finally:
        workspace.close()


@_quiet
def trashed_ids() -> list[tuple[str, str]]:
    """Sessions in the trash, what was deleted last first."""
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        return [(one.id, one.title) for one in workspace.store.in_trash(50)]
    finally:
        workspace.close()


@_quiet
def tag_names() -> list[tuple[str, str]]:
    """Tags that something has."""
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        return [(tag, "") for tag in workspace.store.known_tags()]
    finally:
        workspace.close()


@_quiet
def model_names() -> list[tuple[str, str]]:
    """Aliases and model references."""
    from backrooms_tui.assembly.workspace import Workspace

    catalogue = Workspace().catalogue
    aliases = [(alias, reference) for alias, reference in catalogue.aliases.items()]
    return [*aliases, *((entry.reference, entry.name) for entry in catalogue.listings())]
