"""A session with a world, handed on: its screens are screens, and what did not run is said."""

import json

import pytest

from backrooms_tui.assembly.files.fine_tuning import write_chat
from backrooms_tui.assembly.measuring import measured
from backrooms_tui.experiments.figures import figures_of
from backrooms_tui.formats.outgoing.html import write_html
from backrooms_tui.formats.outgoing.jsonl import write_jsonl
from backrooms_tui.formats.outgoing.markdown import write_markdown
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.formats.outgoing.universal_backrooms import write_universal_backrooms
from backrooms_tui.judging.matter import matter_of
from backrooms_tui.judging.showing import show
from backrooms_tui.session.codec import event_from_json
from backrooms_tui.session.events import (
    Delta,
    PermissionAsked,
    PermissionDecided,
    PermissionsChanged,
    SessionOpened,
    TurnEdited,
    TurnEnded,
    TurnStarted,
)
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange, WorldSetup
from tests.formats.outgoing.evenings import STORABLE, record_of, written
from tests.store.scripts import Script

NAMES = {1: "Ada", 2: "Desk"}


class Evening(Script):
    """Ada gives commands, and Desk answers."""

    def __init__(self) -> None:
        super().__init__("abcdefgh")
        agents = (
            AgentSetup(1, "Ada", "scripted/ada.txt", system="You explore."),
            AgentSetup(2, "Desk", "world/exos", kind="world", guard=False, world=WorldSetup()),
        )
        self.add(SessionOpened, session=self.session, setup=Setup("A desk", "desk", agents))

    def say_turn(self, seat: int, text: str, *exchanges: Exchange) -> "Evening":
        """A whole turn."""
        self.turn += 1
        self.add(TurnStarted, turn=self.turn, agent=seat, name=NAMES[seat], attempt=1, model="m")
        self.add(Delta, turn=self.turn, agent=seat, channel="text", text=text)
        self.add(
            TurnEnded, turn=self.turn, agent=seat, name=NAMES[seat], attempt=1, text=text, reasoning="",
            stop_reason="end", usage=Usage(), cost=0.0, timings=Timings(0.0, 0.0), exchanges=exchanges,
        )  # fmt: skip
        return self

    def answer(self, command: str, screen: str, outcome: str = "done") -> "Evening":
        """A command, and its screen."""
        self.say_turn(1, command)
        change = {"do": "create", "number": 1, "title": "A ``` fence"}
        done = Exchange(1, self.turn, command, "notes.create", outcome, screen, "notes", (change,))  # type: ignore[arg-type]
        return self.say_turn(2, screen, done)


def _evening() -> Evening:
    evening = Evening().answer("notes create A", "Command: notes create A\n\n# kept\n```\n*1*")
    asked = {"agent": 2, "by": 1, "name": "web.open", "command": "web open x"}
    evening.add(PermissionAsked, turn=4, reach="x", **asked)
    evening.add(PermissionDecided, decision="deny", word="no", **asked)
    evening.add(PermissionsChanged, agent=2, permissions={"web": "deny"})
    return evening.answer("web open x", "The operator does not allow it.", "denied")


def _record() -> Record:
    return record_of(_evening().events, "A desk")


def test_markdown_has_screens_as_blocks_of_code_under_their_commands() -> None:
    text = written(write_markdown, _record())
    assert "**$ notes create A**" in text.replace("\\", "")
    assert "````text\nCommand: notes create A\n\n# kept\n```\n*1*\n````" in text
    assert "**$ web open x · denied**" in text.replace("\\", "")
    assert text.count("\n## ") == 4


def test_a_page_has_screens_as_screens_and_says_what_was_denied() -> None:
    page = written(write_html, _record())
    said = page.partition('id="said"')[2].partition(">")[2].partition("</script>")[0]
    turns = [one for one in json.loads(said) if one["k"] == "turn"]
    assert [one.get("screen", False) for one in turns] == [False, True, False, True]
    assert "$ web open x · denied" in turns[3]["about"]


def test_a_screen_that_the_operator_changed_says_what_stands_there_now() -> None:
    evening = _evening()
    evening.add(TurnEdited, turn=2, text="nothing at all")
    text = written(write_markdown, record_of(evening.events))
    assert "```text\nnothing at all\n```" in text
    assert "# kept" not in text


def test_the_log_of_universal_backrooms_calls_it_cli() -> None:
    log = written(write_universal_backrooms, _record())
    assert [line for line in log.splitlines() if line.startswith("### ")] == ["### Ada ###", "### CLI ###"] * 2


def test_screens_are_what_a_chat_for_fine_tuning_hears() -> None:
    messages = json.loads(written(write_chat, _record()))["messages"]
    assert [(one["role"], one["content"].splitlines()[0]) for one in messages] == [
        ("system", "You explore."),
        ("user", messages[1]["content"].splitlines()[0]),
        ("assistant", "notes create A"),
        ("user", "Command: notes create A"),
        ("assistant", "web open x"),
    ]
    with pytest.raises(OperatorError, match="Desk is a world"):
        written(write_chat, _record(), agent="Desk")


def test_json_lines_hold_exchanges_and_permissions_and_come_back_the_same() -> None:
    lines = written(write_jsonl, _record()).rstrip("\n").split("\n")
    assert [event_from_json(line) for line in lines] == _evening().events


@pytest.mark.parametrize("hostile", STORABLE)
def test_hostile_screens_and_commands_break_no_file(hostile: str) -> None:
    evening = Evening().answer(hostile, hostile, "failed")
    text = written(write_markdown, record_of(evening.events))
    assert len([line for line in text.splitlines() if line.startswith("## ")]) == 2
    assert "\x1b" not in text + written(write_html, record_of(evening.events))
    lines = written(write_jsonl, record_of(evening.events)).rstrip("\n").split("\n")
    assert [event_from_json(line) for line in lines] == evening.events


def test_a_judge_sees_commands_and_screens_and_judges_no_world() -> None:
    shown = show(matter_of(_evening().events, councils=False), (1, 2), hidden=False, room=10_000)
    assert "> notes create A" in shown.text
    assert "> # kept" in shown.text
    assert "a world, which answers commands" in shown.text
    assert shown.spoke == {1}
    assert shown.worlds == {2}


def test_figures_leave_worlds_out() -> None:
    state = SessionState()
    for event in _evening().events:
        apply(state, event)
    assert [one.agent for one in measured(state)] == [1, 1]
    assert figures_of(state).values["words_a_turn"] == 3.0
