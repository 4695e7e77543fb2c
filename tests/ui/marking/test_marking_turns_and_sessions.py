"""A star by one key, the dialog for star, tags and note, and where they are shown."""

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.mark import Mark
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.marking.marking import MarkScreen
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.hostile import HOSTILE
from tests.store.scripts import kept
from tests.ui.bare import BareApp
from tests.ui.conditions import at_once, screen_text, until
from tests.ui.conftest import Played
from tests.ui.stage.conftest import OnStage, on_stage

__all__ = ["on_stage"]  # a fixture


async def test_the_newest_turn_gets_a_star_and_loses_it_again(workspace: Workspace, on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("k")
        await stage.sees("There is no turn to mark yet")
        await stage.steps(2)
        await stage.press("k")
        await stage.sees("Turn 2 has a star", "turn 2 · ★ ─", "2 ② ★ Bo says")
        assert workspace.store.marks(stage.state.session)[2].starred is not None
        await stage.press("k")
        await stage.sees("The star of turn 2 is gone")
        await stage.until(lambda: "turn 2 · ★" not in stage.text)
        await stage.steps(1)
        await stage.press("k", "k", "k")
        await stage.until(lambda: workspace.store.marks(stage.state.session)[3].starred is not None)
        await stage.sees("turn 3 · ★ ─")


async def test_a_turn_that_joins_later_and_an_edited_one_show_their_marks(
    workspace: Workspace, on_stage: OnStage
) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await stage.press("k")
        await stage.sees("turn 1 · ★ ─")
        stage.conversation.edit(1, "Ada says something else.")
        await stage.sees("turn 1 · edited · ★ ─", "something else")


async def test_tags_and_a_note_are_written_and_shown(workspace: Workspace, on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(2)
        at_once(stage.app, "K", "night deep", "tab", "look here", "ctrl+j", "and there", "ctrl+s")
        await stage.sees("The mark of turn 2 is kept", "turn 2 · #night #deep ─", "¶ look here", "and there")
        await stage.sees("2 ② #¶ Bo says")
        assert workspace.store.marks(stage.state.session) == {2: Mark(None, ("night", "deep"), "look here\nand there")}
        await stage.press("K")
        await stage.until(lambda: isinstance(stage.app.screen, MarkScreen))
        await stage.sees("so far: deep night", "night deep")


async def test_what_is_no_tag_is_told_at_its_field(workspace: Workspace, on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await stage.press("K")
        await stage.until(lambda: isinstance(stage.app.screen, MarkScreen))
        await stage.write("a.b")
        await stage.sees("'a.b' is no tag", "letters, digits")
        await stage.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, MarkScreen))
        await stage.press("backspace", "backspace", "ctrl+s")
        await stage.sees("turn 1 · #a ─")


async def test_nothing_typed_is_lost_by_accident(workspace: Workspace, played: Played) -> None:
    session = await played(title="A night")
    async with BareApp(workspace, lambda app: app.show_replay(session, 2)).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "turn 2 of 2" in screen_text(pilot.app))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(pilot.app.screen, MarkScreen))
        await pilot.press(*"dark", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MarkScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen))
        await until(pilot, lambda: workspace.store.marks(session) == {2: Mark(None, ("dark",))})
        await until(pilot, lambda: "#dark" in screen_text(pilot.app))


async def test_marks_made_elsewhere_are_shown_and_not_overwritten(workspace: Workspace, played: Played) -> None:
    session = await played(title="A night")
    workspace.store.mark(session, 1, lambda _: Mark(5.0, ("old",), "note"))
    async with BareApp(workspace, lambda app: app.show_replay(session, 1)).run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: "★ #old" in screen_text(pilot.app) and "¶ note" in screen_text(pilot.app))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(pilot.app.screen, MarkScreen))
        workspace.store.mark(session, 1, lambda mark: Mark(6.0, mark.tags, "another note"))
        await pilot.press("space", *"new", "ctrl+s")
        await until(pilot, lambda: workspace.store.marks(session) == {1: Mark(6.0, ("old", "new"), "another note")})
        await until(pilot, lambda: "¶ another note" in screen_text(pilot.app))


async def test_a_session_is_marked_at_home_and_found_by_it(workspace: Workspace, played: Played) -> None:
    await played(title="The first night")
    second = await played(title="The second night")
    workspace.store.mark(second, 1, lambda _: Mark(1.0))
    async with BackroomsApp(workspace).run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "▸ ☆ The second night" in screen_text(pilot.app))
        await pilot.press("k")
        await until(pilot, lambda: "▸ ★ The second night" in screen_text(pilot.app))
        await until(pilot, lambda: "★ “The second night” has a star" in screen_text(pilot.app))
        at_once(pilot.app, "down", "K", "long", "ctrl+s")
        await until(pilot, lambda: "▸ The first night  #long" in screen_text(pilot.app))
        await pilot.press("slash", *"tag", "colon", *"lo")
        await until(pilot, lambda: "second night" not in screen_text(pilot.app))
        await pilot.press("escape", "slash", *"is", "colon", *"starred")
        await until(pilot, lambda: "first night  #long" not in screen_text(pilot.app))
        assert "★ The second night" in screen_text(pilot.app)
        await pilot.press("escape", "up", "k")
        await until(pilot, lambda: "☆ The second night" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_session_that_is_gone_is_told(workspace: Workspace, played: Played) -> None:
    session = await played(title="Doomed")
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Doomed" in screen_text(pilot.app))
        workspace.store.delete(session)
        await pilot.press("k")
        await until(pilot, lambda: "there is no session" in screen_text(pilot.app))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_the_dialog_fits_and_hostile_notes_are_harmless(workspace: Workspace, size: tuple[int, int]) -> None:
    session = kept(workspace.store, "one", "two", title="".join(HOSTILE)).session
    workspace.store.mark(session, 2, lambda _: Mark(1.0, (), "\n".join(HOSTILE)))
    async with BareApp(workspace, lambda app: app.show_replay(session, 2)).run_test(size=size) as pilot:
        await until(pilot, lambda: "combining" in screen_text(pilot.app))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(pilot.app.screen, MarkScreen))
        await until(pilot, lambda: "among the best" in screen_text(pilot.app))
        assert "ctrl+s keeps it" in screen_text(pilot.app)
        assert not any(sign in screen_text(pilot.app) for sign in "\x1b\x07\x9b\u202e")
        # A note that nobody touched stays as it was, to the letter.
        before = workspace.store.marks(session)[2].note
        await pilot.press(*"x", "ctrl+s")
        await until(pilot, lambda: workspace.store.marks(session)[2].tags == ("x",))
        assert workspace.store.marks(session)[2].note == before
