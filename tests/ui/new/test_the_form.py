"""The form for a new conversation: mistakes at their fields, what is known of models, what it will cost, starting."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from tests.hostile import HOSTILE
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script


def said(pilot: Pilot[object], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def form(workspace: Workspace, template: str | None = "duo") -> BareApp:
    return BareApp(workspace, lambda app: app.show_new(template))


async def ready(pilot: Pilot[object]) -> NewScreen:
    """The form, once it has been looked over."""
    await until(pilot, lambda: isinstance(pilot.app.screen, NewScreen) and pilot.app.screen.examined is not None)
    screen = pilot.app.screen
    assert isinstance(screen, NewScreen)
    return screen


async def write(pilot: Pilot[object], field: str, text: str) -> None:
    """Type `text` into a field, in place of what it holds."""
    pilot.app.screen.query_one(f"#{field}", Input).focus()
    await pilot.pause()
    await pilot.press("end", "ctrl+u", *[{" ": "space", "=": "equals_sign"}.get(one, one) for one in text])


async def test_it_says_what_a_template_asks_for_and_comes_to(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert said(
            pilot, "Two characters of your choice", "first name", "Mara", "① Mara", "② Jonas", "seat order", "free"
        )


async def test_another_template_brings_its_own_fields(workspace: Workspace) -> None:
    async with form(workspace, None).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert said(pilot, "cli", "place", "① Explorer")
        screen.query_one("#template", Select).value = "gallery"
        await until(pilot, lambda: said(pilot, "① Visitor"))
        assert not said(pilot, "Explorer")


async def test_a_mistake_is_said_at_its_field_as_typed(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await write(pilot, "model-1", "opsu")
        await until(pilot, lambda: said(pilot, "unknown model", "opus", "1 field to put right"))
        await write(pilot, "model-1", "local")
        await write(pilot, "params-2", "temperature=9")
        await until(
            pilot, lambda: said(pilot, "temperature = 9", "is out of range") and not said(pilot, "unknown model")
        )
        await write(pilot, "params-2", "")
        await write(pilot, "max_turns", "many")
        await until(pilot, lambda: said(pilot, "the turn limit is a whole number"))
        await write(pilot, "max_turns", "4")
        await until(pilot, lambda: said(pilot, "free") and not said(pilot, "whole number"))


async def test_starting_with_a_mistake_leads_to_its_field(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await write(pilot, "budget", "-1")
        screen.query_one("#template").focus()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one("#budget"))
        assert pilot.app.screen is screen


async def test_a_variable_without_a_default_needs_a_value(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "asking.toml"
    path.write_text(
        '[template]\ntitle = "Asking"\n[variables.topic]\nhelp = "What about"\n[variables.mood]\n'
        'choices = ["calm", "[/]stern"]\n[[agents]]\nname = "A"\n'
        'system = "{{ topic }} {{ mood }}"\n[[agents]]\nname = "B"\n',
        "utf-8",
    )
    async with form(workspace, str(path)).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert said(pilot, "needs a value", "calm")
        await write(pilot, "variable-0", "bees")
        await until(pilot, lambda: screen.examined is not None and screen.examined.setup is not None)
        screen.query_one("#variable-1", Select).value = "[/]stern"
        await until(pilot, lambda: "bees [/]stern" in screen.examined.setup.agents[0].system)  # type: ignore[union-attr]


async def test_a_broken_template_is_named(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "templates"
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("[template]\n", "utf-8")
    async with form(workspace, "broken").run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "broken.toml:1", "title: is missing"))
        await pilot.press("ctrl+s")
        assert isinstance(pilot.app.screen, NewScreen)


async def test_a_template_that_is_not_there_is_said(workspace: Workspace) -> None:
    async with form(workspace, "dou").run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "there is no template 'dou'", "duo"))


async def test_what_a_model_costs_and_lacks_is_shown(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await write(pilot, "model-1", "opus")
        await until(pilot, lambda: said(pilot, "ANTHROPIC_API_KEY is not set", "a million", "M tokens"))
        await until(pilot, lambda: said(pilot, "for ten turns, an estimate"))


async def test_the_focused_field_stays_in_sight(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(60, 16)) as pilot:
        screen = await ready(pilot)
        for _ in range(18):
            await pilot.press("tab")
            focused = screen.focused
            assert focused is not None
            await until(pilot, lambda focused=focused: screen.query_one("#form").region.contains_region(focused.region))


async def test_the_preview_is_what_an_agent_would_receive(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await write(pilot, "variable-0", "Ada")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: said(pilot, "What each agent would receive", "① Ada", "You are Ada"))
        await pilot.press("escape")
        await ready(pilot)


async def test_from_the_form_to_a_conversation(workspace: Workspace, script: Script) -> None:
    model = script("ada", "A first word.", "A second word.")
    async with form(workspace).run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        for seat in (1, 2):
            field = pilot.app.screen.query_one(f"#model-{seat}", Input)
            field.value = model
        await write(pilot, "max_turns", "2")
        await write(pilot, "title", "By keyboard")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: getattr(pilot.app.screen, "PLACE", "") == "stage")
        await until(pilot, lambda: said(pilot, "A first word."))
        # The form has done its work.
        assert not any(isinstance(screen, NewScreen) for screen in pilot.app.screen_stack)
    sessions = workspace.store.list_sessions()
    assert [one.title for one in sessions] == ["By keyboard"]


async def test_a_missing_key_is_said_with_its_cure_and_one_comes_back(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await write(pilot, "model-1", "opus")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said(pilot, "Missing key: ANTHROPIC_API_KEY", "enter tries again"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewScreen))
    assert workspace.store.list_sessions() == []


async def test_the_form_becomes_a_template_of_ones_own(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "templates"
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await write(pilot, "variable-0", "Ada")
        await write(pilot, "params-1", "temperature=0.5")
        await write(pilot, "max_turns", "12")
        await write(pilot, "title", "My evening")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: said(pilot, "Save as a template", "my-evening"))
        await pilot.press("enter")
        await until(pilot, lambda: (folder / "my-evening.toml").exists() and isinstance(pilot.app.screen, NewScreen))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: said(pilot, "Save as a template", "my-evening"))
        await pilot.press("enter")
        await until(pilot, lambda: said(pilot, "there is a template", "already"))
    path = folder / "my-evening.toml"
    assert check_text(path.read_text("utf-8"), path.name) == []
    saved = load_template(find_template("my-evening", folder))
    assert (saved.title, saved.rules.max_turns, saved.variables["first_name"].default) == ("My evening", 12, "Ada")
    assert saved.agents[0].params == {"max_tokens": 400, "temperature": 0.5}
    assert [agent.model for agent in saved.agents] == ["local", "local"]


async def test_a_model_is_picked_from_the_catalogue(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#params-2").focus()
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker) and said(pilot, "② Jonas", "local", "✓"))
        await pilot.press(*"haiku")
        await until(pilot, lambda: said(pilot, "▸ haiku", "$", "no key", "Claude Haiku"))
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one("#model-2", Input).value == "haiku")
        assert screen.query_one("#model-1", Input).value == "local"


async def test_a_reference_that_no_list_has_may_be_typed(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#model-1").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker))
        await pilot.press(*"ollama/nobody-has-this")
        await until(pilot, lambda: said(pilot, "▸ ollama/nobody-has-this"))
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one("#model-1", Input).value == "ollama/nobody-has-this")


async def test_leaving_the_picker_changes_nothing(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker))
        await pilot.press(*"gibberish-that-is-no-model")
        await until(pilot, lambda: said(pilot, "unknown model"))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.query_one("#model-1", Input).value == "local"


@pytest.mark.parametrize("begin", range(3))
async def test_templates_from_anywhere_are_shown_harmless(workspace: Workspace, tmp_path: Path, begin: int) -> None:
    import tomli_w

    folder = tmp_path / "config" / "templates"
    folder.mkdir(parents=True)
    texts = [one for one in HOSTILE if "\ud800" not in one][begin::3]
    plain = [" ".join(text.replace("{", "(").split()) or "x" for text in texts]
    chosen = {f"word_{n}": {"default": one, "help": one, "choices": [one, "other"]} for n, one in enumerate(texts)}
    written = {f"more_{n}": {"default": one} for n, one in enumerate(texts)}
    agents = [{"name": one[:40], "system": f"{{{{ word_{n} }}}}{{{{ more_{n} }}}}"} for n, one in enumerate(plain)]
    document = {
        "template": {"title": " ".join(plain), "description": " ".join(texts)},
        "variables": chosen | written,
        "agents": [*agents, {"name": "B", "system": " ".join(plain)}],
    }
    (folder / "odd.toml").write_text(tomli_w.dumps(document), "utf-8")
    async with form(workspace, "odd").run_test(size=(160, 80)) as pilot:
        screen = await ready(pilot)
        # The template, and what is chosen for each of its words.
        for field in ("template", *(f"variable-{n}" for n in range(len(texts)))):
            screen.query_one(f"#{field}", Select).focus()
            for key in ("enter", "escape"):
                await pilot.press(key)
                assert not any(ord(letter) < 0x20 and letter != "\n" for letter in screen_text(pilot.app)), field
        await pilot.press("ctrl+o")
        await until(pilot, lambda: said(pilot, "What each agent would receive"))
        for _ in range(6):
            assert not any(ord(letter) < 0x20 and letter != "\n" for letter in screen_text(pilot.app))
            await pilot.press("pagedown")


async def test_a_text_of_several_lines_stays_until_it_is_changed(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "verse.toml"
    path.write_text(
        '[template]\ntitle = "Verse"\n[variables.verse]\ndefault = "one\\ntwo"\n[[agents]]\nname = "A"\n'
        'system = "{{ verse }}"\n[[agents]]\nname = "B"\n',
        "utf-8",
    )
    async with form(workspace, str(path)).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert said(pilot, "one two")
        assert screen.draft.variables == {"verse": "one\ntwo"}
        await write(pilot, "variable-0", "three")
        assert screen.draft.variables == {"verse": "three"}
