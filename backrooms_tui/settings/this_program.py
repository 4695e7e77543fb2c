"""Starting this program again, as a process of its own."""

import os
import sys
from pathlib import Path

# -P: a json.py in the folder that one is in is not ours.
COMMAND = (sys.executable, "-P", "-m", "backrooms_tui")


def python_path() -> str:
    """PYTHONPATH for such a process, which may run from a folder where this program is not installed."""
    return os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(Path(__file__).parents[2]))))
