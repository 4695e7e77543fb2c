"""What it brings that councils of one round are held at the same time.

Run with: python -m tests.benchmarks.councils [--rate 50] [--hosts 4] [--turns 4]
One round of agents with councils, all by a scripted model at so many tokens a second: in statements, where the councils
of the round talk at the same time, and in turns, where each hears what was said before it and they talk one after the
other. The statements themselves are spoken one after the other in both. Recorded in SQLite.
Figures: as long as one council and all statements, with 0.5 s for everything else; no turn is spoken otherwise.
"""

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

from backrooms_tui.assembly.opening import open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Cast
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Mode, Rules, Setup

# Words of a turn in a council, and of a statement; a token is a word.
_MEMBER, _STATEMENT = 40, 20


def table(folder: Path, mode: Mode, hosts: int, turns: int, rate: float) -> Setup:
    """Agents with a council of two each, which speaks so many turns."""
    for name, words in (("member", _MEMBER), ("host", _STATEMENT)):
        (folder / f"{name}.txt").write_text(" ".join(["word"] * words), "utf-8")

    def seated(seat: int, name: str, council: CouncilSetup | None = None) -> AgentSetup:
        model = f"scripted/{folder / ('member' if council is None else 'host')}.txt"
        return AgentSetup(seat, name, model, params={"rate": rate}, council=council, guard=False)

    council = CouncilSetup((seated(1, "Ada"), seated(2, "Bo")), rules=Rules(max_turns=turns))
    agents = tuple(seated(seat, f"Host {seat}", council) for seat in range(1, hosts + 1))
    return Setup("Councils", "none", agents, Rules(mode=mode, max_rounds=1), seed=1)


async def seconds(setup: Setup) -> tuple[float, list[str]]:
    """How long the one round took, and what was said in it, in the outer session and in the councils."""
    workspace = Workspace()
    try:
        opened = await open_conversation(workspace, Cast(setup))
        began = time.perf_counter()
        await opened.conversation.run()
        took = time.perf_counter() - began
        await opened.aclose()
        session, store = opened.conversation.state.session, workspace.store
        said = [turn.text for turn in store.turns(session, 1, 1000)]
        for council in store.councils(session):
            said += [turn.text for turn in store.turns(council.id, 1, 1000)]
        return took, said
    finally:
        await workspace.aclose()


def main() -> None:
    """Measure both ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rate", type=float, default=50.0, help="tokens a second")
    parser.add_argument("--hosts", type=int, default=4)
    parser.add_argument("--turns", type=int, default=4, help="of each council")
    options = parser.parse_args()
    modes: tuple[Mode, Mode] = ("statements", "turns")
    taken: dict[str, tuple[float, list[str]]] = {}
    for mode in modes:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["BACKROOMS_DATA_DIR"] = os.environ["BACKROOMS_CONFIG_DIR"] = folder
            setup = table(Path(folder), mode, options.hosts, options.turns, options.rate)
            taken[mode] = asyncio.run(seconds(setup))
    # The first token comes at once.
    council, statements = options.turns * (_MEMBER - 1) / options.rate, options.hosts * (_STATEMENT - 1) / options.rate
    together, one_by_one = taken["statements"][0], taken["turns"][0]
    print(f"{options.hosts} agents with councils of {options.turns} turns, {options.rate:g} tokens a second, one round")
    least, most = council + statements, options.hosts * council + statements
    print(f"  councils at the same time  {together:6.2f} s (least possible {least:.2f} s, figure {least + 0.5:.2f} s)")
    print(f"  one after the other        {one_by_one:6.2f} s (least possible {most:.2f} s)")
    print(f"  {one_by_one / together:.1f} times as fast; the same words: {taken['statements'][1] == taken['turns'][1]}")


if __name__ == "__main__":
    main()
