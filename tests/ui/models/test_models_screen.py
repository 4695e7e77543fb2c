"""The models: what there is and whether it can be used now, and ways to get more."""

import json
import os
from pathlib import Path

import pytest
from textual.widgets import Input

from backrooms_tui.ui.screens.models.asking import AskScreen
from backrooms_tui.ui.screens.models.endpoint import EndpointScreen
from backrooms_tui.ui.screens.models.fetching import fetch_of
from backrooms_tui.ui.screens.models.models import ModelsScreen
from backrooms_tui.ui.widgets.rows import Rows
from tests.hostile import HOSTILE, control_bytes
from tests.misbehaving import MisbehavingServer, Reply
from tests.providers.local.gguf_writing import gguf_bytes, write_gguf
from tests.providers.local.model_hub import ModelHub
from tests.providers.servers.ollama.ollama_server import OllamaServer
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text("# mine\n", "utf-8")
    return path


@pytest.fixture
def app(workspace, config):
    return BareApp(workspace, lambda app: app.show_models())


def _listing_server(names):
    """A server whose list of models has these names."""
    listed = json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})
    return MisbehavingServer(lambda request: Reply(body=listed) if request.path.endswith("/models") else Reply())


def _said(app):
    return " ".join(screen_text(app).replace("▌", " ").split())


async def _opened(app, pilot):
    await until(pilot, lambda: isinstance(app.screen, ModelsScreen) and app.screen._loaded)


async def _mark(app, pilot, reference):
    screen = app.screen
    rows = screen.query_one("#models", Rows)
    rows.focus()
    await until(pilot, lambda: reference in [one.reference for one in screen._listed])
    rows.marked = [one.reference for one in screen._listed].index(reference)
    await until(pilot, lambda: screen.marked.reference == reference and rows.has_focus)


async def _mark_provider(app, pilot, name):
    rows = app.screen.query_one("#providers", Rows)
    rows.focus()
    await until(pilot, lambda: rows.has_focus)
    rows.marked = 1 + [one.name for one in app.screen._providers].index(name)
    await until(pilot, lambda: app.screen.provider == name)


async def test_what_is_known_of_a_model(app):
    async with app.run_test(size=(120, 30)) as pilot:
        await _opened(app, pilot)
        await _mark(app, pilot, "anthropic/claude-opus-5-5")
        text = screen_text(app)
        assert "1,000,000 tokens" in text
        assert "$4 in, $20 out" in text
        assert "– ANTHROPIC_API_KEY is not set" in text


async def test_a_key_is_named_and_never_shown(app, monkeypatch):
    secret = "sk-ant-" + "s3cret" * 6
    monkeypatch.setenv("ANTHROPIC_API_KEY", secret)
    Path(".env").write_text(f"XAI_API_KEY=xai-{'s3cret' * 5}\n", "utf-8")
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await _mark_provider(app, pilot, "anthropic")
        await until(pilot, lambda: "ANTHROPIC_API_KEY found in the environment" in screen_text(app))
        await _mark_provider(app, pilot, "xai")
        await until(pilot, lambda: "XAI_API_KEY found in .env" in screen_text(app))
        await _mark_provider(app, pilot, "google")
        await until(pilot, lambda: "GEMINI_API_KEY is not set" in screen_text(app))
        assert "s3cret" not in screen_text(app)
        assert "s3cret" not in app.export_screenshot()


async def test_the_filter_finds_words_in_any_order(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await pilot.press("slash", *"5.5 opus")
        await until(pilot, lambda: all("opus" in one.words and "5.5" in one.words for one in app.screen._listed))
        assert app.screen._listed
        await pilot.press("enter")
        await until(pilot, lambda: app.focused.id == "models")
        await pilot.press("slash", *"xyzzy")
        await until(pilot, lambda: "No model matches" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen._listed) > 100)
        assert isinstance(app.screen, ModelsScreen)


