"""Home says only what holds: what is fetched, which keys can be pressed, and why a session cannot go on."""

import os
from pathlib import Path

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.providers.local.starter import STARTER
from backrooms_tui.session.events import SessionOpened
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.settings import folders
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import FilterInput
from backrooms_tui.ui.widgets.key_line import KeyLine
from tests.hostile import control_bytes
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Played


async def test_what_has_to_be_fetched_first_is_said(workspace: Workspace) -> None:
    app = BackroomsApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "About 100 MB are fetched once." in screen_text(app))


async def test_nothing_is_said_to_be_fetched_that_is_here(workspace: Workspace, starter_model: Path) -> None:
    models = folders.ensure_private(folders.models_dir())
    os.link(starter_model, models / STARTER.file)
    app = BackroomsApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "nothing is fetched" in screen_text(app))
        assert "100 MB" not in screen_text(app)


async def test_no_key_is_offered_that_would_be_typed(workspace: Workspace, played: Played) -> None:
    await played(title="A night")
    app = BackroomsApp(workspace)
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: "/ Find" in screen_text(app).splitlines()[-1])
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, FilterInput))
        await until(pilot, lambda: "/ Find" not in screen_text(app).splitlines()[-1])
        offered = {key for key, one in app.screen.active_bindings.items() if one.binding.show}
        assert offered == {"f1", "ctrl+p"}
        assert app.screen.query(KeyLine)
        # They are letters of the filter, every one of them.
        await pilot.press("slash", "minus", "plus", "at", "n", "s")
        await until(pilot, lambda: app.screen.query_one(FilterInput).value == "/-+@ns")
        await pilot.press("escape")
        await until(pilot, lambda: "/ Find" in screen_text(app).splitlines()[-1])


async def test_a_record_with_an_impossible_model_can_be_opened_and_given_another(workspace: Workspace) -> None:
    agents = (AgentSetup(1, "Ada", "scripted/\x1b]52;c;aGFja2Vk\x07"), AgentSetup(2, "Ben[/]\x1b[2J", "local/x.gguf"))
    recorder = Recorder(workspace.store)
    recorder.hear(
        SessionOpened(seq=1, at=1000.0, session="odd", setup=Setup(template="duo", title="Odd", agents=agents))
    )
    await recorder.aclose()
    app = BackroomsApp(workspace)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await until(pilot, lambda: "Odd" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Ada cannot speak" in screen_text(app))
        text = " ".join(screen_text(app).split())
        assert "m gives a seat another model" in text
        assert app.place == "stage"
        assert control_bytes(screen_text(app).encode("utf-8", "replace")) == set()
