"""A world's pane is a screen: as it came, its commands marked, who is answered named, what went wrong told in words."""

from backrooms_tui.session.state import TurnEntry
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange, Outcome
from backrooms_tui.ui.screens.stage.change_seat import ChangeSeat
from backrooms_tui.ui.widgets.drawing import Manner, rows_of
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.screens import Seated
from tests.ui.worlds.asked import outcomes
from tests.ui.worlds.conftest import Explored, OnReplay, OnStage

SEATS = {1: Seated("Ada", False), 2: Seated("CLI", True), 3: Seated("Bo", False)}


def one(
    by: int = 1, command: str = "notes list", screen: str = "", outcome: Outcome = "done", name: str = "notes.list"
) -> Exchange:
    return Exchange(
        by, 1, command, name if command else "", outcome, screen or f"exOS v0.5\nCommand: {command}\n\nNotes"
    )


def turn(*exchanges: Exchange, text: str | None = None) -> TurnEntry:
    said = "\n\n".join(each.screen for each in exchanges) if text is None else text
    return TurnEntry(2, 2, "CLI", said, "", "end", Usage(), 0.0, Timings(), "world/exos", 0.0, exchanges=exchanges)


def texts(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row.pieces).rstrip() for row in rows]


def marked(rows: list[Row]) -> list[str]:
    return [text for row in rows for text, tone in row.pieces if tone == "command"]


def whole(entry: TurnEntry, width: int = 60) -> list[Row]:
    return rows_of(entry, Manner(width, marks=False, seats=SEATS))


def line(entry: TurnEntry, width: int = 80) -> str:
    return texts(rows_of(entry, Manner(width, compact=True, seats=SEATS)))[0].strip()


def test_a_screen_stands_as_it_came() -> None:
    screen = "exOS v0.5\nCommand: notes read 1\n\n# not a heading\n* not a *bullet*\n```\n  indented"
    rows = whole(turn(one(command="notes read 1", screen=screen)))
    assert texts(rows)[1:] == screen.split("\n")
    assert marked(rows) == ["Command: notes read 1"]
    assert {tone for row in rows[1:] for _, tone in row.pieces} == {"screen", "command"}
    assert {row.fill for row in rows[1:]} == {"screen"}


def test_only_what_was_commanded_looks_so() -> None:
    forged = "exOS v0.5\nCommand: notes read 1\n\nCommand: files rm /\n[Bo]"
    assert marked(whole(turn(one(command="notes read 1", screen=forged)))) == ["Command: notes read 1"]


def test_who_is_answered_is_named() -> None:
    assert "turn 2 · answers ① Ada " in texts(whole(turn(one())))[0]
    both = turn(one(), one(3), text="[Ada]\nNotes\n\n[Bo]\nNotes")
    rows = whole(both)
    assert "answers ① Ada, ③ Bo" in texts(rows)[0]
    assert marked(rows) == ["[Ada]", "[Bo]"]
    assert "answers the operator" in texts(whole(turn(one(0))))[0]
    # A greeting answers nobody.
    assert "answers" not in texts(whole(turn(one(0, command="", screen="exOS v0.5"))))[0]


def test_in_the_timeline_stand_the_command_and_the_first_words_of_its_answer() -> None:
    assert line(turn(one())) == "2 ② $ notes list → Notes"
    two = turn(one(), one(command="dice roll", screen="Command: dice roll\n\nA five"))
    assert line(two) == "2 ② $ notes list → Notes · $ dice roll → A five"
    unknown = turn(one(command="hello there", screen="exOS\n\nNo command", outcome="unknown"))
    assert line(unknown) == "2 ② ? hello there → No command"
    assert line(turn(one(0, command="", screen="exOS v0.5\nTime: now\n\nWelcome."))) == "2 ② Welcome."


def test_what_did_not_run_is_told_in_words() -> None:
    for outcome, word in (("denied", "denied"), ("failed", "failed"), ("timed_out", "timed out")):
        entry = turn(one(outcome=outcome))  # type: ignore[arg-type]
        assert f"✗ {word} $ notes list" in line(entry)
        assert texts(whole(entry))[-1] == f"— {word}: notes list"
    assert not any(text.startswith("—") for text in texts(whole(turn(one()))))


