"""Changing `config.toml` as a person would: only what was meant changes, and comments, order and spacing stay.

The new file takes the old one's place in one step, after it was read back from the disk and found to be right, so that
neither a crash nor a wrong value can cost the person their settings. It can be read by its owner only.
"""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Configuration
from backrooms_tui.settings.folders import config_file, ensure_private
from backrooms_tui.settings.loading import load_configuration

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

KeyPath = tuple[str, ...]
# What holds one table for each of its names; mappings elsewhere are written on one line.
_OF_TABLES = ("endpoints", "worlds")


def change_configuration(changes: Mapping[KeyPath, object], path: Path | None = None) -> Configuration:
    """Write `changes` into the file at `path` (the person's own where None), and give back the settings it has then.

    `changes` maps keys to values: `("defaults", "budget")` to 2.0, `("endpoints", "lab")` to a whole table; None takes
    a key out. The file is read anew first, so that what the person wrote meanwhile stays. Raises OperatorError, and
    leaves the file alone, where it is broken already, where a value may not stand there, or where it cannot be written.
    """
    file = config_file() if path is None else path
    load_configuration(file)  # says where a broken file is broken
    ensure_private(file.parent)
    # A link to a file elsewhere (a folder of dot-files, say) stays a link.
    real = file.resolve()
    before = _bytes_of(real)
    document = _parsed(before, file)
    for key, value in changes.items():
        if value is None:
            _take_out(document, key)
        else:
            _put(document, key, value)
    after = _spaced(document.as_string(), before).encode("utf-8")
    if after == before:
        return load_configuration(file)
    return _replace(real, after, file)


def _bytes_of(real: Path) -> bytes:
    try:
        return real.read_bytes()
    except FileNotFoundError:
        return b""


def _parsed(raw: bytes, file: Path) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(raw.decode("utf-8-sig"))
    except TOMLKitError as error:
        raise OperatorError(f"{file} cannot be changed from here: {error}", "change it with an editor") from None


def _put(document: "TOMLDocument", key: KeyPath, value: object) -> None:
    import tomlkit
    from tomlkit.items import InlineTable

    node: Any = document
    *parents, last = key
    for depth, part in enumerate(parents, 1):
        if part not in node:
            inside = isinstance(node, InlineTable)
            # A table that only holds tables ([endpoints] over [endpoints.lab]) gets no line of its own.
            only_tables = depth < len(parents) or key[0] in _OF_TABLES
            _append(node, part, tomlkit.inline_table() if inside else tomlkit.table(is_super_table=only_tables))
        node = node[part]
    if isinstance(value, Mapping) and isinstance(node.get(last), Mapping):
        _become(node[last], value)
    elif last in node:
        node[last] = value
    elif isinstance(value, Mapping):
        inline = key[0] not in _OF_TABLES or isinstance(node, InlineTable)
        table: Any = tomlkit.inline_table() if inline else tomlkit.table()
        table.update(value)
        _append(node, last, table)
    else:
        _append(node, last, value)


def _become(table: Any, value: Mapping[str, object]) -> None:
    """`table` with the entries of `value` and no others."""
    for name in [name for name in table if name not in value]:
        del table[name]
    for name, one in value.items():
        if name not in table:
            _append(table, name, one)
        elif table[name] != one:
            table[name] = one


def _append(node: Any, name: str, value: object) -> None:
    """`name` at the end of a table, but before the empty lines and comments that lead over to the next one."""
    from tomlkit.items import AoT, Comment, Table, Whitespace

    if isinstance(node, Table) and not isinstance(value, Table | AoT):
        body = node.value.body
        filled = [i for i, (_, item) in enumerate(body) if not isinstance(item, Comment | Whitespace)]
        last = body[filled[-1]][0] if filled and filled[-1] < len(body) - 1 else None
        if last is not None:
            node.value._insert_after(last, name, _item(value))
            return
    node[name] = value


def _item(value: object) -> Any:
    import tomlkit

    item = tomlkit.item(value)
    item.trivia.trail = "\n"
    return item


def _take_out(document: "TOMLDocument", key: KeyPath) -> None:
    node: Any = document
    for part in key[:-1]:
        if not isinstance(node, Mapping) or part not in node:
            return
        node = node[part]
    if key[-1] in node:
        del node[key[-1]]


def _spaced(text: str, before: bytes) -> str:
    """`text` with an empty line before and after the tables that were not there before."""
    standing = {line.strip() for line in before.decode("utf-8-sig").splitlines()}
    headers = {line.strip() for line in text.splitlines() if line.startswith("[")} - standing
    lines: list[str] = []
    new = False
    for line in text.splitlines(keepends=True):
        header = line.startswith("[")
        if header and lines and lines[-1].strip() and (new or line.strip() in headers):
            lines.append("\r\n" if line.endswith("\r\n") else "\n")
        if header:
            new = line.strip() in headers
        lines.append(line)
    spaced = "".join(lines).rstrip("\r\n") + ("\r\n" if "\r\n" in text else "\n") if lines else ""
    # A text of several lines may look like a header: what the file says must not change.
    return spaced if tomllib.loads(spaced) == tomllib.loads(text) else text


def _replace(real: Path, content: bytes, file: Path) -> Configuration:
    temporary: Path | None = None
    try:
        # 0600 from its first moment on.
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        changed = _checked(temporary, file)
        temporary.replace(real)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperatorError(f"{file} cannot be written: {reason}", "check the folder and the disk") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return changed


def _checked(temporary: Path, file: Path) -> Configuration:
    try:
        return load_configuration(temporary)
    except OperatorError as error:
        raise OperatorError(error.what.replace(str(temporary), str(file)), error.cure) from None
