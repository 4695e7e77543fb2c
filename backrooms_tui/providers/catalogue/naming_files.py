"""Models that are files: whether one may be named by its path.

Whoever sits at the machine may name any file. A person in a browser may not: a script is spoken word for word, and
what an error says of a file tells something about it. There, only files that the list of models has can be asked for.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from backrooms_tui.providers.catalogue.aliases import builtin_reference
from backrooms_tui.providers.catalogue.references import ModelReference
from backrooms_tui.session.trouble import OperatorError

_FILES = ("local", "scripted")


def require_listed(reference: ModelReference, aliases: Mapping[str, str], models_dir: Path) -> None:
    """Raises OperatorError for a file that is neither in `models_dir` nor what one of the person's `aliases` means."""
    if reference.provider not in _FILES or reference in _meant(aliases.values()):
        return
    if reference.provider == "local" and (reference == builtin_reference("local") or _is_kept(reference, models_dir)):
        return
    raise OperatorError(
        f"a model cannot be named by its file here: {reference.provider}/…",
        "choose one that the list has, or start the program on the machine itself",
    )


def _meant(targets: Iterable[str]) -> set[ModelReference]:
    found = set()
    for target in targets:
        try:
            found.add(ModelReference.parse(target))
        except OperatorError:  # another alias, or a bare name
            continue
    return found


def _is_kept(reference: ModelReference, models_dir: Path) -> bool:
    from backrooms_tui.providers.local.gguf import list_gguf

    return reference.model in {path.relative_to(models_dir).as_posix() for path in list_gguf(models_dir)}