def test_hostile_commands_and_screens_are_harmless() -> None:
    hostile = "\x1b]52;c;AAAA\x07[bold]x[/]\u202e\x9b2J\ttab\r\nline"
    entry = turn(one(command=hostile, screen=hostile, outcome="failed"), one(3, command="\n\n \n", screen=""))
    for rows in (whole(entry, 20), whole(entry, 1), rows_of(entry, Manner(30, compact=True, seats={}))):
        told = "\n".join(texts(rows))
        assert not set(told) & set("\x1b\x07\u202e\x9b\r")


async def test_a_pane_of_a_world_says_what_it_is_and_counts_commands(on_stage: OnStage) -> None:
    async with on_stage("clock now", "dice roll", permissions='dice = "deny"') as stage:
        await stage.steps(4)
        await stage.sees("② CLI · world exos", "2 commands · 1 denied", "turn 2 · answers ① Ada", "Command: clock now")
        assert outcomes(stage) == ["done", "denied"]
        assert "tokens" not in stage.text.rpartition("2 commands")[2]
        await stage.press("r")
        await stage.until(lambda: outcomes(stage) == ["done", "denied"] and stage.state.revision)
        await stage.sees("2 commands · 1 denied")


async def test_on_a_narrow_screen_it_has_a_tab(on_stage: OnStage) -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.steps(2)
        await stage.sees("① Ada", "[② CLI]", "┏━ ② CLI · world exos", "Command: clock now", "1 command")


async def test_a_replay_shows_the_same(explored: Explored, on_replay: OnReplay) -> None:
    session = await explored("clock now", "dice roll", permissions='dice = "deny"')
    async with on_replay(session, 4) as replay:
        await replay.sees(
            "② CLI · world exos", "answers ① Ada", "Command: clock now", "✗ denied $ dice", "— denied: dice roll"
        )
        await replay.sees("2 commands · 1 denied")


async def test_a_whisper_to_a_world_is_a_command(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("w")
        await stage.sees("Whisper to", "② CLI")
        await stage.press("2")
        await stage.sees("Command to ② CLI ▸")
        await stage.write("clock now")
        await stage.press("enter")
        await stage.until(lambda: stage.state.entries and stage.state.entries[-1].text == "clock now")
        await stage.steps(2)
        assert stage.state.turns[2].exchanges[0].by == 0
        await stage.sees("answers the operator")


async def test_no_model_takes_the_seat_of_a_world_and_no_world_that_of_a_model(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("m")
        await stage.sees("Change which seat?")
        await stage.press("2")
        await stage.sees("CLI is a world, and no model can sit there")
        await stage.press("m")
        await stage.sees("Change which seat?")
        await stage.press("1")
        await stage.until(lambda: isinstance(stage.app.screen, ChangeSeat))
        await stage.until(lambda: stage.app.screen.query_one("#seat-model").has_focus)
        field = stage.app.screen.query_one("#seat-model")
        field.value = "cli"  # type: ignore[attr-defined]
        await stage.sees("cli is a world, and an agent sits here")
        await stage.press("enter")
        await stage.sees("cli is a world, and an agent sits here")


async def test_a_world_joins_while_they_talk(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("a")
        await stage.sees("enter speaks next")
        await stage.press("n")
        await stage.sees("Somebody new joins")
        await stage.write("Shell")
        field = stage.app.screen.query_one("#agent-model")
        field.value = "cli"  # type: ignore[attr-defined]
        await stage.press("enter")
        await stage.until(lambda: 3 in stage.state.agents)
        assert stage.state.agents[3].is_world
        await stage.press("escape")
        await stage.steps(3)
        assert stage.state.turns[3].agent == 3
        assert stage.state.turns[3].exchanges[0].command == "clock now"
        await stage.sees("③ Shell · world exos")
