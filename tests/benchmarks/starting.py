"""How much later `backrooms --help` is there than `python -c pass`, and what it loads.

Run with: python -m tests.benchmarks.starting [RUNS]
Figure: at most 0.10 s more, and no SDK, Textual or SQLAlchemy imported.
"""

import json
import statistics
import subprocess
import sys
import time

HEAVY = ("anthropic", "openai", "textual", "sqlalchemy", "pydantic", "jinja2", "httpx2", "genai_prices")
HELP = [sys.executable, "-m", "backrooms_tui", "--help"]
LOADED = """
import json, runpy, sys
sys.argv = ["backrooms", "--help"]
sys.stdout = sys.stderr
try:
    runpy.run_module("backrooms_tui", run_name="__main__")
except SystemExit:
    pass
sys.__stdout__.write(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - before


def main() -> None:
    """Measure in turn, print medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    bare, full = [sys.executable, "-c", "pass"], HELP
    seconds(bare), seconds(full)
    pairs = [(seconds(bare), seconds(full)) for _ in range(runs)]
    later = [b - a for a, b in pairs]
    print(f"python -c pass    {statistics.median(a for a, _ in pairs):.3f} s median of {runs}")
    print(f"backrooms --help  {statistics.median(b for _, b in pairs):.3f} s median of {runs}")
    print(f"difference        {statistics.median(later):.3f} s median, {max(later):.3f} s at most (figure: 0.10)")
    shown = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    loaded = [name for name in json.loads(shown.stdout) if name in HEAVY]
    print(f"heavy modules     {', '.join(loaded) or 'none'}")


if __name__ == "__main__":
    main()
