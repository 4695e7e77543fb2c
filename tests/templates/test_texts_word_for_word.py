"""A text that is written into a template word for word: it is filled to what it was, whatever stands in it."""

import pytest

from backrooms_tui.templates.blanks import filled, mistakes_in
from backrooms_tui.templates.verbatim import verbatim
from tests.hostile import HOSTILE

TEXTS = (
    *HOSTILE,
    "plain",
    "{{ name }}",
    "{% if x %}{% endraw %}{# gone #}",
    "{{{ {{% {{#",
    "a { b } {",
    '{{ "{" }}',
    "one\n{%- two\nthree",
)


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_in_it_is_taken_for_a_blank(text: str) -> None:
    written = verbatim(text)
    assert mistakes_in(written, ()) == []
    # Jinja has one kind of line end.
    assert filled(written, {}) == text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def test_a_text_without_blanks_is_written_as_it_is() -> None:
    assert verbatim("It is { raining }.") == "It is { raining }."
