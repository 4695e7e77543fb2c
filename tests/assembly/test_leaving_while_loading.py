"""Who leaves while the table of meanings is being loaded leaves in order."""

import subprocess
import sys

import pytest

_LEAVES_AT_ONCE = """
import atexit
from backrooms_tui.stall import meaning
# What is registered first is called last: after the program's end has waited.
atexit.register(lambda: print(meaning._model.cache_info().currsize))
from backrooms_tui.assembly.measuring import SessionMeter
SessionMeter()
"""


def test_a_program_that_ends_at_once_waits_for_it() -> None:
    # Where it did not, the interpreter ended the thread within the tokeniser, and the process was aborted.
    pytest.importorskip("wordllama")
    done = subprocess.run([sys.executable, "-c", _LEAVES_AT_ONCE], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
