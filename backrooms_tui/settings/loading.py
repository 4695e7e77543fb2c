"""Reading `config.toml`, and saying where it is wrong: the file, the line, the key, what is wrong, and the cure."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Configuration, EndpointSettings, WorldSettings
from backrooms_tui.settings.folders import config_file
from backrooms_tui.settings.secrets import begins_like_a_key
from backrooms_tui.settings.toml_lines import line_of, mistake_line

# A settings file is a page or two; anything beyond this was not written by a person.
LARGEST = 1_000_000
_SECRET_NAMES = ("api_key", "apikey", "key", "token", "secret", "password", "authorization")
_WANTED = {
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "dict_type": "must be a table",
    "mapping_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "list_type": "must be a list",
    "finite_number": "must be a finite number",
}
KeyPath = tuple[str | int, ...]


def load_configuration(path: Path | None = None) -> Configuration:
    """The settings in the file at `path` (the person's own where None). A missing file means the defaults.

    Raises OperatorError that names the file, the line and the key of the first mistake, and never shows a value.
    """
    file = config_file() if path is None else path
    text = _text_of(file)
    if text is None:
        return Configuration()
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = harmless_line(str(error).partition(" (at ")[0])
        raise OperatorError(
            f"{_shown(file)}, line {mistake_line(error, text)}: {what}",
            "write TOML: name = value, texts in quotes, tables in [brackets]",
        ) from None
    except RecursionError:
        raise OperatorError(f"{_shown(file)}: nested too deeply", "write plain tables and lists") from None
    _refuse_keys(file, text, document)
    try:
        return Configuration.model_validate(document)
    except ValidationError as error:
        raise _explained(file, text, error.errors(include_url=False)[0]) from None


def _text_of(file: Path) -> str | None:
    cure = "make it a plain text file that you can read, or move it away"
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise OperatorError(f"cannot read {_shown(file)}: {reason}", cure) from None
    if len(raw) > LARGEST:
        raise OperatorError(f"{_shown(file)} is too large for a settings file", cure)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise OperatorError(f"{_shown(file)}, line {line}: not UTF-8", "save the file as UTF-8") from None


def _refuse_keys(file: Path, text: str, document: Mapping[str, Any]) -> None:
    for path, value in _texts(document, ()):
        # A variable's name has its own, sharper test.
        if not {"api_key_env", "key_env", "pass_env"} & set(path) and begins_like_a_key(value):
            raise _wrong(file, text, path, "holds a key, and keys do not belong in this file", _key_cure(path))


def _texts(node: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _texts(value, (*path, name))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, (*path, index))


def _explained(file: Path, text: str, error: ErrorDetails) -> OperatorError:
    """The first of pydantic's complaints, in words and with the place."""
    context = error.get("ctx", {})
    path = tuple(context.get("path") or error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown(file, text, path)
    if "cure" in context:
        return _wrong(file, text, path, error["msg"], str(context["cure"]))
    if kind == "literal_error":
        words = [word.strip("'") for word in str(context.get("expected", "")).replace(" or ", ", ").split(", ")]
        near = get_close_matches(str(error["input"])[:80], words, n=1)
        cure = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(words)}"
        return _wrong(file, text, path, "is none of the possible words", cure)
    if path[:1] == ("ui",):
        # One complaint for each type that the value might have been: the place is the setting itself.
        return _wrong(file, text, path[:2], "must be a text, a number, true or false", "change it, or leave it out")
    what = _WANTED.get(kind) or error["msg"].replace("Input should be", "must be")
    return _wrong(file, text, path, what, "change it, or leave it out")


def _unknown(file: Path, text: str, path: KeyPath) -> OperatorError:
    name = str(path[-1])
    if name.lower().replace("-", "_") in _SECRET_NAMES:
        return _wrong(file, text, path, "is a key's place, and keys do not belong in this file", _key_cure(path))
    known = list(_fields_at(path[:-1]))
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    cure = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return _wrong(file, text, path, "is not a setting", cure)


def _key_cure(path: KeyPath) -> str:
    named = "key_env" if path[:1] == ("worlds",) else "api_key_env"
    if "command" in path:
        named = "pass_env"
    return f"put it into an environment variable, name that in {named}, and replace the key: the file has held it"


def _fields_at(path: Sequence[str | int]) -> Mapping[str, Any]:
    model: type[BaseModel] = Configuration
    if path[:1] == ("endpoints",):
        model = EndpointSettings
    elif path[:1] == ("worlds",):
        model = WorldSettings
    elif path[:1] == ("defaults",):
        model = type(Configuration().defaults)
    return model.model_fields


def _wrong(file: Path, text: str, path: KeyPath, what: str, cure: str) -> OperatorError:
    line, key = line_of(text, path), _dotted(path)
    place = f"{_shown(file)}, line {line}" if line else _shown(file)
    return OperatorError(f"{place}: {key} {harmless_line(_short(what))}", harmless_line(cure))


def _dotted(path: KeyPath) -> str:
    """A key as one would write it: parts joined by dots, odd names in quotes, never longer than a line."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = part and all(letter.isalnum() or letter in "_-" for letter in part)
            text += ("." if text else "") + (part if plain else ascii(part).replace("'", '"'))
    return _short(text)


def _short(text: str) -> str:
    """`text` as one reads it in a message: cut off before it fills the screen."""
    return text if len(text) <= 160 else text[:159] + "…"


def _shown(file: Path) -> str:
    return harmless_line(str(file))
