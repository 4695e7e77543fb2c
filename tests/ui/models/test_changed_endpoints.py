"""An endpoint or alias that changes while the application runs counts at once; servers may answer anything."""

import json
from pathlib import Path

import pytest
from textual.widgets import Input

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.settings.loading import load_configuration
from backrooms_tui.ui.applying import apply_configuration
from backrooms_tui.ui.screens.models.endpoint import EndpointScreen
from backrooms_tui.ui.screens.models.models import ModelsScreen
from backrooms_tui.ui.screens.models.testing import try_model
from backrooms_tui.ui.widgets.rows import Rows
from tests.misbehaving import MisbehavingServer, Reply
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text("# mine\n", "utf-8")
    return path


async def test_another_address_and_another_alias_count_at_once(workspace: Workspace, config: Path) -> None:
    app = BareApp(workspace, lambda app: app.show_models())
    first, second = Reply("I am the first."), Reply("I am the second.")
    with MisbehavingServer(lambda _: first) as one, MisbehavingServer(lambda _: second) as two:
        async with app.run_test(size=(80, 24)):
            for server, said in ((one, "I am the first."), (two, "I am the second.")):
                text = f'[endpoints.lab]\nbase_url = "{server.openai_url}"\n[aliases]\nmuse = "lab/{said[9:12]}"\n'
                config.write_text(text, "utf-8")
                apply_configuration(app, load_configuration())
                answer, _ = await try_model(workspace, "muse", lambda _: None)
                assert answer == said
                # The screen may be asking meanwhile what the server lists.
                asked = [request for request in server.requests if request.method == "POST"]
                assert asked[-1].json["model"] == said[9:12]


async def test_a_saved_setting_takes_on_what_was_written_by_hand(workspace: Workspace, config: Path) -> None:
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#motion") and app.focused)
        config.write_text('[aliases]\nmuse = "local"\n', "utf-8")
        app.screen.query_one("#motion").focus()
        await pilot.press("space", "ctrl+s")
        await until(pilot, lambda: "muse" in workspace.catalogue.aliases)
        assert workspace.catalogue.resolve("muse").provider == "local"


@pytest.mark.parametrize(
    "body", ["<html><body>Welcome!</body></html>", "null", "42", '{"data": {}}', '{"data": [1, {"id": "a\\nb"}]}']
)
async def test_a_server_that_lists_no_model_is_not_taken_at_its_word(
    workspace: Workspace, config: Path, body: str
) -> None:
    app = BareApp(workspace, lambda app: app.show_models())
    answer = Reply(body=body, type="text/html" if "<" in body else "application/json")
    with MisbehavingServer(lambda _: answer) as server:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ModelsScreen) and app.screen._loaded)
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, EndpointScreen))
            app.screen.query_one("#name", Input).value = "lab"
            app.screen.query_one("#base_url", Input).value = server.openai_url
            await pilot.press("ctrl+s")
            await until(pilot, lambda: "lists no model" in screen_text(app))
            assert config.read_text("utf-8") == "# mine\n"
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, ModelsScreen))
            assert "models" not in config.read_text("utf-8")


async def test_what_cannot_be_named_is_left_out_and_the_rest_is_counted(workspace: Workspace, config: Path) -> None:
    names = ["", "a\nb", "x" * 9000, "owl", "owl", "muse"]
    listed = json.dumps({"data": [*({"id": name} for name in names), None, 7]})
    with MisbehavingServer(lambda _: Reply(body=listed)) as server:
        config.write_text(f'[endpoints.lab]\nbase_url = "{server.openai_url}"\n', "utf-8")
        app = BareApp(workspace, lambda app: app.show_models())
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ModelsScreen) and app.screen._loaded)
            rows = app.screen.query_one("#providers", Rows)
            rows.focus()
            await until(pilot, lambda: rows.has_focus)
            rows.marked = 1 + [one.name for one in app.screen._providers].index("lab")
            await pilot.press("o")
            await until(pilot, lambda: "lab offers 2 models" in " ".join(screen_text(app).split()))
            assert [one.reference for one in app.screen._listed] == ["lab/muse", "lab/owl"]
            await until(pilot, lambda: "2 in the list" in screen_text(app))
