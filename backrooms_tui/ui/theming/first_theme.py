"""The default theme for the first frame of a person who has chosen nothing: read without the checks of theme files.

Those take pydantic, which takes a tenth of a second; they come right after the first frame.
"""

import tomllib
from pathlib import Path
from typing import Any

from textual.app import App
from textual.theme import Theme

import backrooms_tui
from backrooms_tui.settings import folders

DEFAULT = "lamplight"


def nothing_chosen() -> bool:
    """Whether there is neither a configuration nor a theme of the person's own."""
    return not folders.config_file().exists() and not folders.themes_dir().exists()


def builtin_dir() -> Path:
    """The themes that come with the program: inside the installed package, or beside it in a checkout."""
    package = Path(backrooms_tui.__file__).parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def put_on_default(app: App[Any]) -> None:
    """Put on the default theme; nothing where its file is not there, which is said later."""
    try:
        document = tomllib.loads((builtin_dir() / f"{DEFAULT}.toml").read_text("utf-8"))
        theme = Theme(
            name=document["name"],
            dark=document["dark"],
            variables=document.get("variables", {}),
            **document["colours"],
        )
    except (OSError, ValueError, LookupError, TypeError):
        return
    app.register_theme(theme)
    app.theme = theme.name
