"""Every screen looks as it did: the files in `screens/` are what a person sees at each size.

BACKROOMS_UPDATE_SNAPSHOTS=1 writes them anew.
"""

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

import backrooms_tui.ui.app
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import BackroomsApp
from tests.snapshots.batch_scenes import BATCH_SCENES
from tests.snapshots.comparing import check, kept, picture
from tests.snapshots.council_scenes import COUNCIL_SCENES
from tests.snapshots.scenes import SCENES, Scene, Sees
from tests.snapshots.world_scenes import WORLD_SCENES

UPDATE = bool(os.environ.get("BACKROOMS_UPDATE_SNAPSHOTS"))
PICTURES = os.environ.get("BACKROOMS_SNAPSHOT_PICTURES", "")  # a folder that gets an SVG of each, to look at
CASES = [(scene, size) for scene in (*SCENES, *COUNCIL_SCENES, *BATCH_SCENES, *WORLD_SCENES) for size in scene.sizes]
SETTLED = 0.2  # seconds without a change
SETTLED_AS_WANTED = 0.05
PATIENCE = 8.0  # seconds for a screen to look as it did


class WithoutHome(BackroomsApp):
    """An empty page in place of home."""

    CSS_PATH = Path(backrooms_tui.ui.app.__file__).with_name("app.tcss")

    def show_home(self) -> None:
        self.push_screen(Screen())


async def looked_at(pilot: Pilot[int], name: str, folder: Path) -> str:
    """The picture, once nothing changes in it any more. One that is not as it was is looked at for a while: where the
    machine is busy, something may still be on its way."""
    end = monotonic() + PATIENCE
    found = ""
    while not found or (not UPDATE and found != kept(name) and monotonic() < end):
        # A folder has another name each time, of the same length.
        found = await settled(pilot, lambda text: text.replace(folder.name, "backrooms-········"), kept(name))
    return found


async def settled(pilot: Pilot[int], read: Callable[[str], str], wanted: str) -> str:
    """The picture, once nothing has changed in it for a moment, a shorter one where it is the picture that is
    `wanted`."""
    before, since = "", monotonic()
    end = since + 20
    while True:
        await pilot.pause(0.03)
        now = read(picture(pilot.app))
        if now != before:
            before, since = now, monotonic()
        elif monotonic() - since > (SETTLED_AS_WANTED if now == wanted and not UPDATE else SETTLED):
            return now
        assert monotonic() < end, f"it never came to rest:\n{now}"


async def sees(pilot: Pilot[int], text: str) -> None:
    """Wait for `text`."""
    end = monotonic() + 10
    while text not in picture(pilot.app):
        assert monotonic() < end, f"{text!r} never came:\n{picture(pilot.app)}"
        await pilot.pause(0.02)


@pytest.mark.parametrize(
    ("scene", "size"), CASES, ids=[f"{one.name}-{width}x{height}" for one, (width, height) in CASES]
)
async def test_the_screen_looks_as_it_did(
    scene: Scene, size: tuple[int, int], workspace: Workspace, folder: Path
) -> None:
    begin = await scene.begin(workspace)
    app = BackroomsApp(workspace) if begin is None else WithoutHome(workspace, begin)
    name = f"{scene.name}-{size[0]}x{size[1]}"
    async with app.run_test(size=size, notifications=True) as pilot:
        # A scroll that is broken off in the middle leaves its bar in between, now here, now there.
        app.animation_level = "none"
        for step in scene.steps:
            if isinstance(step, Sees):
                await sees(pilot, step.text)
            else:
                await pilot.press({" ": "space"}.get(step, step))
                # On a busy machine the next key would come before what this one has moved is laid out.
                await pilot.pause()
        # What is only said in passing would be gone, or not, from one run to the next.
        app.clear_notifications()
        found = await looked_at(pilot, name, folder)
        if PICTURES:
            Path(PICTURES, f"{name}.svg").write_text(app.export_screenshot(), encoding="utf-8")
    check(name, found, update=UPDATE)
