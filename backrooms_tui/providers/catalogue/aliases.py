"""The short names that come with the program (aliases.toml)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from backrooms_tui.providers.catalogue.references import ModelReference


@cache
def builtin_aliases() -> Mapping[str, str]:
    """The aliases that come with the program (aliases.toml)."""
    table: dict[str, dict[str, str]] = tomllib.loads(files(__package__).joinpath("aliases.toml").read_text("utf-8"))
    return {name.casefold(): target for name, target in table["aliases"].items()}


def builtin_reference(name: str) -> ModelReference | None:
    """What the built-in alias `name` comes to, None where there is none of that name."""
    table, target = builtin_aliases(), name.casefold()
    if target not in table:
        return None
    while target in table:
        target = table[target]
    return ModelReference.parse(target)
