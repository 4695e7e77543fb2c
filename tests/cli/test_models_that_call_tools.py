"""A model behind an OpenAI-compatible server calls tools, and the built-in world answers."""

import json
from itertools import pairwise
from typing import Any

from tests.cli.conftest import CommandLine
from tests.misbehaving import MisbehavingServer, Recorded, Reply

TEMPLATE = """
[template]
title = "Tools"
description = "A model that calls tools explores the built-in world."

[[agents]]
name = "Ada"
system = "You keep notes."
model = "house/m"
tools = true

[[agents]]
name = "CLI"
world = "exos"
environments = ["notes", "dice", "clock"]
"""
CALLS = [
    Reply("I write it down.", calls=(("notes_create", '{"title": "Rain", "text": "it rains\\nall \\"day\\""}'),)),
    Reply("", calls=(("notes_list", "{}"), ("notes_read", '{"number": 1}'))),
    Reply("", calls=(("notes_read", '{"number": '),)),
    Reply("", calls=(("dice_roll", '{"dice": "2d6"}'),)),
]


def spoken(request: Recorded) -> int:
    return sum(message["role"] == "assistant" for message in request.json["messages"])


def house(request: Recorded) -> Reply:
    return CALLS[spoken(request) % len(CALLS)]


def run(backrooms: CommandLine, server: MisbehavingServer, *words: str) -> list[dict[str, Any]]:
    backrooms.configure(f'[endpoints.house]\nbase_url = "{server.openai_url}"\nmodels = ["m"]\n')
    path = backrooms.folder / "tools.toml"
    path.write_text(TEMPLATE, "utf-8")
    ran = backrooms("run", str(path), "--format", "jsonl", *words)
    return ran.events()


def ends(events: list[dict[str, Any]], seat: int) -> list[dict[str, Any]]:
    return [event for event in events if event["kind"] == "turn_ended" and event["agent"] == seat]


def test_calls_are_commands_that_the_world_answers(backrooms: CommandLine) -> None:
    with MisbehavingServer(house) as server:
        events = run(backrooms, server, "--max-turns", "8", "--deny", "dice")
        requests = [request.json for request in server.requests if request.path.endswith("completions")]
    said, screens = ends(events, 1), ends(events, 2)
    assert said[0]["text"].splitlines()[0] == "I write it down."
    assert screens[0]["exchanges"][0]["outcome"] == "done"
    assert screens[0]["exchanges"][0]["name"] == "notes.create"
    assert [one["name"] for one in screens[1]["exchanges"]] == ["notes.list", "notes.read"]
    assert 'it rains\nall "day"' in screens[1]["text"]
    # What the model wrote badly is answered, and what is denied neither offered nor done.
    assert said[2]["text"] == 'notes_read {"number":'
    assert screens[2]["exchanges"][0]["outcome"] != "done"
    names = [tool["function"]["name"] for tool in requests[0]["tools"]]
    assert "notes_create" in names
    assert not [name for name in names if name.startswith("dice")]
    assert screens[3]["exchanges"][0]["outcome"] in ("denied", "unknown")
    # The past is plain text, and each request begins with the one before it.
    assert all(set(message) == {"role", "content"} for request in requests for message in request["messages"])
    for before, after in pairwise(requests):
        assert after["messages"][: len(before["messages"])] == before["messages"]
        assert after["tools"] == before["tools"]


def test_a_replay_shows_the_same(backrooms: CommandLine) -> None:
    with MisbehavingServer(house) as server:
        events = run(backrooms, server, "--max-turns", "4")
        asked = len(server.requests)
        session = next(event["session"] for event in events if event["kind"] == "session_opened")
        again = backrooms("replay", session, "--format", "jsonl").events()
        assert len(server.requests) == asked
    assert [event["text"] for event in ends(again, 2)] == [event["text"] for event in ends(events, 2)]
    assert [event["kind"] for event in again if event["kind"] == "tools_given"] == ["tools_given"]
    text = backrooms("replay", session, "--format", "text").out
    assert "notes create" in text


def test_a_server_that_refuses_tools_is_asked_without_them(backrooms: CommandLine) -> None:
    def refusing(request: Recorded) -> Reply:
        if "tools" in request.json:
            return Reply.refusing(400, "tools are not supported by this model")
        return Reply("notes create Rain")

    with MisbehavingServer(refusing) as server:
        events = run(backrooms, server, "--max-turns", "4")
    omitted = [(event["name"], event["why"]) for event in events if event["kind"] == "parameter_omitted"]
    assert omitted == [("tools", "tools are not supported by this model")]
    assert [one["name"] for end in ends(events, 2) for one in end["exchanges"]] == ["notes.create"] * 2
    assert json.dumps(events[-1])
