"""A recording of the screen is made by a process of its own: anywhere, stopped at once, and heard when it fails."""

import json
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.store.database import Store
from tests.store.scripts import kept
from tests.ui.conditions import until
from tests.ui.exporting.dialog import asking, choose, files, sees, write_to


async def test_a_recording_is_made_by_a_process_of_its_own(workspace: Workspace, nights: list[str], out: Path) -> None:
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "cast")
        pilot.app.screen.query_one("#columns").value = "39"  # type: ignore[attr-defined]
        await until(pilot, lambda: sees(pilot, "that is no number of columns; write one from 40 to 400"))
        pilot.app.screen.query_one("#columns").value = "60"  # type: ignore[attr-defined]
        pilot.app.screen.query_one("#speed").value = "8"  # type: ignore[attr-defined]
        await write_to(pilot, "night.cast")
        await until(pilot, lambda: sees(pilot, "Written:"), seconds=60)
    head, *drawn = (out / "night.cast").read_text("utf-8").splitlines()
    assert json.loads(head)["width"] == 60
    assert "A door." in "".join(json.loads(line)[2] for line in drawn)


async def test_a_recording_that_is_stopped_leaves_nothing_behind(
    workspace: Workspace, out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    passing = tmp_path / "passing"
    passing.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(passing))
    long = kept(workspace.store, *(f"Word {number}." for number in range(300)), title="Long").session
    async with asking(workspace, [long]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "cast")
        await pilot.press("enter")
        await until(pilot, lambda: list(passing.glob("*/*")), seconds=60)
        await pilot.press("escape")
        await until(pilot, lambda: sees(pilot, "Stopped; nothing was written"))
    assert list(passing.iterdir()) == []
    assert list(out.iterdir()) == []


async def test_a_recording_needs_nothing_of_the_folder_that_one_is_in(
    workspace: Workspace, nights: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH")
    (out / "json.py").write_text("raise SystemExit('not this one')", "utf-8")
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "cast")
        pilot.app.screen.query_one("#speed").value = "64"  # type: ignore[attr-defined]
        await write_to(pilot, "night.cast")
        await until(pilot, lambda: sees(pilot, "Written:"), seconds=60)


async def test_why_a_recording_fails_is_said(
    workspace: Workspace, nights: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backrooms_tui.ui.screens.exporting import filming

    length = filming._length

    def deleted_meanwhile(store: Store, session: str) -> float:
        seconds = length(store, session)
        store.put_away(session)
        return seconds

    monkeypatch.setattr(filming, "_length", deleted_meanwhile)
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "cast")
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "the recording could not be made:", "is in the trash"), seconds=60)
    assert files(out) == []
