"""The options that say what worlds may do, wherever a conversation begins."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--allow",
        multiple=True,
        metavar="NAME ...",
        help="Let worlds do this without asking: an environment or a tool (web), or one command (files.rm).",
    ),
    click.option("--ask", multiple=True, metavar="NAME ...", help="Ask you before worlds do this."),
    click.option("--deny", multiple=True, metavar="NAME ...", help="Worlds may not do this."),
    click.option("--notebook", metavar="NAME", help="Keep notes in the notebook of this name, which sessions share."),
    click.option(
        "--documents",
        type=click.Path(exists=True, file_okay=False, resolve_path=True),
        metavar="FOLDER",
        help="Let worlds search the documents in this folder.",
    ),
)


def world_options(command: Command) -> Command:
    """Give `command` the options; `world_wishes` makes of them what `conversation.casting.Choices` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def world_wishes(
    *,
    allow: Sequence[str] = (),
    ask: Sequence[str] = (),
    deny: Sequence[str] = (),
    notebook: str | None = None,
    documents: str | None = None,
) -> dict[str, Any]:
    """The fields of `Choices` that the options come to. Raises OperatorError for a name that is said twice."""
    permissions: dict[str, Permission] = {}
    said: tuple[tuple[Permission, Sequence[str]], ...] = (("allow", allow), ("ask", ask), ("deny", deny))
    for permission, names in said:
        for name in map(str.strip, names):
            if not name:
                raise OperatorError(f"--{permission} has no name", "name an environment or a tool, such as web")
            if permissions.setdefault(name, permission) != permission:
                raise OperatorError(
                    f"--{permissions[name]} and --{permission} both name {name!r}", "leave it out of one of them"
                )
    if notebook is not None and (not notebook.strip() or not notebook.isprintable() or len(notebook) > _LONGEST):
        raise OperatorError(f"{notebook!r} is not a name for a notebook", f"write a short name, {_LONGEST} at most")
    return {
        "permissions": permissions,
        "notebook": notebook.strip() if notebook is not None else None,
        "documents": documents,
    }


_LONGEST = 80  # characters
