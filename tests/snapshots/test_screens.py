"""Every screen looks as it did: the files in `screens/` are what a person sees at each size.

A scene is begun once, and its larger sizes are come to by making the terminal larger. Where that does not look as it
did (a list that has scrolled stays where it is), the scene is begun at that size, and this decides.

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
_AS_IT_DID: set[str] = set()  # the names of pictures that were come to by a larger terminal


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
        found = await settled(pilot, lambda text: unnamed(text, folder), kept(name))
    return found


def unnamed(text: str, folder: Path) -> str:
    """A folder has another name each time, of the same length."""
    return text.replace(folder.name, "backrooms-········")


def name_of(scene: Scene, size: tuple[int, int]) -> str:
    """The picture's name."""
    return f"{scene.name}-{size[0]}x{size[1]}"


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


@pytest.mark.parametrize(("scene", "size"), CASES, ids=[name_of(one, size) for one, size in CASES])
async def test_the_screen_looks_as_it_did(
    scene: Scene, size: tuple[int, int], workspace: Workspace, folder: Path
) -> None:
    name = name_of(scene, size)
    if name in _AS_IT_DID:
        return
    begin = await scene.begin(workspace)
    app = BackroomsApp(workspace) if begin is None else WithoutHome(workspace, begin)
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
        if not UPDATE and not PICTURES:
            for larger in scene.sizes[scene.sizes.index(size) + 1 :]:
                await pilot.resize_terminal(*larger)
                name_there = name_of(scene, larger)
                if await settled(pilot, lambda text: unnamed(text, folder), kept(name_there)) == kept(name_there):
                    _AS_IT_DID.add(name_there)
    check(name, found, update=UPDATE)
