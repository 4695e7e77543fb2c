"""Where things belong on this machine, and folders that nobody else can look into.

`BACKROOMS_CONFIG_DIR` and `BACKROOMS_DATA_DIR` override the folders that the system has for this (platformdirs).
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError

CONFIG_VARIABLE = "BACKROOMS_CONFIG_DIR"
DATA_VARIABLE = "BACKROOMS_DATA_DIR"
PRIVATE = 0o700


def config_dir(environ: Mapping[str, str] | None = None) -> Path:
    """What a person writes: the configuration, templates, themes. An absolute path; it need not exist."""
    named = _named(CONFIG_VARIABLE, environ)
    if named is not None:
        return named
    from platformdirs import user_config_path

    return user_config_path("backrooms", appauthor=False)


def data_dir(environ: Mapping[str, str] | None = None) -> Path:
    """What the program keeps: sessions and models. An absolute path; it need not exist."""
    named = _named(DATA_VARIABLE, environ)
    if named is not None:
        return named
    from platformdirs import user_data_path

    return user_data_path("backrooms", appauthor=False)


def config_file(environ: Mapping[str, str] | None = None) -> Path:
    """The person's settings."""
    return config_dir(environ) / "config.toml"


def templates_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The person's own templates."""
    return config_dir(environ) / "templates"


def rubrics_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The person's own rubrics."""
    return config_dir(environ) / "rubrics"


def themes_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The person's own themes."""
    return config_dir(environ) / "themes"


def models_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Models that were fetched to run on this machine."""
    return data_dir(environ) / "models"


def database_file(environ: Mapping[str, str] | None = None) -> Path:
    """The sessions, where no other database was chosen."""
    return data_dir(environ) / "sessions.db"


def ensure_private(folder: Path) -> Path:
    """`folder`, made with its parents where it is missing, readable by its owner only (0700).

    A folder that exists keeps its permissions: it may be one that the person shares on purpose. Raises OperatorError
    where it is no folder, cannot be made, or cannot be written to.
    """
    cure = f"choose another place with {DATA_VARIABLE} or {CONFIG_VARIABLE}, or change its permissions"
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(mode=PRIVATE, exist_ok=True)
        is_folder = folder.is_dir()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it cannot be made"
        raise OperatorError(f"cannot make the folder {_shown(folder)}: {reason}", cure) from None
    if not is_folder:
        raise OperatorError(f"{_shown(folder)} is a file, but a folder is needed there", "move the file away")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise OperatorError(f"the folder {_shown(folder)} cannot be written to", cure)
    return folder


def is_private(folder: Path) -> bool:
    """Whether only its owner can look into `folder`; true where permissions do not work that way."""
    if os.name != "posix":
        return True
    return not folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _named(variable: str, environ: Mapping[str, str] | None) -> Path | None:
    value = (os.environ if environ is None else environ).get(variable, "").strip()
    if not value:
        return None
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise OperatorError(f"{variable} names the home of an unknown user", "write the whole path") from None


def _shown(path: Path) -> str:
    return str(path) if str(path).isprintable() else ascii(str(path))
