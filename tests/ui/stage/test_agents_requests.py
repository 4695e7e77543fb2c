"""What agents ask for by themselves, as the operator sees it and undoes it."""

from pathlib import Path

import pytest

from tests.ui.stage.conftest import OnStage

ASKING = """
[template]
title = "Asking"
[[agents]]
name = "Mara"
[[agents]]
name = "Jonas"
[rules.requests]
whisper = "allow"
note = "allow"
leave = "ask"
"""


@pytest.fixture
def asking(tmp_path: Path) -> str:
    path = tmp_path / "asking.toml"
    path.write_text(ASKING, encoding="utf-8")
    return str(path)


async def test_a_whisper_and_a_note_are_in_the_timeline_and_undone_one_after_the_other(
    on_stage: OnStage, asking: str
) -> None:
    ada = ('Hello.\n!whisper Jonas "psst"\n!note "well"', "Again.")
    async with on_stage(ada=ada, template=asking, size=(160, 40)) as stage:
        await stage.steps(1)
        await stage.sees("① whispers to ②", "Mara notes: well")
        await stage.press("U")
        await stage.sees("✗ Mara notes: well", "undone, of Mara: !note")
        await stage.press("U")
        await stage.sees("✗ ① whispers to ②")
        assert stage.state.requests.standing == {}
        await stage.press("U")
        await stage.sees("no agent has asked for anything")


async def test_what_an_agent_asks_for_is_put_before_the_operator(on_stage: OnStage, asking: str) -> None:
    async with on_stage(ada=("Hello.\n!leave", "Again."), template=asking) as stage:
        await stage.press("n")
        await stage.until(lambda: stage.conversation.asked is not None)
        await stage.sees("!leave", "Mara asks for leave")
        stage.conversation.decide("deny", "stay")
        await stage.until(lambda: stage.conversation.asked is None)


async def test_what_an_agent_was_allowed_for_the_session_is_listed_and_asked_for_again(
    on_stage: OnStage, tmp_path: Path
) -> None:
    path = tmp_path / "noting.toml"
    path.write_text(ASKING.replace('note = "allow"', 'note = "ask"'), encoding="utf-8")
    async with on_stage(ada=('Hm.\n!note "well"', "Again."), template=str(path), size=(120, 30)) as stage:
        await stage.press("n")
        await stage.until(lambda: stage.conversation.asked is not None)
        stage.conversation.decide("session")
        await stage.press("P")
        await stage.sees("Worlds, and what agents may ask for", "① Mara · what it may ask for by itself")
        await stage.sees("note                ✓ allowed", "when you were asked · s asks again")
        while "▸   note " not in stage.text:
            await stage.press("down")
            await stage.pilot.pause()
        await stage.press("s")
        await stage.sees("note                ? asked for")
        assert stage.state.agents[1].permissions == {"note": "ask"}
