"""From blanks to texts."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.session.setup import Message
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.filling import SeatChoice, fill, variable_values
from backrooms_tui.templates.seating import seat_models


def _template(*agents: dict[str, object], **variables: dict[str, object]) -> Template:
    return Template.model_validate({"template": {"title": "T"}, "agents": list(agents), "variables": variables})


def _seats(count: int) -> list[SeatChoice]:
    return [SeatChoice(f"p/m{number}", f"Company {number}", f"Model {number}") for number in range(1, count + 1)]


def _system(text: str, seats: int = 2, **variables: dict[str, object]) -> str:
    agents = [{"name": f"A{number}", "system": text if number == 0 else ""} for number in range(seats)]
    return fill(_template(*agents, **variables), {}, _seats(seats))[0].system


def test_blanks_say_who_is_who() -> None:
    text = (
        "{{ self.name }} {{ self.seat }} {{ self.model }} {{ self.company }} | {{ other.name }} {{ agents[1].company }}"
    )
    assert _system(text) == "A0 1 Model 1 Company 1 | A1 Company 2"


def test_a_model_without_a_name_is_called_by_its_reference() -> None:
    template = _template({"name": "A", "system": "{{ self.model }}"})
    assert fill(template, {}, [SeatChoice("local/x.gguf")])[0].system == "local/x.gguf"


def test_a_choice_by_model_and_a_loop_over_the_agents() -> None:
    assert _system("{% if same_model %}same{% else %}different{% endif %}") == "different"
    each = "{{ agent.name|lower }}{{ ', ' if not loop.last }}"
    loop = "{% for agent in agents if agent.seat != self.seat %}" + each + "{% endfor %}"
    assert _system(loop, seats=4) == "a1, a2, a3"


def test_system_same_takes_the_place_of_system_where_all_seats_hold_one_model() -> None:
    template = _template({"name": "A", "system": "apart", "system_same": "alike {{ other.name }}"}, {"name": "B"})
    assert fill(template, {}, _seats(2))[0].system == "apart"
    assert fill(template, {}, _seats(1) * 2)[0].system == "alike B"


def test_a_line_that_holds_only_a_choice_leaves_no_empty_line() -> None:
    assert _system("\none\n{% if same_model %}\nsame\n{% else %}\nother\n{% endif %}\ntwo\n") == "one\nother\ntwo"


def test_a_value_is_plain_text_whatever_stands_in_it() -> None:
    template = _template({"name": "A", "system": "[{{ topic }}]"}, topic={})
    for value in ("{{ self.name }}", "{% for x in y %}", "<b>&amp;</b>", "\x1b[31m"):
        assert fill(template, {"topic": value}, _seats(1))[0].system == f"[{value}]"


@given(st.text(max_size=200))
def test_any_value_comes_through_unchanged(value: str) -> None:
    template = _template({"name": "A", "system": "[{{ topic }}]"}, topic={})
    assert fill(template, {"topic": value}, _seats(1))[0].system == f"[{value}]"


def test_history_is_filled_and_a_message_that_comes_out_empty_is_left_out() -> None:
    history = [
        {"role": "user", "text": "{% if same_model %}we are one{% endif %}"},
        {"role": "assistant", "text": "    indented {{ self.name }}"},
    ]
    agents = fill(_template({"name": "A", "history": history}, {"name": "B"}), {}, _seats(2))
    assert agents[0].history == (Message("assistant", "    indented A"),)


def test_names_are_filled_before_texts() -> None:
    template = _template({"name": "{{ who }}", "system": "not {{ other.name }}"}, {"name": "{{ self.model }}"}, who={})
    first, second = fill(template, {"who": "  Ruth "}, _seats(2))
    assert (first.name, second.name, first.system) == ("Ruth", "Model 2", "not Model 2")


def test_agents_with_the_same_name_get_their_seat_numbers() -> None:
    template = _template(*({"name": "{{ self.model }}", "system": "{{ self.name }}"} for _ in range(2)))
    assert [agent.name for agent in fill(template, {}, _seats(1) * 2)] == ["Model 1 1", "Model 1 2"]
    template = _template({"name": "{{ x }}"}, {"name": "{{ y }}"}, {"name": "Bob"}, {"name": "claude 1"}, x={}, y={})
    names = [agent.name for agent in fill(template, {"x": "Claude", "y": "claude"}, _seats(4))]
    assert len({name.casefold() for name in names}) == 4
    assert names[2] == "Bob"


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "x" * 81])
def test_a_name_that_cannot_be_one_is_refused(value: str) -> None:
    with pytest.raises(OperatorError) as caught:
        fill(_template({"name": "{{ who }}"}, who={}), {"who": value}, _seats(1))
    assert caught.value.what.startswith("agents[0].name: ")
    assert "one line" in caught.value.cure


def test_an_unknown_variable_names_the_nearest() -> None:
    template = _template({"name": "A"}, place={"default": "x"}, mood={"default": "y"})
    with pytest.raises(OperatorError) as caught:
        fill(template, {"plaec": "z"}, _seats(1))
    assert "plaec" in caught.value.what
    assert caught.value.cure == "did you mean place?"


def test_all_missing_values_are_named_at_once() -> None:
    template = _template({"name": "A"}, place={}, mood={}, topic={"default": "x"})
    with pytest.raises(OperatorError) as caught:
        fill(template, {}, _seats(1))
    assert "place and mood" in caught.value.what
    assert caught.value.cure == "give it with --set place=… --set mood=…"


def test_a_value_outside_the_choices_is_refused_and_defaults_are_kept_for_the_record() -> None:
    template = _template({"name": "A"}, mood={"default": "calm", "choices": ["calm", "stern"]}, place={})
    assert variable_values(template, {"place": "here"}) == {"mood": "calm", "place": "here"}
    with pytest.raises(OperatorError) as caught:
        variable_values(template, {"place": "here", "mood": "wild"})
    assert "calm, stern" in caught.value.cure


HOSTILE = {
    "an escape through classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "an escape through getitem": "{{ self['__class__'] }}",
    "an escape through a format": "{{ '{0.__class__}'.format(self) }}",
    "an escape through a filter": "{{ self|attr('__init__') }}",
    "an escape through globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "Jinja's own self": "{{ self._TemplateReference__context }}",
    "a file": "{% include '/etc/passwd' %}",
    "a module": "{% import 'os' as os %}",
    "a range without end": "{% for i in range(999999999) %}x{% endfor %}",
    "loops in loops": "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "a loop over a loop's text": "{% set s = 'x' ~ range(900)|join %}" + "{% for a in s %}" * 9 + "{% endfor %}" * 9,
    "recursion": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a recursive loop": "{% for a in agents recursive %}{{ loop(agents) }}{% endfor %}",
    "a product": "{{ 'x' * 9999999999 }}",
    "a product of lists": "{{ ([1] * 999999999)|length }}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "a product of numbers": "{% set n = 999999999999 %}" + "{% set n = n * n %}" * 40 + "{{ n }}",
    "padding": "{{ '%999999999d' % 1 }}",
    "padding by a method": "{{ 'x'.center(999999999) }}",
    "padding by a filter": "{{ 'x'|center(999999999) }}",
    "doubling": "{% set s = 'ab' %}" + "{% set s = s ~ s %}" * 60 + "{{ s }}",
    "doubling by a sum": "{% set s = 'ab' %}" + "{% set s = s + s %}" * 60 + "{{ s }}",
    "joining": "{% set s = range(999)|join %}" + "{% set s = s|join(s) %}" * 9 + "{{ s }}",
    "a long text many times": "{% for i in range(999) %}{{ long }}{% endfor %}",
    "deep brackets": "{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}",
    "deep lists": "{{ " + "[" * 4000 + "1" + "]" * 4000 + " }}",
    "a deep sum": "{{ " + "1+" * 4000 + "1 }}",
    "deep choices": "{% if same_model %}" * 900 + "{% endif %}" * 900,
    "very many blanks": "{{ long }}" * 40_000,
    "a very long number": "{{ " + "9" * 5000 + " }}",
    "a division by nothing": "{{ 1 / 0 }}",
    "a sum of unlike things": "{{ 1 + 'a' }}",
    "an agent in place of a word": "{{ self }}",
    "all agents in place of a word": "{{ agents }}",
    "nothing": "{{ none }}",
    "an unknown name": "{{ plaec }}",
    "an unknown word of an agent": "{{ self.nmae }}",
    "a seat that nobody has": "{{ agents[7].name }}",
    "a blank that never closes": "{{ self.name",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_text_ends_in_a_clear_word(text: str) -> None:
    with pytest.raises(OperatorError) as caught:
        _system(text, long={"default": "x" * 1000})
    assert caught.value.what.startswith("agents[0].system")
    assert caught.value.cure
    assert "\n" not in caught.value.what + caught.value.cure


def test_the_line_within_a_text_is_named() -> None:
    with pytest.raises(OperatorError, match=r"^agents\[0\]\.system, line 3: an agent has no 'nmae'$"):
        _system("one\ntwo\n{{ self.nmae }}")


@given(st.text(alphabet="{}%#()[]'\"|~+-*./ \n\\0159axselfifnorgt_,:=<>!", max_size=60))
def test_filling_any_text_gives_a_text_or_an_operator_error(text: str) -> None:
    with suppress(OperatorError):
        assert isinstance(_system("{{ " + text), str)


def test_one_model_serves_every_seat_and_as_many_as_seats_sit_one_in_each() -> None:
    template = _template({"name": "A", "model": "opus"}, {"name": "B"})
    assert seat_models(template, ["gpt"], "local") == ["gpt", "gpt"]
    assert seat_models(template, ["gpt", "haiku"], None) == ["gpt", "haiku"]
    assert seat_models(template, [], "local") == ["opus", "local"]


def test_another_number_of_models_is_refused_with_the_number_of_seats() -> None:
    template = _template({"name": "A"}, {"name": "B"})
    with pytest.raises(OperatorError) as caught:
        seat_models(template, ["a", "b", "c"], None)
    assert "2 seats" in caught.value.what
    assert "3 models" in caught.value.what
    with pytest.raises(OperatorError, match="one seat"):
        seat_models(_template({"name": "A"}), ["a", "b"], None)
    with pytest.raises(OperatorError, match="no model was chosen for seat 1"):
        seat_models(template, [], None)