async def test_a_provider_shows_only_its_own(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await _mark_provider(app, pilot, "groq")
        await until(pilot, lambda: {one.provider for one in app.screen._listed} == {"groq"})


async def test_a_tiny_request_says_what_came_back(app, config, script):
    config.write_text(f'[aliases]\nparrot = "{script("parrot", "Hello you.")}"\n', "utf-8")
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await _mark(app, pilot, "parrot")
        await pilot.press("t")
        await until(pilot, lambda: "✓ Hello you." in screen_text(app))
        assert "first words after" in screen_text(app)


async def test_a_test_without_a_key_says_which_one_is_missing(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await _mark(app, pilot, "gpt")
        await pilot.press("t")
        await until(pilot, lambda: "✗ missing key: OPENAI_API_KEY" in screen_text(app))


async def test_a_test_can_be_stopped(app, config):
    stalling = Reply("Once upon a time", ending="stall")
    with MisbehavingServer(lambda asked: stalling if asked.method == "POST" else Reply(body="{}")) as server:
        config.write_text(f'[endpoints.lab]\nbase_url = "{server.openai_url}"\nmodels = ["slow"]\n', "utf-8")
        async with app.run_test(size=(120, 40)) as pilot:
            await _opened(app, pilot)
            await _mark(app, pilot, "lab/slow")
            await pilot.press("t")
            await until(pilot, lambda: any(one.method == "POST" for one in server.requests))
            await until(pilot, lambda: "x" in app.screen.active_bindings)
            await pilot.press("x")
            await until(pilot, lambda: "stopped" in screen_text(app))
            asked = next(one for one in server.requests if one.method == "POST")
            await until(pilot, asked.left.is_set)


async def test_what_a_server_offers_comes_into_the_list(app, config):
    with _listing_server(["muse-7b", "owl-3b"]) as server:
        config.write_text(f'[endpoints.lab]\nbase_url = "{server.openai_url}"\n', "utf-8")
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await _opened(app, pilot)
            await _mark_provider(app, pilot, "lab")
            await until(pilot, lambda: "it answers" in screen_text(app))
            await pilot.press("o")
            await until(pilot, lambda: "lab offers 2 models; 2 of them are new" in _said(app))
            assert [one.reference for one in app.screen._listed] == ["lab/muse-7b", "lab/owl-3b"]


async def test_a_server_that_does_not_answer_says_so(app):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await _opened(app, pilot)
        await _mark_provider(app, pilot, "vllm")
        await until(pilot, lambda: "does not answer" in screen_text(app))
        await pilot.press("o")
        await until(pilot, lambda: "nothing answers" in _said(app))


async def test_an_ollama_that_runs_is_listed_unasked(app, monkeypatch):
    with OllamaServer() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        async with app.run_test(size=(120, 40)) as pilot:
            await _opened(app, pilot)
            await until(pilot, lambda: any(one.provider == "ollama" for one in app.screen._models))
            await _mark_provider(app, pilot, "ollama")
            await until(pilot, lambda: "✓ answers" in screen_text(app))


async def test_a_model_is_fetched_with_progress_and_can_be_stopped_and_begun_again(app, monkeypatch, tmp_path):
    pytest.importorskip("huggingface_hub")
    content = gguf_bytes({"general.architecture": "llama", "general.name": "Small"}, [("w", (200_000,))])
    with ModelHub({"some/small/small.gguf": content}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        hub.hold_after = 100_000
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await _opened(app, pilot)
            await pilot.press("p")
            await until(pilot, lambda: isinstance(app.screen, AskScreen))
            app.screen.query_one(Input).value = "some/small/small.gguf"
            await until(pilot, lambda: "from the Hugging Face hub" in screen_text(app))
            await pilot.press("enter")
            await until(pilot, lambda: "pulling small.gguf" in screen_text(app) and "x stops it" in screen_text(app))
            await until(pilot, hub.holding.is_set, seconds=60)
            # It goes on while one looks elsewhere, and is found again.
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, ModelsScreen))
            app.show_models()
            await _opened(app, pilot)
            await until(pilot, lambda: "x stops it" in screen_text(app))
            await pilot.press("x")
            await until(pilot, lambda: "was not fetched" in _said(app), seconds=60)
            assert not list((tmp_path / "data" / "models").rglob("*.gguf"))
            hub.hold_after = None
            hub.release.set()
            await pilot.press("p")
            await until(pilot, lambda: isinstance(app.screen, AskScreen))
            app.screen.query_one(Input).value = "some/small/small.gguf"
            await pilot.press("enter")
            await until(pilot, lambda: "local/some/small/small.gguf is here" in _said(app), seconds=60)
            await until(pilot, lambda: app.screen.marked.reference == "local/some/small/small.gguf")
            assert fetch_of(app) is None
            await until(pilot, lambda: app.screen._ticking is None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("opus", "there is nothing to fetch"), ("nonsense/model", "there is no provider"), ("opuss", "did you mean")],
)
async def test_what_cannot_be_fetched_is_said_as_one_types(app, text, said):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        app.screen.query_one(Input).value = text
        await until(pilot, lambda: said in _said(app))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, AskScreen)


