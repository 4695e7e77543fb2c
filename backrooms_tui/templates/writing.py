"""A template as the text of a TOML file that loads again, and a place for it in the person's templates folder."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.fields import Table

NAME = re.compile(r"[^\W_][\w-]*")
_LONGEST_NAME = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


def template_text(template: "Template") -> str:
    """The text of a TOML file that says what `template` says; `templates.checking` finds nothing new in it.

    What stands at its default is left out. Half characters, which no file can hold, become U+FFFD.
    """
    from tomli_w import dumps

    return dumps(_said(template), multiline_strings=True)


def name_from(title: str) -> str:
    """A name for a template's file that `title` suggests: small letters, digits and hyphens; "template" of nothing."""
    words = re.findall(r"[a-z0-9]+", title.casefold())
    return "-".join(words)[:_LONGEST_NAME].strip("-") or "template"


def check_name(name: str) -> None:
    """Raises OperatorError where `name` is no name for a template's file."""
    if not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise OperatorError(
            f"{name!r} is not a name for a template" if name else "the template needs a name",
            f"use letters, digits, hyphens and underscores, {_LONGEST_NAME} at most",
        )


def save_template(template: "Template", folder: Path, name: str, *, replace: bool = False) -> Path:
    """Write `template` into `folder`, which exists, as NAME.toml. The whole file is there, or none of it.

    Raises OperatorError for a name that cannot be, a file that is there already (unless `replace`), and a disk that
    does not take it.
    """
    check_name(name)
    path = folder / f"{name}.toml"
    content = template_text(template).encode()
    beside = folder / f".{name}.{os.getpid()}.new"
    try:
        if not replace and path.exists():
            raise FileExistsError
        beside.write_bytes(content)
        if replace:
            beside.replace(path)
        else:
            _place(beside, path)
    except FileExistsError:
        raise OperatorError(f"there is a template {name!r} already", "choose another name") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}", "check the folder and the disk") from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def _place(beside: Path, path: Path) -> None:
    """Give `beside` its name, unless something has come there meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError from None
        beside.replace(path)


def _said(table: "Table") -> dict[str, Any]:
    """The keys of `table` that say something: what a file without them would not mean."""
    said: dict[str, Any] = {}
    for key, field in type(table).model_fields.items():
        value = getattr(table, key)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            said[key] = _plain(value)
    return said


def _plain(value: Any) -> Any:
    """`value` as TOML has it: tables, lists, texts without half characters, numbers."""
    from backrooms_tui.templates.fields import Table

    if isinstance(value, Table):
        return _said(value)
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
