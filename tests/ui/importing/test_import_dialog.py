"""A file is brought in from the screen: found, looked into before anything is kept, and gone on with."""

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.formats.incoming.source import Source
from backrooms_tui.settings import folders
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.importing.going_on import GoingOnScreen
from backrooms_tui.ui.screens.importing.importing import ImportScreen
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.widgets.path_line import PathLine
from tests.hostile import control_bytes
from tests.ui.conditions import at_once, screen_text, until

SAMPLES = Path(__file__).parents[2] / "formats" / "samples"
LOG = "opus_gpt4o_lighthouse_20250314_213005.txt"
SIZES = [(60, 20), (80, 24), (200, 50)]


def sees(pilot: Pilot[int], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def kept(workspace: Workspace) -> list[str]:
    return [one.title for one in workspace.store.list_sessions()]


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that one is in, with files of many tools."""
    folder = tmp_path / "files"
    shutil.copytree(SAMPLES, folder)
    monkeypatch.chdir(folder)
    return folder


def importing(workspace: Workspace) -> BackroomsApp:
    return BackroomsApp(workspace, lambda app: app.show_import())


def line(pilot: Pilot[int]) -> PathLine:
    return pilot.app.screen.query_one(PathLine)


async def at_the_path(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ImportScreen) and line(pilot).has_focus)


async def look_into(pilot: Pilot[int], path: Path | str) -> None:
    await at_the_path(pilot)
    line(pilot).value = str(path)
    await pilot.press("enter")


async def brought_in(pilot: Pilot[int], path: Path | str) -> None:
    await look_into(pilot, path)
    await until(pilot, lambda: sees(pilot, "enter brings it in"))
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen.phase == "done")  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", SIZES)
async def test_files_are_listed_as_one_types_and_tab_completes(
    workspace: Workspace, there: Path, size: tuple[int, int]
) -> None:
    async with importing(workspace).run_test(size=size) as pilot:
        await until(pilot, lambda: sees(pilot, "Import", "fork_template/", "arena.json", "enter looks into it"))
        await at_the_path(pilot)
        await pilot.press(*"llm")
        await until(pilot, lambda: sees(pilot, "llm_conversation_log.json") and not sees(pilot, "arena.json"))
        await pilot.press("tab")
        await until(pilot, lambda: line(pilot).value.endswith("/llm_conversation_"))
        await pilot.press("l", "tab")
        await until(pilot, lambda: line(pilot).value.endswith("/llm_conversation_log.json"))
        assert pilot.app.screen.max_scroll_x == 0


async def test_a_folder_is_gone_into(workspace: Workspace, there: Path) -> None:
    (there / ".hidden").write_text("no", "utf-8")
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "▸ fork_template/"))
        assert not sees(pilot, ".hidden")
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "template.json", "vars.json"))
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: sees(pilot, "▸ template.json"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "what      template", "enter brings it in"))


async def test_what_is_in_it_is_told_before_anything_is_kept(workspace: Workspace, there: Path) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "No sessions yet"))
        await pilot.press("I")
        await look_into(pilot, LOG)
        await until(
            pilot, lambda: sees(pilot, "log of UniversalBackrooms", "lighthouse", "Claude 1 · GPT4o 2", "turns     5")
        )
        await until(pilot, lambda: sees(pilot, "does not hold the system texts", "enter brings it in"))
        assert kept(workspace) == []
        await pilot.press("escape")
        await at_the_path(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "enter brings it in"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "It is among your sessions now", "p replays"))
        assert kept(workspace) == ["lighthouse · Claude 1 ↔ GPT4o 2"]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and sees(pilot, "1 session"))


@pytest.mark.parametrize("keys", [("o", "o", "o"), ("enter", "enter"), ("p", "o")])
async def test_keys_that_are_pressed_twice_open_it_once(
    workspace: Workspace, there: Path, keys: tuple[str, ...]
) -> None:
    async with importing(workspace).run_test(size=(100, 30)) as pilot:
        await brought_in(pilot, LOG)
        at_once(pilot.app, *keys)
        later = (StageScreen, GoingOnScreen, ReplayScreen)
        await until(pilot, lambda: isinstance(pilot.app.screen, later) and sees(pilot, "lighthouse"))
        assert sum(isinstance(screen, later) for screen in pilot.app.screen_stack) == 1
        assert not any(isinstance(screen, ImportScreen) for screen in pilot.app.screen_stack)


@pytest.mark.parametrize(("key", "screen"), [("p", ReplayScreen), ("o", StageScreen)])
async def test_it_is_replayed_or_opened(workspace: Workspace, there: Path, key: str, screen: type) -> None:
    async with importing(workspace).run_test(size=(100, 30)) as pilot:
        await brought_in(pilot, LOG)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, screen) and sees(pilot, "lighthouse"))


async def test_going_on_asks_only_for_the_models_that_cannot_be_asked_here(
    workspace: Workspace, there: Path, tmp_path: Path
) -> None:
    (tmp_path / "ada.txt").write_text("Here I am.", "utf-8")
    async with importing(workspace).run_test(size=(100, 30)) as pilot:
        await brought_in(pilot, LOG)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, GoingOnScreen) and sees(pilot, "Which models are to"))
        await until(pilot, lambda: sees(pilot, "① Claude 1", "② GPT4o 2", "ANTHROPIC_API_KEY is not set"))
        await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "seat-1")
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "Claude 1 needs a model"))
        pilot.app.focused.value = "nothing/at-all"  # type: ignore[union-attr]
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "✗", "nothing"))
        pilot.app.focused.value = f"scripted/{tmp_path}/ada.txt"  # type: ignore[union-attr]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, StageScreen))
        await pilot.press("n")
        await until(pilot, lambda: sees(pilot, "Here I am."))
    (one,) = workspace.store.list_sessions()
    assert one.turns == 6
    assert {agent.model for agent in one.agents} == {f"scripted/{tmp_path}/ada.txt"}


async def test_where_nothing_is_missing_nothing_is_asked(workspace: Workspace, there: Path, tmp_path: Path) -> None:
    import json

    log = json.loads((there / "llm_conversation_log.json").read_text("utf-8"))
    for agent in log["agents"]:
        agent["model"] = f"scripted/{tmp_path}/ada.txt"
    (tmp_path / "ada.txt").write_text("Here I am.", "utf-8")
    (there / "log.json").write_text(json.dumps(log), "utf-8")
    async with importing(workspace).run_test(size=(100, 30)) as pilot:
        await brought_in(pilot, "log.json")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, StageScreen))


async def test_the_same_file_again_is_known_under_any_name(workspace: Workspace, there: Path) -> None:
    shutil.copy(there / LOG, there / "copy.txt")
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await brought_in(pilot, LOG)
        workspace.store.rename(workspace.store.find("last"), "My lighthouse")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ImportScreen))
        await pilot.press("I")
        await look_into(pilot, "copy.txt")
        await until(pilot, lambda: sees(pilot, "This file is here already", "My lighthouse", "imports it once more"))
        await pilot.press("enter")
        assert len(kept(workspace)) == 1
        await pilot.press("i")
        await until(pilot, lambda: sees(pilot, "It is among your sessions now"))
    assert sorted(kept(workspace)) == ["Claude 1 ↔ GPT4o 2", "My lighthouse"]


async def test_a_template_can_be_played(workspace: Workspace, there: Path) -> None:
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await brought_in(pilot, "arena.json")
        await until(pilot, lambda: sees(pilot, "Among your templates now", "enter plays it"))
        assert (folders.templates_dir() / "arena.toml").exists()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewScreen))


@pytest.mark.parametrize("how", ["'{}'", '"{}"', "file://{}", "{}\n", "escaped"])
async def test_a_dropped_path_works_as_terminals_give_it(workspace: Workspace, there: Path, how: str) -> None:
    place = there / "a night's log.txt" if how != "'{}'" else there / "a night.txt"
    shutil.copy(there / LOG, place)
    if how == "escaped":
        dropped = str(place).replace(" ", "\\ ").replace("'", "\\'")
    else:
        dropped = how.format(str(place).replace(" ", "%20") if how.startswith("file") else place)
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await at_the_path(pilot)
        await pilot.press("ctrl+u")
        pilot.app.post_message(Paste(dropped))
        await until(pilot, lambda: line(pilot).value == str(place))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "log of UniversalBackrooms", "enter brings it in"))


async def test_the_person_s_home_is_a_tilde(workspace: Workspace, there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(there))
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "~/"))
        await look_into(pilot, f"~/{LOG}")
        await until(pilot, lambda: sees(pilot, "enter brings it in"))


async def test_names_with_control_characters_are_drawn_harmless_and_still_found(
    workspace: Workspace, there: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    raw = b"\x1b[31mred \xff\n.txt"
    (folder / os.fsdecode(raw)).write_bytes((there / LOG).read_bytes())
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await at_the_path(pilot)
        line(pilot).value = f"{folder}/"
        await until(pilot, lambda: sees(pilot, "▸ ␛[31mred"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "enter brings it in"))
        assert not control_bytes(screen_text(pilot.app).encode())
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "It is among your sessions now"))
    assert len(kept(workspace)) == 1


async def test_what_cannot_be_read_is_said_with_its_place(workspace: Workspace, there: Path) -> None:
    os.mkfifo(there / "pipe")
    (there / "cut.json").write_text('{"conversation": [\n{"agent": "A", "content": "h', "utf-8")
    (there / "empty.txt").write_text("", "utf-8")
    (there / "latin.txt").write_bytes("### Ada 1 ###\nGrüße\n".encode("latin-1"))
    (there / "closed").mkdir(mode=0o000)
    async with importing(workspace).run_test(size=(100, 30)) as pilot:
        for name, said in (
            ("pipe", "is not an ordinary file"),
            ("/dev/zero", "is not an ordinary file"),
            ("cut.json", "cut.json:2: a text has no end"),
            ("empty.txt", "is empty"),
            ("latin.txt", "is not UTF-8 text"),
            ("nowhere.txt", "there is no file nowhere.txt"),
            ("x" * 300, "too long"),
        ):
            await look_into(pilot, name)
            await until(pilot, lambda said=said: sees(pilot, said, "enter looks into it"))  # type: ignore[misc]
        line(pilot).value = f"{there}/closed/"
        if os.geteuid():
            await until(pilot, lambda: sees(pilot, "nothing to see in this folder"))
    (there / "closed").chmod(0o700)
    assert kept(workspace) == []


def _long(path: Path, megabytes: int) -> Path:
    reply = "Nobody has been here since the fog. " * 60
    with path.open("w", encoding="utf-8") as file:
        for number in range(megabytes * 1_000_000 // len(reply)):
            file.write(f"\n### Claude {number % 2 + 1} ###\n{reply}\n")
    return path


class _Gate:
    """Reading a file stands still behind its beginning until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        taken = Source._taken

        def slowly(source: Source, file: Any, amount: int) -> bytes:
            data = taken(source, file, amount)
            self.reached.set()
            self.go.wait(20)
            return data

        monkeypatch.setattr(Source, "_taken", slowly)

    def close(self) -> None:
        self.reached.clear()
        self.go.clear()


async def test_a_large_one_says_how_far_it_is_and_stopping_keeps_nothing(
    workspace: Workspace, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _long(there / "opus_opus_long_20250101_000000.txt", 3)
    gate = _Gate(monkeypatch)
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await look_into(pilot, "opus_opus_long_20250101_000000.txt")
        await until(pilot, lambda: sees(pilot, "looking into it", "of 3 MB", "esc stops it"))
        await pilot.press("escape")
        gate.go.set()
        await until(pilot, lambda: sees(pilot, "Stopped; nothing of it was kept", "enter looks into it"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "enter brings it in"), seconds=60)
        gate.close()
        await pilot.press("enter")
        await until(pilot, lambda: gate.reached.is_set() and sees(pilot, "bringing it in", "of 3 MB"))
        await pilot.press("escape")
        gate.go.set()
        await until(pilot, lambda: sees(pilot, "Stopped; nothing of it was kept"))
    assert kept(workspace) == []
    assert not list(folders.data_dir().glob(".import-*"))


async def test_leaving_the_application_in_the_middle_keeps_nothing(
    workspace: Workspace, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _long(there / "opus_opus_long_20250101_000000.txt", 1)
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await look_into(pilot, "opus_opus_long_20250101_000000.txt")
        await until(pilot, lambda: sees(pilot, "enter brings it in"), seconds=60)
        gate = _Gate(monkeypatch)
        await pilot.press("enter")
        await until(pilot, gate.reached.is_set)
        pilot.app.exit()
    gate.go.set()
    assert kept(workspace) == []


async def test_a_file_that_grows_meanwhile_is_read_as_far_as_it_went(workspace: Workspace, there: Path) -> None:
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await look_into(pilot, LOG)
        await until(pilot, lambda: sees(pilot, "turns     5", "enter brings it in"))
        with (there / LOG).open("a", encoding="utf-8") as log:
            log.write("\n### Claude 1 ###\nAnd one more.\n")
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "It is among your sessions now", "turns     6"))


async def test_long_notes_go_on_under_their_own_beginning(workspace: Workspace, there: Path) -> None:
    async with importing(workspace).run_test(size=(60, 20)) as pilot:
        await look_into(pilot, LOG)
        await until(pilot, lambda: sees(pilot, "note      such a log", "enter brings it in"))
        rows = [row.strip(" │") for row in screen_text(pilot.app).splitlines()]
        (first,) = (place for place, row in enumerate(rows) if row.startswith("note      such a log"))
        indented = screen_text(pilot.app).splitlines()[first + 1].partition("│")[2]
        assert indented.startswith(" " * 11)
        assert indented[11] != " "
        assert " ".join(rows[first : first + 3]).startswith(
            "note      such a log does not hold the system texts, nor what was said before the first turn"
        )


async def test_a_fault_of_the_program_is_said_and_another_file_can_be_chosen(
    workspace: Workspace, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await at_the_path(pilot)
        with monkeypatch.context() as broken:
            broken.setattr(Source, "digest", lambda source: 1 / 0)
            await look_into(pilot, LOG)
            await until(pilot, lambda: sees(pilot, "something unforeseen happened", "enter looks into it"))
        await look_into(pilot, LOG)
        await until(pilot, lambda: sees(pilot, "enter brings it in"))


async def test_it_begins_at_home_where_the_folder_is_gone(workspace: Workspace, there: Path) -> None:
    shutil.rmtree(there)
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "~/", "tab completes"))


async def test_a_name_is_found_in_a_folder_with_very_many(workspace: Workspace, there: Path) -> None:
    many = there / "many"
    many.mkdir()
    for number in range(2_100):
        (many / f"a{number}").touch()
    (many / "log of a night.txt").touch()
    async with importing(workspace).run_test(size=(80, 24)) as pilot:
        await at_the_path(pilot)
        line(pilot).value = f"{many}/log"
        await until(pilot, lambda: sees(pilot, "▸ log of a night.txt"))
