"""Sessions become files from the screen: as what and where to is asked, how far it is told, and it can be stopped."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.store.database import Store
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.exporting.wish import FORMATS
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.widgets.rows import Rows
from tests.hostile import HOSTILE, control_bytes
from tests.store.scripts import kept
from tests.ui.conditions import screen_text, until
from tests.ui.exporting.dialog import asking, choose, files, sees, write_to

SIZES = [(60, 20), (80, 24), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_what_each_format_is_for_and_which_file_will_come(
    workspace: Workspace, nights: list[str], out: Path, size: tuple[int, int]
) -> None:
    async with asking(workspace, nights[:1], "First night").run_test(size=size) as pilot:
        await until(pilot, lambda: sees(pilot, "Export First night", "to read, print", "_First-night_", "enter writes"))
        text = screen_text(pilot.app)
        assert all(title in text for _, title, _ in FORMATS)
        for format in ("finetune", "cast"):
            await choose(pilot, format)
            await until(pilot, lambda: sees(pilot, "enter writes it"))
        await until(pilot, lambda: sees(pilot, ".cast", "speed"))
        assert pilot.app.screen.max_scroll_x == 0


async def test_two_enters_write_a_file_into_this_folder(workspace: Workspace, nights: list[str], out: Path) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        await pilot.press("x", "enter")
        await until(pilot, lambda: sees(pilot, "Written:", "c copies the path"))
        (name,) = files(out)
        assert name.endswith(".md")
        assert "A door." in (out / name).read_text("utf-8")
        assert sees(pilot, name)
        await pilot.press("c")
        await until(pilot, lambda: sees(pilot, "copied"))
        assert pilot.app.clipboard == str(out / name)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_nothing_is_ever_overwritten(workspace: Workspace, nights: list[str], out: Path) -> None:
    for number in (1, 2):
        async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
            await choose(pilot, "jsonl")
            if number == 2:
                await until(pilot, lambda: sees(pilot, "is there already"))
            await pilot.press("enter")
            await until(pilot, lambda: sees(pilot, "Written:"))
    second, first = files(out)
    assert second == first.replace(".jsonl", "-2.jsonl")
    assert (out / first).read_bytes() == (out / second).read_bytes()


async def test_several_are_chosen_at_home_and_written_together(
    workspace: Workspace, nights: list[str], out: Path
) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        await pilot.press("space", "space")
        await until(pilot, lambda: sees(pilot, "2 chosen: x exports them, esc lets go", "✓ Third night"))
        await pilot.press("escape")
        await until(pilot, lambda: not sees(pilot, "chosen") and isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("up", "up", "space", "space", "x")
        await until(pilot, lambda: sees(pilot, "Export 2 sessions", "and 1 more beside it"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "c copies the paths"))
        assert len(files(out)) == 2
        await pilot.press("escape")
        await until(pilot, lambda: sees(pilot, "2 chosen"))


async def test_the_next_time_begins_where_the_last_one_was(workspace: Workspace, nights: list[str], out: Path) -> None:
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "text")
        await write_to(pilot, f"{out}/keep/")
        await until(pilot, lambda: sees(pilot, "Written:"))
    async with asking(workspace, nights[1:2]).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Export A night", "keep/"))
        assert pilot.app.screen.query_one("#formats", Rows).marked == 3
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "Written:"))
    assert len(files(out / "keep")) == 2


async def test_fine_tuning_takes_the_view_of_whom_one_names(workspace: Workspace, nights: list[str], out: Path) -> None:
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "finetune")
        await until(pilot, lambda: sees(pilot, "whose view", "1 Explorer · 2 Simulator"))
        await pilot.press("tab", *"nobody", "enter")
        await until(pilot, lambda: sees(pilot, "has no agent 'nobody'", "1 Explorer, 2 Simulator"))
        assert files(out) == []
        pilot.app.screen.query_one("#agent").focus()
        await pilot.press("ctrl+u", *"simulator", "enter")
        await until(pilot, lambda: sees(pilot, "Written:"))
    (name,) = files(out)
    chat = json.loads((out / name).read_text("utf-8"))
    assert chat["messages"][-1] == {"role": "assistant", "content": "A door."}


async def test_a_session_with_a_turn_in_the_air_goes_up_to_its_last_whole_turn(
    workspace: Workspace, nights: list[str], out: Path
) -> None:
    from backrooms_tui.store.recorder import Recorder
    from tests.store.scripts import Script

    script = Script(workspace.store.new_id()).open("Live")
    script.speak("Whole.")
    script.start()
    script.say(["half a ", "word"])
    recorder = Recorder(workspace.store)
    for event in script.events:
        recorder.hear(event)
    await recorder.settled()
    try:
        async with asking(workspace, [script.session]).run_test(size=(80, 24)) as pilot:
            await choose(pilot, "jsonl")
            await until(pilot, lambda: sees(pilot, "being recorded now: up to the last whole turn"))
            await pilot.press("enter")
            await until(pilot, lambda: sees(pilot, "Written:"))
    finally:
        await asyncio.to_thread(recorder.close)
    (name,) = files(out)
    events = [json.loads(line) for line in (out / name).read_text("utf-8").splitlines()]
    assert [event["text"] for event in events if event["kind"] == "turn_ended"] == ["Whole."]
    assert [event["turn"] for event in events if event["kind"] == "turn_started"] == [1]
    assert "half a" not in json.dumps(events)


class _Slow:
    """Gives a session's events one at a time, when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.reached = threading.Event()
        given = Store.events

        def events(store: Store, session: str, **named: Any) -> Iterator[AnyEvent]:
            for event in given(store, session, **named):
                if event.seq > 600:
                    self.reached.set()
                    self.go.wait(20)
                yield event

        monkeypatch.setattr(Store, "events", events)


