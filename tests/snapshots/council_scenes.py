"""Scenes with councils: held on the stage, folded and unfolded in a replay, and on a screen of their own."""

from dataclasses import replace
from typing import Any

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.providers.base import TextChunk
from backrooms_tui.session.events import CouncilEnded, CouncilOpened, RoundBegan, Serves, SessionOpened
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, RoundLabels, Rules
from backrooms_tui.session.usage import Usage
from tests.snapshots.scenes import SIZES, SMALL, Begin, Scene, Sees, keep, on_stage
from tests.snapshots.tales import GPT, OPUS
from tests.snapshots.telling import Tale

_TITLE = "Three labs and a government"
_LABS = (("Halden Institute", OPUS), ("Brightwater", GPT))
_MEMBERS = (("Mara", OPUS), ("Jonas", GPT))
_ADVISERS = (("Kit", OPUS),)


def _council(*members: tuple[str, str], within: CouncilSetup | None = None) -> CouncilSetup:
    agents = [AgentSetup(seat, name, model) for seat, (name, model) in enumerate(members, 1)]
    agents[0] = replace(agents[0], council=within)
    return CouncilSetup(tuple(agents), opening="What does the institute say of this year?", rules=Rules(max_turns=2))


def _labs(id: str = "labs0001") -> Tale:
    """Two labs of which the first has a council, one of whose members has advice of her own."""
    tale = Tale(id, _TITLE, "forecast", _LABS)
    opened = tale.events[0]
    assert isinstance(opened, SessionOpened)
    rules = Rules(mode="statements", max_rounds=2, rounds=RoundLabels("Year", ("2031", "2032")))
    first, second = opened.setup.agents
    council = _council(*_MEMBERS, within=_council(*_ADVISERS))
    setup = replace(opened.setup, agents=(replace(first, council=council), second), rules=rules)
    tale.events[0] = replace(opened, setup=setup)
    return tale.add(RoundBegan, 0.1, round=1, label="Year 2031", text="Year 2031 (round 1 of 2)")


def _held() -> list[Tale]:
    """All of one round, with the council that was held in it and the one within that."""
    tale = _labs()
    tale.add(CouncilOpened, 0.1, turn=1, agent=1, council="council1")
    council = Tale("council1", "Council of Halden Institute", "forecast", _MEMBERS, begun=tale.at)
    council.events[0] = replace(council.events[0], serves=Serves(tale.id, 1, 1))  # type: ignore[arg-type]
    council.add(CouncilOpened, 0.1, turn=1, agent=1, council="advice01")
    advice = Tale("advice01", "Council of Mara", "forecast", _ADVISERS, begun=council.at)
    advice.events[0] = replace(advice.events[0], serves=Serves("council1", 1, 1))  # type: ignore[arg-type]
    advice.says("Say less than you know; *then* say it twice.").ends()
    council.at = advice.at
    took: dict[str, Any] = {
        "turns": 1,
        "usage": Usage(120, 20),
        "cost": 0.0042,
        "detail": "The limit of 1 turn is reached.",
    }
    council.add(CouncilEnded, 0.1, turn=1, agent=1, council="advice01", text="Kit: Say less.", **took)
    council.says("We should wait: nobody has tested the new one for a whole winter.")
    council.says("And be the second again? Publish a part of it, with the failures first.").ends()
    tale.at = council.at
    took = {"turns": 2, "usage": Usage(560, 60), "cost": 0.0126, "detail": "The limit of 2 turns is reached."}
    tale.add(CouncilEnded, 0.1, turn=1, agent=1, council="council1", text="Mara: Wait.", **took)
    tale.says("We publish a part of it this year, with its failures first.")
    return [tale.says("We shall read it with care, and answer next year.").pauses(), council, advice]


async def _replay(workspace: Workspace) -> Begin:
    await keep(workspace, *_held())
    return lambda app: app.show_replay("labs0001", 1)


async def _speaking(workspace: Workspace) -> Begin:
    return await on_stage(workspace, _labs(), TextChunk("Say less than you know;"), run=True)


_ENDED = (Sees("turn 1 of 2"), Sees("council · 2 turns"))
_BACK = (*_ENDED, "0", Sees("turn 0 of 2"))
COUNCIL_SCENES = (
    Scene("stage-council", _speaking, (Sees("Say less than"), Sees("◇ council of ①")), (SMALL, *SIZES)),
    Scene("stage-into-council", _speaking, (Sees("Say less than"), "I", Sees("Speak into which?")), SIZES[:1]),
    Scene("replay-councils", _replay, _ENDED, (SMALL, *SIZES)),
    Scene("replay-unfolded", _replay, (*_ENDED, "D", Sees("1 ① Mara"), "D", Sees("Kit"))),
    Scene("replay-council-held", _replay, (*_BACK, *["full_stop"] * 9, Sees("nobody has")), (SMALL, *SIZES)),
    Scene("council", _replay, (*_ENDED, "enter", Sees("◇ council of"), Sees("2 of 2")), (SMALL, *SIZES)),
)
