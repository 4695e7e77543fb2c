"""Whatever an agent writes after the name of a tool is read as arguments, or said to be wrong, and nothing else."""

import json
import random
import time
from contextlib import suppress
from typing import Any

import pytest

from backrooms_tui.worlds.tools.arguments import Wrong, arguments_of
from backrooms_tui.worlds.tools.naming import called
from backrooms_tui.worlds.tools.reading import said_in
from tests.hostile import HOSTILE

PLACE = {"type": "object", "properties": {"x": {"type": "integer"}, "tags": {"type": "array"}}}
SCHEMAS: list[dict[str, Any]] = [
    {"type": "object"},
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
            "share": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "on": {"type": "boolean"},
            "how": {"enum": ["fast", "slow"]},
            "places": {"type": "array", "items": {"$ref": "#/$defs/place"}},
        },
        "required": ["count"],
        "additionalProperties": False,
        "$defs": {"place": PLACE},
    },
]
PIECES = (
    *(
        "count",
        "share",
        "on",
        "how",
        "places",
        "text",
        "shade",
        "tool",
        "--",
        "=",
        ":",
        " ",
        "  ",
        "\n",
        ",",
        "1",
        "-2.5",
    ),
    *(
        "true",
        "null",
        "fast",
        '"',
        "'",
        "“",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\\",
        "```",
        "$ ",
        "> ",
        "`",
        "é",
        "\0",
        "\ud800",
    ),
    *('{"count": 3}', "x=1", "http://a:b/c?d=e", "1e999", "9" * 50, "."),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3", {"count": 3}),
        ("count=3 share=none on=off how=SLOW", {"count": 3, "share": None, "on": False, "how": "slow"}),
        ("count=3 share=0.5", {"count": 3, "share": 0.5}),
        ("3 --on --how fast", {"count": 3, "on": True, "how": "fast"}),
        ("--on 3", {"on": True, "count": 3}),
        ('count: 3, places: [{"x": "1"}]', {"count": 3, "places": [{"x": 1}]}),
        ('{"count": NaN}', None),
        ("{1, 2}", None),
        ('(count=3, places=[{"x": "1", "tags": ["a", "b"]}])', {"count": 3, "places": [{"x": 1, "tags": ["a", "b"]}]}),
        ("{'count': 3.0, 'on': True,}", {"count": 3, "on": True}),
        ('{"count": "7"}', {"count": 7}),
    ],
)
def test_values_become_what_the_schema_wants(text: str, found: dict[str, Any] | None) -> None:
    if found is None:
        with pytest.raises(Wrong):
            arguments_of(SCHEMAS[2], text)
    else:
        assert arguments_of(SCHEMAS[2], text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the far door", "the far door"),
        ('"the far door"', "the far door"),
        ("text=the far door = open", "the far door = open"),
        ("http://a:b/c?d=e", "http://a:b/c?d=e"),
        ("it said: hello, 'world'", "it said: hello, 'world'"),
        ('text="two\nlines"', "two\nlines"),
    ],
)
def test_a_tool_that_takes_one_text_takes_all_of_it(text: str, found: str) -> None:
    assert arguments_of(SCHEMAS[1], text) == {"text": found}


def test_nothing_else_comes_of_any_text() -> None:
    rng = random.Random(7)
    told: set[str] = set()
    texts = [*HOSTILE, *("".join(rng.choices(PIECES, k=rng.randint(0, 14))) for _ in range(3_000))]
    for text in texts:
        for call in said_in(f"tool {text}", ("tool", "help", "a tool")).calls:
            assert call.word in ("tool", "help", "a tool", "resources", "read", "prompts")
        for schema in SCHEMAS:
            try:
                json.dumps(arguments_of(schema, text))
            except Wrong as wrong:
                told.update(wrong.lines)
    assert all(told)


@pytest.mark.parametrize(
    "text", ["{" * 20_000, "[" * 20_000, '"' * 20_000, "a=" * 20_000, "count=[" * 5_000, "(" * 20_000]
)
def test_long_nonsense_takes_no_time(text: str) -> None:
    began = time.monotonic()
    for schema in SCHEMAS:
        with suppress(Wrong):
            arguments_of(schema, text)
    assert time.monotonic() - began < 2


def test_names_are_as_models_may_be_told_them_and_each_is_one() -> None:
    names = called(["a b", "a.b", "a/b", "x" * 80, "x" * 90, "é", ""])
    assert list(names.values()) == ["a b", "a.b", "a/b", "x" * 80, "x" * 90, "é", ""]
    assert list(names)[:3] == ["a_b", "a_b_2", "a_b_3"]
    assert all(len(name) <= 64 for name in names)
