"""Scenes with a world at the table: its screens, what waits for a permission, and what it may do."""

from dataclasses import replace

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import PermissionAsked, SessionOpened
from backrooms_tui.session.world import Exchange, Outcome, WorldSetup
from tests.snapshots.scenes import SIZES, SMALL, Begin, Scene, Sees, keep, on_stage
from tests.snapshots.tales import OPUS
from tests.snapshots.telling import Tale

_NOTES = """exOS v0.5
Command: notes list
Time: 2026-03-14 21:27:12 UTC

Notes

1  The lamp          it shows what nobody asked for
2  The corridor      # longer each time

2 notes. `notes read NUMBER` opens one."""
_DENIED = """exOS v0.5
Command: dice roll 2d6

This is not allowed here."""
_WEB = "web open https://example.org/the-corridor?page=2&of=the%20long%20one"


def _down_there(id: str = "world001") -> Tale:
    """An explorer at a command line: a list of notes, and a command that did not run."""
    tale = Tale(id, "Down there", "exos", (("Explorer", OPUS), ("CLI", "world/exos")))
    opened = tale.events[0]
    assert isinstance(opened, SessionOpened)
    explorer, cli = opened.setup.agents
    world = WorldSetup(environments=("clock", "dice"), permissions={"dice": "deny"})
    agents = (explorer, replace(cli, kind="world", guard=False, world=world))
    tale.events[0] = replace(opened, setup=replace(opened.setup, agents=agents))
    tale.says("Let me see what is written down.\n\nnotes list")
    tale.says(_NOTES, cost=0.0, exchanges=(_exchange("notes list", _NOTES, "done", 1),))
    tale.says("dice roll 2d6")
    return tale.says(_DENIED, cost=0.0, exchanges=(_exchange("dice roll 2d6", _DENIED, "denied", 3),))


def _exchange(command: str, screen: str, outcome: Outcome, turn: int) -> Exchange:
    return Exchange(1, turn, command, ".".join(command.split()[:2]), outcome, screen, command.split()[0])


async def _screens(workspace: Workspace) -> Begin:
    return await on_stage(workspace, _down_there().pauses())


async def _asks(workspace: Workspace) -> Begin:
    tale = _down_there().says(_WEB)
    reach = "opens a page of example.org"
    tale.add(PermissionAsked, 0.1, turn=6, agent=2, by=1, name="web.open", command=_WEB, reach=reach)
    return await on_stage(workspace, tale.pauses("Explorer asks for web.open"))


async def _replay(workspace: Workspace) -> Begin:
    await keep(workspace, _down_there().pauses())
    return lambda app: app.show_replay("world001", 4)


_ASKED = (Sees("s allow web.open"),)
WORLD_SCENES = (
    Scene("stage-world", _screens, (Sees("‖ paused"), "a", Sees("takes part"), "escape"), (SMALL, *SIZES)),
    Scene("stage-permission", _asks, _ASKED, (SMALL, *SIZES)),
    Scene("stage-permission-denied", _asks, (*_ASKED, "d", Sees("enter denies it")), SIZES[:1]),
    Scene("stage-permission-later", _asks, (*_ASKED, "escape", Sees("space answers")), SIZES[:1]),
    Scene("stage-worlds", _screens, (Sees("‖ paused"), "P", Sees("clock")), (SMALL, SIZES[0])),
    Scene("replay-world", _replay, (Sees("turn 4 of 4"), Sees("denied")), SIZES),
    Scene("xray-world", _replay, (Sees("turn 4 of 4"), "x", Sees("Given")), SIZES[:1]),
)
