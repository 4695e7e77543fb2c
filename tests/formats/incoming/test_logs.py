"""Logs of other tools become sessions: every word of them, who said it, and when, as far as the file says."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backrooms_tui.session.events import AnyEvent, Delta, TurnEnded
from backrooms_tui.session.state import NoticeEntry, SessionState, WordEntry
from backrooms_tui.session.trouble import OperatorError
from tests.formats.incoming.conftest import KINDS, SAMPLES, events_of, folded, read, said

Write = Callable[..., Path]
LOGS = [name for name, kind in KINDS.items() if kind.startswith(("log", "page", "conversation"))]


def _clock(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def _models(state: SessionState) -> list[str]:
    assert state.setup is not None
    return [agent.model for agent in state.setup.agents]


@pytest.mark.parametrize("name", LOGS)
def test_it_can_be_replayed_word_by_word(name: str) -> None:
    events = events_of(read(SAMPLES / name))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    times = [event.at for event in events]
    assert times == sorted(times)
    streamed: dict[int, str] = {}
    for event in events:
        if isinstance(event, Delta):
            streamed[event.turn] = streamed.get(event.turn, "") + event.text
        elif isinstance(event, TurnEnded):
            assert streamed[event.turn] == event.text


def test_a_log_of_universal_backrooms() -> None:
    reading = read(SAMPLES / "opus_gpt4o_lighthouse_20250314_213005.txt")
    events = events_of(reading)
    state = folded(events)
    assert said(state)[:2] == [
        ("Claude 1", "ls -la\ncat logbook.txt"),
        (
            "GPT4o 2",
            "total 3\n-rw-r--r--  keeper  logbook.txt\n-rwx------  keeper  lamp\n\nDay 11:\n"
            "fog since morning. nobody called.\n\n### Notes ###\nthe lamp answers if asked politely",
        ),
    ]
    assert said(state)[-1] == ("Claude 1", "# enough for tonight\n^C^C")
    assert _models(state) == ["opus", "gpt4o"]
    assert state.setup is not None
    assert state.setup.template == "lighthouse"
    assert state.setup.rules.stop == ("^C^C",)
    assert _clock(state.started) == "2025-03-14 21:30:05"
    assert state.ended is not None
    assert (state.ended.reason, state.ended.detail) == ("stop", "Claude 1 has ended the conversation with ^C^C.")
    assert "line 14: “### Notes ###” was taken for a part of what GPT4o 2 said" in reading.notes.sentences


def test_an_older_log_of_universal_backrooms() -> None:
    reading = read(SAMPLES / "sonnet_opus_harbour_master_20240702_080910.txt")
    state = folded(events_of(reading))
    assert said(state) == [
        ("Claude 1", "Who keeps the harbour when the master sleeps?"),
        ("Claude 2", "Three things keep it.\n\nStep 1:\nThe tide, which is never late."),
        ("Claude 1", "And the other two?"),
        ("Claude 2", "The rope.\nThe silence between two bells."),
    ]
    assert _models(state) == ["sonnet", "opus"]
    assert state.setup is not None
    assert state.setup.template == "harbour_master"
    assert state.ended is not None
    assert state.ended.reason == "max_turns"


@pytest.mark.parametrize("line", ["### {} ###", "{}:"])
def test_a_seat_that_is_a_command_line(line: str, written: Write) -> None:
    turns = [("Claude 1", "help"), ("CLI", "exOS v0.5\n\nCommand: help"), ("Claude 1", "notes"), ("CLI", "none")]
    text = "".join(f"\n{line.format(name)}\n{words}\n" for name, words in turns)
    state = folded(events_of(read(written("opus_cli_world_20250101_000000.txt", text))))
    assert said(state) == turns
    assert _models(state) == ["opus", "cli"]
    assert state.ended is None


def test_three_actors_and_a_name_that_says_nothing(written: Write) -> None:
    turns = [(name, f"{name} says {number}") for number in range(3) for name in ("Claude 1", "O1 2", "Mini 3")]
    text = "".join(f"\n### {name} ###\n{words}\n" for name, words in turns)
    reading = read(written("kept.txt", text))
    state = folded(events_of(reading))
    assert said(state) == turns
    assert _models(state) == ["Claude", "O1", "Mini"]
    assert "the name of the file does not say which models spoke" in reading.notes.sentences


def test_agents_by_their_names_and_the_operator_between_them(written: Write) -> None:
    """As our own export in this layout has them."""
    turns = [("Ada", "Good morning."), ("Operator", "Speak up."), ("Ben", "GOOD MORNING"), ("Ada", "…")]
    text = "".join(f"\n### {name} ###\n{words}\n" for name, words in turns)
    state = folded(events_of(read(written("x_y_duo_20260102_030405.txt", text))))
    assert said(state) == [("Ada", "Good morning."), ("Ben", "GOOD MORNING"), ("Ada", "…")]
    assert [entry.text for entry in state.entries if isinstance(entry, WordEntry)] == ["Speak up."]


def test_a_log_of_llm_conversation() -> None:
    state = folded(events_of(read(SAMPLES / "llm_conversation_log.json")))
    assert said(state) == [
        ("Petra", "This one runs backwards."),
        ("Quentin", "Then it is later than we think.\n\nOr earlier – “never mind”."),
        ("Petra", "I will wind it 🕰 the other way."),
    ]
    assert state.setup is not None
    petra = state.setup.agent(1)
    assert (petra.model, petra.system) == ("ollama/llama3.2:3b", "You repair clocks.")
    assert petra.params == {"temperature": 0.6, "context": 4096}


def test_its_agents_may_come_last_or_be_missing(written: Write) -> None:
    talk, agents = '[{"agent": "X", "content": "hm", "mood": 1}]', '[{"name": "Y", "model": "m"}]'
    reading = read(written("log.json", f'{{"conversation": {talk}, "agents": {agents}, "v": 2}}'))
    state = folded(events_of(reading))
    assert said(state) == [("X", "hm")]
    assert [agent.name for agent in state.agents.values()] == ["Y", "X"]
    left = " ".join(reading.unplaced.sentences)
    assert "'X' speaks, and is not among the agents" in left
    assert "'mood' of a turn" in left
    assert "'v' of the file" in left


def test_a_page_of_liminal_backrooms() -> None:
    reading = read(SAMPLES / "conversation_full.html")
    state = folded(events_of(reading))
    assert said(state) == [
        ("AI-1", "I would, if it were not painted.\nIs it <shut> & dry?\nif shut:\n    knock()"),
        ("AI-2", "It is dry.\nI painted it myself."),
        ("AI-1", "Then whose hand is on the other side?"),
    ]
    assert _models(state) == ["Gannet Large", "Petrel Mini"]
    words = [entry.text for entry in state.entries if isinstance(entry, WordEntry)]
    assert words == ["Who opens the window?"]
    notices = [entry.text for entry in state.entries if isinstance(entry, NoticeEntry)]
    assert notices == ["AI-2 lowered its temperature"]
    ends = [_clock(turn.at) for turn in state.turns.values()]
    assert ends == ["2025-06-01 20:15:21", "2025-06-01 20:15:48", "2025-06-01 20:16:10"]
    assert reading.unplaced.sentences == ("line 28: an image in a message",)


def test_a_conversation_of_infinite_backrooms() -> None:
    reading = read(SAMPLES / "conversation_1711130203_scenario_greenhouse.txt")
    state = folded(events_of(reading))
    assert said(state) == [
        ("gardener", "open"),
        ("greenhouse", "The door is <open>. It always was.\n\n<nobody-here>\nA leaf turns towards you."),
        ("gardener", "walk in"),
    ]
    assert state.started == 1711130203
    assert state.setup is not None
    gardener, greenhouse = state.setup.agents
    assert gardener.system == "You have the key.\nIt does not fit."
    assert [(message.role, message.text) for message in gardener.history] == [
        ("user", "[the glass fogs]"),
        ("assistant", "hello?"),
    ]
    assert (gardener.params, greenhouse.params) == ({"temperature": 1.0}, {"temperature": 0.7})
    assert gardener.model == "claude-3-opus-20240229"


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("l.json", '{"conversation": [\n{"agent": "A", "content": "hel', "l.json:2: a text has no end"),
        ("l.json", '{"conversation": [{"agent": "A", "content": "x"}\n', "l.json:2: the file ends in the middle"),
        ("l.json", '{"conversation": [{"agent": "A", "content": "x"},\n{"agent": "A"}]}', "l.json:2: is not a turn"),
        ("l.json", '{"conversation": [\n\n{"agent": 3, "content": "x"}]}', "l.json:3: is not a turn"),
        ("l.json", '{"conversation": []}', "holds no turn"),
        ("l.json", '{"conversation": [' + "[" * 100_000, "nested too deeply|a turn|no end|ends in the middle"),
        ("p.html", '<html><div class="message assistant">\n<div class="content">text', "p.html:1: the page ends"),
        ("p.html", '<html><style>.ai-name {}</style>', "holds no turn"),
        ("i.txt", "actors: a, b\nmodels: m\n\n<a-n>\nhi\n", "i.txt:4: .* is nobody of the actors"),
        ("i.txt", "actors: a, b, c\nmodels: m, n\n<a-m>\nhi\n", "names 3 actors and 2 models"),
        ("i.txt", "actors: a\nmodels: m\n<a-m#CONTEXT>\n[{\n<a-m>\nhi\n", "i.txt:3: the context below is not JSON"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_place_and_a_cure(name: str, content: str, what: str, written: Write) -> None:
    with pytest.raises(OperatorError, match=what) as wrong:
        events_of(read(written(name, content)))
    assert name in wrong.value.what
    assert wrong.value.cure


def _pace(events: list[AnyEvent]) -> float:
    return events[-1].at - events[0].at


def test_a_made_up_pace_is_one_that_can_be_read_along_and_never_in_the_future(written: Write) -> None:
    text = "".join(f"\n### Claude {turn % 2 + 1} ###\n{'word ' * 100}\n" for turn in range(400))
    path = written("kept.txt", text)
    events = events_of(read(path))
    assert events[-1].at <= path.stat().st_mtime
    assert _pace(events[:40]) > 5
