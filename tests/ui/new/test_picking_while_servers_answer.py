"""The model picker while the servers of this machine are still being asked."""

import json
import threading
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.widgets.model_picker import ModelPicker, Offer
from tests.misbehaving import MisbehavingServer, Reply
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


async def test_what_a_server_lists_does_not_move_the_mark(workspace: Workspace, tmp_path: Path) -> None:
    listed = Reply(body=json.dumps({"data": [{"id": f"aaa-{number}"} for number in range(9)]}))
    page = Reply(body="<html></html>", type="text/html")
    with MisbehavingServer(lambda _: listed) as good, MisbehavingServer(lambda _: page) as odd:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "config.toml").write_text(
            f'[endpoints.good]\nbase_url = "{good.openai_url}"\n[endpoints.odd]\nbase_url = "{odd.openai_url}"\n'
        )
        app = BareApp(workspace, lambda app: app.push_screen(ModelPicker(app.workspace)))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ModelPicker) and app.screen._found)
            await pilot.press("down", "down", "down")
            picker = app.screen
            assert isinstance(picker, ModelPicker)
            assert picker._marked is not None
            marked = picker._marked.reference
            await until(pilot, lambda: any(one.reference == "good/aaa-8" for one in picker._found))
            await until(pilot, lambda: f"▸ {marked[:12]}" in screen_text(app))


async def test_enter_takes_what_was_typed_and_not_what_was_marked_before(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, really, chosen = threading.Event(), ModelPicker._look_up, []

    def slow(picker: ModelPicker, words: str) -> tuple[list[Offer], OperatorError | None]:
        assert not words or free.wait(20)
        return really(picker, words)

    monkeypatch.setattr(ModelPicker, "_look_up", slow)
    app = BareApp(workspace, lambda app: app.push_screen(ModelPicker(app.workspace), chosen.append))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ModelPicker) and app.screen._found)
        await pilot.press(*"scripted/one.txt", "enter")
        assert chosen == []
        free.set()
        await until(pilot, lambda: chosen == ["scripted/one.txt"])
