"""Sessions as Markdown, read by a parser of Markdown with everything switched on that anybody uses."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from backrooms_tui.formats.outgoing.markdown import write_markdown
from backrooms_tui.formats.outgoing.record import Record
from tests.formats.outgoing.evenings import STORABLE, full_evening, hostile_evening, record_of, saying, written

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

BREAKOUTS = (
    "# I am a heading\n## 9 · ① Explorer\n\nnot mine",
    "under me\n===\nand me\n---\nand\n- me\n-\nend",
    "1. ```\n## inside\n```\n## after",
    "```\nnever closed\n## 2 · ② Simulator",
    "~~~html\n```\n~~~\n## after",
    "````\n```\n````\n## after",
    "> ## quoted\n> ```\n## after",
    "- ## in a list\n- - # deeper\n1) # numbered",
    "    ## four blanks\n\n\t# a tab",
    "<div>\n\n## in html\n\n</div><!-- \n## comment",
    "<script>alert(1)</script> `<b>` ``a ` <i>`` \\`<u>\\` `unpaired <s>",
    "line one ` with one\nline two `<img src=x onerror=alert(1)>` here",
    "| a | b |\n|---|---|\n| `x | <b> ` | y |",
    "[link](http://example.invalid) ![image](http://example.invalid/x.png)\n\n[ref]: http://example.invalid\n[ref]",
    "<http://example.invalid> &lt;script&gt; &#60;",
    "***\n- - -\n___\ntext",
    "`a\\`<b>`",
    "\\\\`<b>\\\\`",
    "$$\n## x\n$$",
)


def headings(tokens: list[Token]) -> list[str]:
    return [inline.content for opening, inline in pairwise(tokens) if opening.type == "heading_open"]


def flat(tokens: list[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *flat(token.children or []))]


def parsed(record: Record) -> list[Token]:
    return PARSER.parse(written(write_markdown, record))


def nothing_but_words(tokens: list[Token]) -> None:
    """The only HTML is around our own notices; nothing is fetched, linked or laid out."""
    found = flat(tokens)
    html = [token.content for token in found if token.type in ("html_inline", "html_block")]
    assert set(html) <= {"<sub>", "</sub>"}
    assert not {"image", "link_open", "table_open", "hr"} & {token.type for token in found}


def shown(tokens: list[Token]) -> str:
    """The words that a reader sees."""
    kinds = {"text": "", "code_inline": "", "fence": "", "code_block": "", "softbreak": "\n", "hardbreak": "\n"}
    return "".join(token.content or kinds[token.type] or "\n" for token in flat(tokens) if token.type in kinds)


def test_the_evening_is_told_in_order_with_who_said_what() -> None:
    tokens = parsed(record_of(full_evening().events, "The night"))
    assert headings(tokens) == [
        "The night",
        "1 · ① Explorer",
        "Operator",
        "Operator (only to Simulator)",
        "2 · ② Simulator",
        "3 · ① Explorer · edited by the operator",
        "4 · ② Simulator",
        "5 · ① Explorer",
    ]
    text = shown(tokens)
    assert "anthropic/claude-opus" in text
    assert "4 turns" in text
    assert "$1.0000 + ?" in text
    for words in ("Look up.", "Say no.", "Yes, here below.", "put differently", "But the fifth was never", "cut short"):
        assert words in text
    assert "No." not in text.splitlines()
    assert "the price is not known" in text


@pytest.mark.parametrize("text", [*BREAKOUTS, *STORABLE])
def test_nobody_breaks_out_of_a_turn(text: str) -> None:
    tokens = parsed(saying(text, "an answer"))
    assert headings(tokens) == ["Command line", "1 · ① Explorer", "2 · ② Simulator"]
    nothing_but_words(tokens)
    assert "an answer" in shown(tokens)


def test_hostile_names_titles_and_notices_are_only_words() -> None:
    record = record_of(hostile_evening().events, " ".join(STORABLE))
    nothing_but_words(parsed(record))
    assert not {c for c in written(write_markdown, record) if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"}


def test_code_emphasis_lists_and_the_ends_of_lines_stay() -> None:
    said = (
        'First line\nsecond **line**\n```python\nif a < b:\n    print("`x`")\n```\n- one\n  - two with `a < b`\n\nend'
    )
    tokens = parsed(saying(said))
    (fence,) = (token for token in tokens if token.type == "fence")
    assert (fence.info, fence.content) == ("python", 'if a < b:\n    print("`x`")\n')
    kinds = [token.type for token in flat(tokens)]
    assert "strong_open" in kinds
    assert kinds.count("bullet_list_open") == 3  # the cast, the list, the one in it
    assert "First line\nsecond line" in shown(tokens)
    assert "two with a < b" in shown(tokens)


SIGNS = st.text(st.sampled_from("`~#<>&[]|-=*_+!().:\\1ab \t\n"), max_size=60)


@given(st.lists(SIGNS, min_size=1, max_size=3))
@settings(deadline=None, max_examples=400)
def test_no_mixture_of_signs_breaks_out_of_a_turn(texts: list[str]) -> None:
    tokens = parsed(saying(*texts))
    assert len(headings(tokens)) == len(texts) + 1
    nothing_but_words(tokens)