async def test_it_is_told_how_far_it_is_and_stopping_leaves_no_half_file(
    workspace: Workspace, nights: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = kept(workspace.store, *(f"Word {number}." for number in range(500)), title="Long").session
    slow = _Slow(monkeypatch)
    async with asking(workspace, [nights[0], long], "2 sessions").run_test(size=(80, 24)) as pilot:
        await choose(pilot, "jsonl")
        await pilot.press("enter")
        await until(pilot, lambda: slow.reached.is_set() and sees(pilot, "2 of 2 · Long", "esc stops it", "%"))
        await pilot.press("escape")
        await until(pilot, lambda: sees(pilot, "stopping"))
        slow.go.set()
        await until(pilot, lambda: sees(pilot, "Stopped; what was whole by then is written:"))
    assert len(files(out)) == 1
    assert not list(out.glob(".*"))


async def test_leaving_the_application_in_the_middle_leaves_no_half_file(
    workspace: Workspace, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = kept(workspace.store, *(f"Word {number}." for number in range(500)), title="Long").session
    slow = _Slow(monkeypatch)
    async with asking(workspace, [long]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "jsonl")
        await pilot.press("enter")
        await until(pilot, lambda: slow.reached.is_set())
        pilot.app.exit()
        slow.go.set()
    end = monotonic() + 20
    while list(out.iterdir()) and monotonic() < end:
        await asyncio.sleep(0.01)
    assert list(out.iterdir()) == []


async def test_a_place_that_cannot_be_is_said_and_can_be_changed(
    workspace: Workspace, nights: list[str], out: Path
) -> None:
    os.mkfifo(out / "pipe")
    (out / "file").write_text("mine", "utf-8")
    (out / "closed").mkdir(mode=0o500)
    async with asking(workspace, nights[:2], "2 sessions").run_test(size=(80, 24)) as pilot:
        await choose(pilot, "markdown")
        await write_to(pilot, out / "pipe")
        await until(pilot, lambda: sees(pilot, "is a device or a pipe", "enter writes it"))
        await write_to(pilot, out / "file")
        await until(pilot, lambda: sees(pilot, "is a file, and there are several to write"))
        await write_to(pilot, "")
        await until(pilot, lambda: sees(pilot, "it needs a place"))
        if os.geteuid():
            await write_to(pilot, out / "closed")
            await until(pilot, lambda: sees(pilot, "cannot be written: Permission denied"))
        await write_to(pilot, "/dev/full")
        await until(pilot, lambda: sees(pilot, "is a device or a pipe"))
        await write_to(pilot, out / ("long" * 100))
        await until(pilot, lambda: sees(pilot, "File name too long"))
        await write_to(pilot, f"{out}/right/")
        await until(pilot, lambda: sees(pilot, "Written:"))
    assert (out / "file").read_text("utf-8") == "mine"


async def test_a_full_disk_is_said_and_nothing_is_left(
    workspace: Workspace, nights: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "html")
        monkeypatch.setattr("backrooms_tui.formats.outgoing.landing.os.fsync", full)
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "No space left on device", "choose another place", "enter writes it"))
        assert not sees(pilot, "--output")
    assert list(out.iterdir()) == []


async def test_from_the_stage_the_replay_and_the_branches(workspace: Workspace, nights: list[str], out: Path) -> None:
    from backrooms_tui.assembly.continuing import resume

    stage = await resume(workspace, nights[0])
    for begin in (
        lambda app: app.show_stage(stage),
        lambda app: app.show_replay(nights[0], 2),
        lambda app: app.show_branches(nights[0]),
    ):
        before = len(files(out))
        async with BackroomsApp(workspace, begin).run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: sees(pilot, "First night"))
            await until(pilot, lambda: pilot.app.screen.check_action("export", ()) and pilot.app.place != "home")
            await pilot.press("X")
            await until(pilot, lambda: sees(pilot, "Export First night"))
            await pilot.press("enter")
            await until(pilot, lambda: sees(pilot, "Written:"))
        assert len(files(out)) == before + 1


async def test_whatever_a_title_says_does_nothing_to_the_screen(workspace: Workspace, out: Path) -> None:
    for title in HOSTILE:
        session = kept(workspace.store, "A word.", title=title).session
        async with asking(workspace, [session], title).run_test(size=(80, 24)) as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: sees(pilot, "Written:"))
            assert not control_bytes(screen_text(pilot.app).encode())


async def test_what_was_deleted_since_it_was_chosen_keeps_nobody_from_the_others(
    workspace: Workspace, nights: list[str], out: Path
) -> None:
    workspace.store.put_away(nights[0])
    workspace.store.delete_from_trash(nights[0])
    async with asking(workspace, nights, "3 sessions").run_test(size=(80, 24)) as pilot:
        await choose(pilot, "markdown")
        await write_to(pilot, f"{out}/all/")
        await until(pilot, lambda: sees(pilot, "Written:", "1 of them is not there any more"))
    assert len(files(out / "all")) == 2


async def test_a_fault_of_the_program_is_said_and_the_form_is_there_again(
    workspace: Workspace, nights: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "html")
        with monkeypatch.context() as broken:
            broken.setattr("backrooms_tui.formats.outgoing.html.write_html", lambda record, out: 1 / 0)
            await pilot.press("enter")
            await until(pilot, lambda: sees(pilot, "something unforeseen happened", "enter writes it"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "Written:"))


async def test_it_begins_at_home_where_the_folder_is_gone(workspace: Workspace, nights: list[str], out: Path) -> None:
    out.rmdir()
    async with asking(workspace, nights[:1]).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "→ ~/", "enter writes it"))
