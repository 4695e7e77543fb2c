"""A model file that is on this machine already: checked, and linked into the models folder."""

import os
from pathlib import Path

from backrooms_tui.providers.local.gguf import check_gguf, find_gguf
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.folders import ensure_private


def add_model_file(text: str, models_dir: Path) -> str:
    """Make the GGUF file at the path `text` one of the models in `models_dir`, and give back what to type for it.

    The file stays where it is: a link of its name is put into the folder (a symbolic one, or a hard one where the
    system allows no other), so that nothing is copied, and taking the link away is all it takes to undo this. Raises
    OperatorError for a file that is no model, and for a name that another model there has already.
    """
    path = find_gguf(text, models_dir)
    check_gguf(path)
    ensure_private(models_dir)
    if path.is_relative_to(models_dir.resolve()):
        return f"local/{path.relative_to(models_dir.resolve()).as_posix()}"
    link = models_dir / path.name
    if link.exists():
        if link.samefile(path):
            return f"local/{path.name}"
        raise OperatorError(f"another model is called {path.name} already", "rename the file, then add it again")
    link.unlink(missing_ok=True)  # a link whose file went away
    try:
        link.symlink_to(path)
    except OSError:
        try:
            os.link(path, link)
        except OSError as error:
            reason = error.strerror or str(error)
            cure = f"copy the file into {models_dir}, or use it by its path: local/{path}"
            raise OperatorError(f"{path.name} cannot be linked into the models folder: {reason}", cure) from None
    return f"local/{path.name}"
