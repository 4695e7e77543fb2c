"""What agents may ask for by the rules stands in the list of permissions before anybody has asked."""

from pathlib import Path

from tests.ui.stage.conftest import OnStage

ASKING = """
[template]
title = "Asking"
[rules.requests]
note = "allow"
invite = "ask"
[[agents]]
name = "Mara"
[[agents]]
name = "Jonas"
"""


async def test_it_is_listed_before_anybody_has_asked_and_a_key_changes_it_for_one(
    on_stage: OnStage, tmp_path: Path
) -> None:
    path = tmp_path / "asking.toml"
    path.write_text(ASKING, encoding="utf-8")
    async with on_stage(ada=('Hm.\n!note "well"', "Again."), template=str(path), size=(120, 30)) as stage:
        await stage.press("P")
        await stage.sees("Worlds, and what agents may ask for", "① Mara · what it may ask for by itself", "② Jonas")
        await stage.sees("invite              ? asked for   ask somebody new to join", "note                ✓ allowed")
        assert "whisper" not in stage.text
        await stage.press("down", "d")
        await stage.sees("note                ✗ denied")
        assert stage.state.agents[1].permissions == {"note": "deny"}
        assert stage.state.agents[2].permissions == {}
        await stage.press("escape", "n")
        await stage.sees('Not done: !note "well"')
        assert not stage.state.requests.standing


async def test_where_agents_may_ask_for_nothing_and_no_world_is_there_it_says_so(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("P")
        await stage.sees("There is no world at this table")


async def test_worlds_stand_before_what_agents_may_ask_for_and_are_marked_first(
    on_stage: OnStage, tmp_path: Path
) -> None:
    path = tmp_path / "asking.toml"
    path.write_text(f'{ASKING}[[agents]]\nname = "CLI"\nworld = "exos"\n', encoding="utf-8")
    async with on_stage(template=str(path), size=(120, 40)) as stage:
        await stage.press("P")
        await stage.sees("Worlds, and what agents may ask for", "▸   notes", "② Jonas · what it may ask for by itself")
        assert stage.text.index("③ CLI · world exos") < stage.text.index("① Mara · what it may ask for")
