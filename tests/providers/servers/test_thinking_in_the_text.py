"""Reasoning that a model writes into its reply comes out as reasoning, wherever the stream is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.providers.servers.dialects import DIALECTS
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.providers.thinking_tags import ThinkingTags
from tests.misbehaving import MisbehavingServer, Reply
from tests.providers.servers.talking import ask, turn_of


def parted(pieces: list[str]) -> tuple[str, str]:
    """Reasoning and text of a reply that comes in `pieces`."""
    tags = ThinkingTags()
    parts = [part for piece in pieces for part in tags.feed(piece)] + tags.flush()
    assert all(text for _, text in parts)
    return "".join(text for kind, text in parts if kind == "reasoning"), "".join(
        text for kind, text in parts if kind == "text"
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("<think>Hm.</think>Yes.", ("Hm.", "Yes.")),
        ("\n<think>\nHm < 3 </thin\n</think>\n\nYes.", ("\nHm < 3 </thin\n", "Yes.")),
        ("<think></think>Yes.", ("", "Yes.")),
        ("<think>never ends", ("never ends", "")),
        ("Yes. <think>no</think>", ("", "Yes. <think>no</think>")),
        ("<thinking>no</thinking>", ("", "<thinking>no</thinking>")),
        ("<thin", ("", "<thin")),
        ("", ("", "")),
    ],
)
def test_only_tags_at_the_beginning_count(reply: str, expected: tuple[str, str]) -> None:
    assert parted([reply]) == expected
    assert parted(list(reply)) == expected


@given(st.text(alphabet="<>/think ab\n", max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_where_the_stream_is_cut_changes_nothing(tail: str, cuts: list[int]) -> None:
    for reply in (tail, f"<think>{tail}", f"<think>{tail}</think>{tail}"):
        places = sorted({0, len(reply), *(cut for cut in cuts if cut < len(reply))})
        pieces = [reply[begin:end] for begin, end in pairwise(places)]
        assert parted(pieces) == parted([reply])


async def test_a_compatible_servers_thoughts_are_kept_apart(misbehaving: MisbehavingServer) -> None:
    provider = OpenAIProvider("x", api_key="", base_url=misbehaving.openai_url, dialect=DIALECTS["generic"])
    misbehaving.script(Reply("<think>What would a friend say?</think> Come in."))
    turn = await turn_of(provider, ask(provider, model="m"))
    assert (turn.reasoning, turn.text) == ("What would a friend say?", "Come in.")
    await provider.aclose()


async def test_reasoning_comes_from_whichever_field_and_shape(misbehaving: MisbehavingServer) -> None:
    provider = OpenAIProvider("x", api_key="", base_url=misbehaving.openai_url, dialect=DIALECTS["openrouter"])
    raw = (
        'data: {"choices": [{"delta": {"reasoning": "Hm. "}}]}',
        'data: {"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "So."}]},'
        ' {"type": "text", "text": "Yes."}]}}]}',
    )
    misbehaving.script(Reply("", raw=raw))
    turn = await turn_of(provider, ask(provider, model="m"))
    assert (turn.reasoning, turn.text) == ("Hm. So.", "Yes.")
    await provider.aclose()