async def test_a_file_is_checked_and_linked_and_stays_where_it_is(app, tmp_path):
    file = write_gguf(tmp_path / "elsewhere" / "muse.gguf", general_architecture="llama", general_name="Muse")
    broken = tmp_path / "elsewhere" / "page.gguf"
    broken.write_text("<html>", "utf-8")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await _opened(app, pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        app.screen.query_one(Input).value = str(broken)
        await until(pilot, lambda: "it is a web page, not a model" in _said(app))
        app.screen.query_one(Input).value = str(file)
        await until(pilot, lambda: "✓ Muse, llama" in _said(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelsScreen))
        await until(pilot, lambda: app.screen.marked.reference == "local/muse.gguf")
        assert app.screen.marked.usable
    link = tmp_path / "data" / "models" / "muse.gguf"
    assert link.samefile(file)
    assert file.exists()


async def test_a_path_completes_itself(app, tmp_path):
    write_gguf(tmp_path / "elsewhere" / "muse.gguf", general_architecture="llama")
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        field = app.screen.query_one(Input)
        field.value = f"{tmp_path}/els"
        field.cursor_position = len(field.value)
        await until(pilot, lambda: field._suggestion == f"{tmp_path}/elsewhere/")
        await pilot.press("right", "m")
        await until(pilot, lambda: field._suggestion.endswith("/muse.gguf"))


async def _fill(app, **values):
    for name, value in values.items():
        app.screen.query_one(f"#{name}", Input).value = value


async def test_an_endpoint_is_asked_and_written_with_comments_kept_and_usable_at_once(app, config):
    with _listing_server(["muse-7b"]) as server:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await _opened(app, pilot)
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, EndpointScreen))
            await _fill(app, name="lab", base_url=server.openai_url)
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, ModelsScreen))
            await until(pilot, lambda: "lab/muse-7b" in [one.reference for one in app.screen._models])
            assert app.workspace.catalogue.resolve("lab/muse-7b").reference == "lab/muse-7b"
            await _mark(app, pilot, "lab/muse-7b")
            await pilot.press("t")
            await until(pilot, lambda: "✓ Hello there, friend." in screen_text(app))
    assert config.read_text("utf-8") == (
        f'# mine\n\n[endpoints.lab]\nbase_url = "{server.openai_url}"\ndialect = "generic"\nmodels = ["muse-7b"]\n'
    )
    if os.name == "posix":
        assert config.stat().st_mode & 0o777 == 0o600


async def test_a_server_that_is_silent_now_can_be_added_all_the_same(app, config):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EndpointScreen))
        await _fill(app, name="lab", base_url="http://127.0.0.1:9/v1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "once more adds it all the same" in screen_text(app))
        assert config.read_text("utf-8") == "# mine\n"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[endpoints.lab]" in config.read_text("utf-8"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "Lab", "use small letters"),
        ("name", "ollama", "choose another name"),
        ("name", "vllm", "choose another name"),
        ("base_url", "lab:8000", "http or https"),
        ("base_url", "http://me:secret@lab/v1", "api_key_env"),
        ("api_key_env", "sk-" + "a1b2c3d4" * 4, "holds a key instead of the name"),
        ("api_key_env", "MY KEY", "not the name of an environment variable"),
    ],
)
async def test_a_mistake_is_shown_at_its_field(app, config, field, value, said):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EndpointScreen))
        await _fill(app, **{"name": "lab", "base_url": "http://127.0.0.1:9/v1", field: value})
        await until(pilot, lambda: said in _said(app))
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, EndpointScreen)
    assert config.read_text("utf-8") == "# mine\n"


async def test_hostile_names_reach_the_screen_harmless(app, config):
    with _listing_server([text.encode("utf-8", "replace").decode() for text in HOSTILE]) as server:
        config.write_text(f'[endpoints.lab]\nbase_url = "{server.openai_url}"\n', "utf-8")
        async with app.run_test(size=(120, 60)) as pilot:
            await _opened(app, pilot)
            await _mark_provider(app, pilot, "lab")
            await pilot.press("o")
            await until(pilot, lambda: len(app.screen._listed) > 5)
            rows = app.screen.query_one("#models", Rows)
            rows.focus()
            for index in range(len(app.screen._listed)):
                rows.marked = index
                await pilot.pause()
                assert control_bytes(screen_text(app).encode("utf-8", "replace")) == set()
            assert "x[/] [bold]" in screen_text(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_both_lists_and_what_is_known_at_every_size(app, size):
    async with app.run_test(size=size) as pilot:
        await _opened(app, pilot)
        await _mark(app, pilot, "local")
        await until(pilot, lambda: "anthropic" in screen_text(app) and "8,192 tokens" in screen_text(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EndpointScreen))
        app.screen.query_one("#dialect").focus()
        await until(pilot, lambda: "generic" in screen_text(app))
