"""What a template says of councils, rounds and debates: checked, filled, described, written again."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.session.setup import RoundLabels
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.checking import check_text, checked_template
from backrooms_tui.templates.describing import agent_notes, council_notes, rules_notes
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.filled import FilledAgent, FilledCouncil
from backrooms_tui.templates.filling import SeatChoice, fill
from backrooms_tui.templates.filling_rules import fill_rules
from backrooms_tui.templates.findings import Finding, render_findings
from backrooms_tui.templates.writing import template_text

FULL = """\
[template]
title = "A lab"

[variables.start]
default = "2027"

[variables.end]
default = "2031"

[[agents]]
name = "Lab"
system = "Write COUNCIL alone on a line."

[agents.council]
opening = "What does {{ host.name }} do in {{ start }}?"
hears = "all"
when = "asked"
ask = "COUNCIL"
memory = "keep"

[agents.council.rules]
max_turns = 6
stop = ["^C^C"]

[[agents.council.rules.cues]]
turn = 2
text = "A bell, for {{ agents[1].name }} of {{ host.name }}."
to = "Theo"

[[agents.council.agents]]
name = "Mara"
system = "You serve {{ host.name }}, with {{ other.name }}."

[agents.council.agents.params]
max_tokens = 90

[agents.council.agents.council]
every = 2

[agents.council.agents.council.rules.rounds]
labels = ["morning", "night of {{ start }}"]

[[agents.council.agents.council.agents]]
name = "Bo"
system = "You serve {{ host.name }}."
model = "opus"

[agents.council.agents.council.agents.reminder]
text = "You serve {{ host.name }}, {{ self.name }}."

[[agents.council.agents]]
name = "Theo"

[[agents]]
name = "State"

[rules]
mode = "statements"
council_depth = 2

[rules.rounds]
name = "Year"
first = "{{ start }}"
last = "{{ end }}"
step = 2
"""
DEBATE = """\
[template]
title = "A debate"

[variables.motion]
default = "Rain is good."

[[agents]]
name = "Ada"
position = "{{ motion }}"

[[agents]]
name = "Ben"
position = "Not so: {{ motion }}"

[rules]
mode = "debate"
max_rounds = 3
"""
SEATS = [SeatChoice("a/b", "Company", "Model"), SeatChoice("c/d")]


def _errors(text: str) -> list[Finding]:
    return [finding for finding in check_text(text, "f") if finding.severity == "error"]


def _template(text: str = FULL) -> Template:
    template, findings = checked_template(text, "lab.toml")
    assert template is not None, render_findings(findings)
    return template


def _council(agent: FilledAgent) -> FilledCouncil:
    assert agent.council is not None
    return agent.council


@pytest.mark.parametrize("text", [FULL, DEBATE])
def test_a_file_with_everything_in_it_has_no_findings(text: str) -> None:
    assert render_findings(check_text(text, "lab.toml")) == []


_OUTER, _INNER = "agents[0].council", "agents[0].council.agents[0].council"
# What is changed in the file; then the line, the key, a part of what is wrong, a part of what would be right.
MISTAKES: dict[str, tuple[str, str, int, str, str, str]] = {
    "an unknown key of a council": (
        'hears = "all"',
        'heers = "all"',
        16,
        f"{_OUTER}.heers",
        "[agents.council]",
        "mean hears",
    ),
    "another word for a key of a council": (
        'hears = "all"',
        'members = "all"',
        16,
        f"{_OUTER}.members",
        "[agents.council]",
        "mean agents?",
    ),
    "an unknown thing to hear": ('"all"', '"some"', 16, f"{_OUTER}.hears", "'some'", "'new', 'all' or 'nothing'"),
    "an unknown time": ('"asked"', '"often"', 17, f"{_OUTER}.when", "'often'", "'every' or 'asked'"),
    "an unknown memory": ('"keep"', '"kept"', 19, f"{_OUTER}.memory", "'kept'", "'fresh' or 'keep'"),
    "asked, without a word": ('ask = "COUNCIL"\n', "", 14, f"{_OUTER}.ask", "is missing", "ask ="),
    "a word, and not asked": ('when = "asked"\n', "", 17, f"{_OUTER}.ask", "does nothing", 'when = "asked"'),
    "a word of two lines": ('"COUNCIL"', '"A\\nB"', 18, f"{_OUTER}.ask", "one line", "one line"),
    "never": ("every = 2", "every = 0", 38, f"{_INNER}.every", "cannot be 0", "at least 1"),
    "every half": ("every = 2", "every = 1.5", 38, f"{_INNER}.every", "a whole number", "whole number"),
    "a council in words": (
        "[agents.council.agents.council]\nevery = 2\n",
        'council = "a few"\n',
        37,
        "agents[0].council.agents[0].params.council",
        "unknown",
        "",
    ),
    "a council without members": (
        '[[agents.council.agents.council.agents]]\nname = "Bo"\n'
        'system = "You serve {{ host.name }}."\nmodel = "opus"\n\n'
        '[agents.council.agents.council.agents.reminder]\ntext = "You serve {{ host.name }}, {{ self.name }}."\n',
        "",
        37,
        f"{_INNER}.agents",
        "is missing",
        "[[agents.council.agents.council.agents]]",
    ),
    "a member without a name": ('name = "Bo"\n', "", 43, f"{_INNER}.agents[0].name", "missing", "name ="),
    "two members of one name": (
        '"Theo"\n\n[[agents]]',
        '"mara"\n\n[[agents]]',
        52,
        f"{_OUTER}.agents[1].name",
        "already",
        "own",
    ),
    "a wrong key of a member": (
        'model = "opus"',
        'modle = "opus"',
        46,
        f"{_INNER}.agents[0].modle",
        "[[agents.council.agents.council.agents]]",
        "mean model?",
    ),
    "a parameter out of place": (
        'model = "opus"',
        "temperature = 1",
        46,
        f"{_INNER}.agents[0].temperature",
        "not a key",
        "[agents.council.agents.council.agents.params]",
    ),
    "a parameter of a member": (
        "= 90",
        "= 0",
        35,
        f"{_OUTER}.agents[0].params.max_tokens",
        "out of range",
        "at least 1",
    ),
    "a wrong key of a member's reminder": (
        'text = "You serve {{ host.name }}, {{ s',
        'txt = "{{ s',
        49,
        f"{_INNER}.agents[0].reminder.txt",
        "[agents.council.agents.council.agents.reminder]",
        "mean text?",
    ),
    "a wrong rule of a council": (
        "max_turns = 6",
        "max_turns = -1",
        22,
        f"{_OUTER}.rules.max_turns",
        "-1",
        "at least 0",
    ),
    "an unknown rule of a council": (
        "max_turns = 6",
        "max_turn = 6",
        22,
        f"{_OUTER}.rules.max_turn",
        "[agents.council.rules]",
        "mean max_turns",
    ),
    "a cue to nobody in the council": ('to = "Theo"', 'to = "Lab"', 28, f"{_OUTER}.rules.cues[0].to", "'Lab'", "Mara"),
    "more votes than members": (
        "max_turns = 6",
        "stop_votes = 3",
        22,
        f"{_OUTER}.rules.stop_votes",
        "the council has 2",
        "at most 2",
    ),
    "a host outside": (
        "alone on a line",
        "{{ host.name }} COUNCIL",
        12,
        "agents[0].system",
        "outside a council",
        "write self",
    ),
    "itself in an opening": (
        "does {{ host",
        "does {{ self",
        15,
        f"{_OUTER}.opening",
        "nobody in an opening",
        "agents[0]",
    ),
    "no word of a host": ("does {{ host.name", "does {{ host.nmae", 15, f"{_OUTER}.opening", "'nmae'", "mean name?"),
    "a wrong blank in an opening": ("in {{ start", "in {{ strat", 15, f"{_OUTER}.opening", "'strat'", "mean start"),
    "another one of one": (
        "}}, {{ self.name",
        "}}, {{ other.name",
        49,
        f"{_INNER}.agents[0].reminder.text",
        "two members",
        "agents[0]",
    ),
    "a seat that no member has": (
        "{{ agents[1].name }} of",
        "{{ agents[2].name }} of",
        27,
        f"{_OUTER}.rules.cues[0].text",
        "agents[2]",
        "agents[1]",
    ),
    "a wrong blank in a label": (
        "of {{ start",
        "of {{ star",
        41,
        f"{_INNER}.rules.rounds.labels[1]",
        "'star'",
        "mean start",
    ),
    "an empty label": ('"morning"', '""', 41, f"{_INNER}.rules.rounds.labels", "no label", "one line"),
    "labels in words": (
        '["morning", "night of {{ start }}"]',
        '"night of {{ start }}"',
        41,
        f"{_INNER}.rules.rounds.labels",
        "a list",
        "labels =",
    ),
    "an unknown mode": ('"statements"', '"rounds"', 58, "rules.mode", "'rounds'", "'statements' or 'debate'"),
    "too shallow": ("depth = 2", "depth = -1", 59, "rules.council_depth", "-1", "at least 0"),
    "rounds as a number": (
        '[rules.rounds]\nname = "Year"\nfirst = "{{ start }}"\nlast = "{{ end }}"\nstep = 2\n',
        "rounds = 5\n",
        61,
        "rules.rounds",
        "a table, not a number",
        "max_rounds = 5",
    ),
    "an unknown key of rounds": ("step = 2", "steps = 2", 65, "rules.rounds.steps", "[rules.rounds]", "mean step?"),
    "no way to count": ("step = 2", "step = 0", 65, "rules.rounds.step", "cannot be 0", "-1"),
    "a step in words": ("step = 2", 'step = "2"', 65, "rules.rounds.step", "a whole number", "without quotes"),
    "a first that is no number": (
        '"{{ start }}"\nlast',
        '"soon"\nlast',
        63,
        "rules.rounds.first",
        "'soon'",
        "whole number",
    ),
    "half a year": ('"{{ end }}"', "2031.5", 64, "rules.rounds.last", "whole number", "2027"),
    "a last that is true": ('"{{ end }}"', "true", 64, "rules.rounds.last", "whole number", "2027"),
    "no last": ('last = "{{ end }}"\n', "", 61, "rules.rounds.last", "is missing", "take first out"),
    "no first": ('first = "{{ start }}"\n', "", 61, "rules.rounds.first", "is missing", "take last out"),
    "nothing to step": (
        'first = "{{ start }}"\nlast = "{{ end }}"\n',
        "",
        63,
        "rules.rounds.step",
        "counts nothing",
        "first and last",
    ),
    "labels beside numbers": (
        "step = 2",
        'labels = ["a"]',
        65,
        "rules.rounds.labels",
        "first and last",
        "one of the two",
    ),
    "the wrong way": (
        '"{{ start }}"\nlast = "{{ end }}"',
        "2031\nlast = 2027",
        64,
        "rules.rounds.last",
        "up from 2031",
        "step = -2",
    ),
    "the wrong way down": (
        '"{{ start }}"\nlast = "{{ end }}"\nstep = 2',
        '"1"\nlast = "5"\nstep = -1',
        64,
        "rules.rounds.last",
        "down from 1",
        "step = 1",
    ),
    "the wrong way once it is filled": (
        'default = "2031"',
        'default = "2020"',
        64,
        "rules.rounds.last",
        "is 2020",
        "step = -2",
    ),
    "no number once it is filled": (
        'default = "2031"',
        'default = "never"',
        64,
        "rules.rounds.last",
        "'never'",
        "whole number",
    ),
    "too many": ('"{{ end }}"', "2030000", 64, "rules.rounds.last", "rounds from 2027", "at most 1,000"),
}


@pytest.mark.parametrize(("old", "new", "line", "key", "what", "cure"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_is_told_with_its_line_its_key_and_its_cure(
    old: str, new: str, line: int, key: str, what: str, cure: str
) -> None:
    assert old in FULL
    findings = _errors(FULL.replace(old, new, 1))
    matching = [finding for finding in findings if finding.key == key and what in finding.what]
    assert matching, render_findings(findings)
    assert matching[0].line == line
    assert cure in matching[0].cure


IN_A_DEBATE: dict[str, tuple[str, str, int, str, str, str]] = {
    "too few rounds": ("max_rounds = 3", "max_rounds = 2", 17, "rules.max_rounds", "2 rounds", "positions"),
    "no end": ("max_rounds = 3", "max_turns = 30", 15, "rules.max_rounds", "is missing", "max_rounds = 4"),
    "too few labels": ("max_rounds = 3", 'rounds.labels = ["a"]', 17, "rules.rounds", "one round", "closings"),
    "too few years": ("max_rounds = 3", "rounds = { first = 1, last = 2 }", 17, "rules.rounds", "2 rounds", "closings"),
    "too few years once they are filled": (
        "max_rounds = 3",
        'rounds = { first = "{{ 1 }}", last = 2 }',
        17,
        "rules.rounds",
        "2 rounds",
        "closings",
    ),
    "nobody's side": ('position = "{{ motion }}"\n', "", 7, "agents[0].position", "is missing", "position ="),
    "an empty side": ('"{{ motion }}"', '" "', 9, "agents[0].position", "is empty", "position ="),
    "a wrong blank in a position": (
        "so: {{ motion",
        "so: {{ moton",
        13,
        "agents[1].position",
        "'moton'",
        "mean motion",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "key", "what", "cure"), IN_A_DEBATE.values(), ids=IN_A_DEBATE.keys())
def test_each_mistake_in_a_debate_is_told_with_its_line_its_key_and_its_cure(
    old: str, new: str, line: int, key: str, what: str, cure: str
) -> None:
    assert old in DEBATE
    findings = _errors(DEBATE.replace(old, new, 1))
    matching = [finding for finding in findings if finding.key == key and what in finding.what]
    assert matching, render_findings(findings)
    assert matching[0].line == line
    assert cure in matching[0].cure


def test_a_council_may_hold_a_debate_which_needs_the_same() -> None:
    text = FULL.replace("max_turns = 6", 'mode = "debate"')
    assert [(one.line, one.key) for one in _errors(text)] == [
        (21, f"{_OUTER}.rules.max_rounds"),
        (30, f"{_OUTER}.agents[0].position"),
        (51, f"{_OUTER}.agents[1].position"),
    ]


# Things that are possible and yet hardly meant: they are told, and the template can be played.
HINTS: dict[str, tuple[str, str, str, str]] = {
    "too deep to be held": ("council_depth = 2", "council_depth = 1", _INNER, "never held: councils are held 1 deep"),
    "no councils": ("council_depth = 2", "council_depth = 0", _OUTER, "council_depth is 0"),
    "a depth of a council": ("max_turns = 6", "council_depth = 2", f"{_OUTER}.rules.council_depth", "as a whole"),
    "a rhythm that is asked for": ('ask = "COUNCIL"', 'ask = "COUNCIL"\nevery = 3', f"{_OUTER}.every", "nothing"),
    "a word that nobody knows": ("Write COUNCIL", "Write", f"{_OUTER}.ask", "not known to the agent"),
    "a side in no debate": (
        'name = "Theo"',
        'name = "Theo"\nposition = "x"',
        f"{_OUTER}.agents[1].position",
        "'turns'",
    ),
    "a cue after the council": ("turn = 2", "turn = 7", f"{_OUTER}.rules.cues[0].turn", "the council ends after 6"),
    "labels for other rounds": (
        "max_turns = 6",
        'max_rounds = 2\nrounds.labels = ["a"]',
        f"{_OUTER}.rules.rounds.labels",
        "one round is named, and max_rounds is 2",
    ),
}


@pytest.mark.parametrize(("old", "new", "key", "what"), HINTS.values(), ids=HINTS.keys())
def test_what_is_hardly_meant_is_a_warning(old: str, new: str, key: str, what: str) -> None:
    assert old in FULL
    text = FULL.replace(old, new, 1)
    findings = check_text(text, "f")
    assert [finding.severity for finding in findings] == ["warning"], render_findings(findings)
    assert findings[0].key == key
    assert what in findings[0].what


def test_a_cue_of_a_council_without_a_limit_comes_within_two_rounds() -> None:
    text = FULL.replace("max_turns = 6\n", "").replace("turn = 2", "turn = 5")
    assert "the council ends after 4 turns" in check_text(text, "f")[0].what


def test_host_is_an_ordinary_name_where_there_are_no_councils() -> None:
    text = '[template]\ntitle = "T"\n[variables.host]\ndefault = "x"\n[[agents]]\nname = "A"\nsystem = "{{ host }}"\n'
    assert check_text(text, "f") == []
    with_council = text + '[agents.council]\n[[agents.council.agents]]\nname = "B"\n'
    assert [(one.line, one.key) for one in _errors(with_council)] == [(3, "variables.host")]


def test_a_value_that_only_a_person_can_give_is_no_mistake_of_the_file() -> None:
    text = FULL.replace('[variables.end]\ndefault = "2031"', '[variables.end]\nhelp = "x"')
    assert check_text(text, "f") == []
    with pytest.raises(OperatorError) as caught:
        fill_rules(_template(text), {"end": "soon"}, SEATS)
    assert caught.value.what.startswith("rules.rounds.last: is 'soon'")


def test_a_council_with_an_empty_list_of_members_is_told() -> None:
    text = '[template]\ntitle = "T"\n[[agents]]\nname = "A"\n[agents.council]\nagents = []\n'
    (finding,) = _errors(text)
    assert (finding.line, finding.key, finding.what) == (6, _OUTER + ".agents", "is empty")
    assert finding.cure == "add a table [[agents.council.agents]] for each member"


def test_inline_councils_are_located_too() -> None:
    text = (
        '[template]\ntitle = "T"\n[[agents]]\nname = "A"\ncouncil = { agents = [\n  { name = "B" },\n'
        '  { name = "C", council = { evry = 2, agents = [ { name = "D" } ] } },\n] }\n'
    )
    (finding,) = _errors(text)
    assert (finding.line, finding.key) == (7, "agents[0].council.agents[1].council.evry")


def test_a_council_within_a_council_within_a_council_is_located_and_filled() -> None:
    header, text = "agents", '[template]\ntitle = "T"\n[[agents]]\nname = "A0"\n'
    for deep in range(1, 9):
        header += ".council.agents"
        text += f'[[{header}]]\nname = "A{deep}"\nsystem = "{{{{ host.name }}}}"\n'
    agent = fill(_template(text), {}, [SeatChoice("a/b")])[0]
    for deep in range(1, 9):
        (agent,) = _council(agent).agents
        assert agent.system == f"A{deep - 1}"
    wrong = _errors(text.replace('name = "A8"', 'name = ""'))
    assert [(one.line, one.key) for one in wrong] == [(27, "agents[0]" + ".council.agents[0]" * 8 + ".name")]


@pytest.mark.timeout(30)
def test_a_file_of_nothing_but_councils_is_checked_soon() -> None:
    members = '[[agents.council.agents]]\nname = "{{ host.name }}"\n' * 60
    text = '[template]\ntitle = "T"\n' + ('[[agents]]\nname = "{{ self.model }}"\n' + members) * 20
    assert "1,220" in _errors(text)[0].what
    nested = '[template]\ntitle = "T"\n[[agents]]\nname = "A"\n' + "".join(
        f'[[agents{".council.agents" * deep}]]\nname = "A"\n' for deep in range(1, 60)
    )
    assert _errors(nested)


def test_blanks_are_filled_in_councils_too() -> None:
    lab, state = fill(_template(), {"start": "2028"}, SEATS)
    assert state.council is None
    council = _council(lab)
    mara, theo = council.agents
    assert council.opening == "What does Lab do in 2028?"
    assert mara.system == "You serve Lab, with Theo."
    assert (mara.seat, theo.seat, mara.params["max_tokens"]) == (1, 2, 90)
    assert [(cue.text, cue.to) for cue in council.rules.cues] == [("A bell, for Theo of Lab.", 2)]
    inner = _council(mara)
    (bo,) = inner.agents
    assert (bo.system, bo.model, inner.opening) == ("You serve Mara.", "opus", "")
    assert bo.reminder is not None
    assert bo.reminder.text == "You serve Mara, Bo."
    assert inner.rules.rounds == RoundLabels("Round", ("morning", "night of 2028"))


def test_members_have_the_model_of_their_agent_or_one_that_was_chosen_for_them() -> None:
    text = FULL.replace(
        "You serve {{ host.name }}, with",
        "{{ self.model }} of {{ host.model }} {% if same_model %}True{% else %}False{% endif %}, with",
    )
    assert _council(fill(_template(text), {}, SEATS)[0]).agents[0].system.startswith("Model of Model True")
    members = (SeatChoice("x/1", "", "Other"), SeatChoice("x/2"))
    seats = [SeatChoice("a/b", "Company", "Model", members), SEATS[1]]
    assert _council(fill(_template(text), {}, seats)[0]).agents[0].system.startswith("Other of Model False")


def test_the_years_are_counted_from_the_first_to_the_last() -> None:
    assert fill_rules(_template(), {}, SEATS).rounds == RoundLabels("Year", ("2027", "2029", "2031"))
    down = FULL.replace("step = 2", "step = -1")
    values = {"start": "3", "end": " 1 "}
    text = down.replace('default = "2027"', 'default = "3"').replace('default = "2031"', 'default = "1"')
    assert fill_rules(_template(text), values, SEATS).rounds == RoundLabels("Year", ("3", "2", "1"))
    with pytest.raises(OperatorError) as caught:
        fill_rules(_template(), {"end": "2000"}, SEATS)
    assert caught.value.what == "rules.rounds.last: is 2000, and up from 2027 there is no way to it"


def test_a_label_has_to_stay_a_short_line() -> None:
    for value in ("", "a\nb", "x" * 90):
        text = FULL.replace("night of {{ start }}", "{{ end }}").replace(
            'first = "{{ start }}"\nlast = "{{ end }}"', "first = 1\nlast = 3"
        )
        with pytest.raises(OperatorError, match=r"rounds\.labels\[1\]: .* once its blanks are filled"):
            fill(_template(text), {"end": value}, SEATS)


def test_positions_are_filled() -> None:
    ada, ben = fill(_template(DEBATE), {"motion": "Fog is."}, SEATS)
    assert (ada.position, ben.position) == ("Fog is.", "Not so: Fog is.")


def test_councils_read_as_sentences() -> None:
    template = _template()
    lab = template.agents[0]
    assert agent_notes(lab) == ["has a council, when it says COUNCIL: Mara, Theo"]
    assert lab.council is not None
    assert council_notes(lab.council) == [
        "hears all that was said, and its members remember",
        "begins with: What does {{ host.name }} do in {{ start }}?",
        "Ends when an agent writes a line ^C^C",
        "Ends after 6 turns",
        "At turn 2: A bell, for {{ agents[1].name }} of {{ host.name }}. (only Theo hears it)",
    ]
    mara = lab.council.agents[0]
    assert agent_notes(mara) == ["has a council, before every 2nd of its turns: Bo"]
    assert mara.council is not None
    assert council_notes(mara.council) == [
        "hears what is new",
        "Rounds: Round morning, night of {{ start }}",
        "Ends after 2 rounds",
    ]
    assert rules_notes(template) == [
        "Statements by rounds: what the others say in a round is heard when it is over",
        "Rounds: Year {{ start }} to {{ end }}, 2 at a time",
        "Ends after the last of these rounds",
        "Councils are held 2 deep",
    ]
    debate = _template(DEBATE)
    assert agent_notes(debate.agents[0]) == ["stands for: {{ motion }}"]
    assert rules_notes(debate) == ["A debate: positions, rebuttals, closings", "Ends after 3 rounds"]


@pytest.mark.parametrize("text", [FULL, DEBATE])
def test_a_template_with_everything_in_it_comes_back_as_it_was(text: str) -> None:
    template = _template(text)
    again, findings = checked_template(template_text(template), "again.toml")
    assert render_findings(findings) == []
    assert again == template


_RULES = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["turns", "statements"]),
        "max_turns": st.integers(0, 99),
        "council_depth": st.integers(0, 9),
        "rounds": st.one_of(
            st.fixed_dictionaries({"labels": st.lists(st.sampled_from(["a", "b"]), max_size=3)}),
            st.fixed_dictionaries({"first": st.integers(0, 9), "last": st.integers(10, 20)}),
            st.fixed_dictionaries({"first": st.just("9"), "last": st.just(1), "step": st.integers(-4, -1)}),
        ),
    },
)


def _council_of(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"agents": st.lists(members, min_size=1, max_size=3).map(_named)},
        optional={
            "opening": st.text("ab \n", max_size=9),
            "hears": st.sampled_from(["new", "all", "nothing"]),
            "memory": st.sampled_from(["fresh", "keep"]),
            "every": st.integers(1, 9),
            "rules": _RULES,
        },
    )


def _named(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**member, "name": f"M{number}"} for number, member in enumerate(members)]


_MEMBER = st.recursive(
    st.just({}), lambda inner: st.fixed_dictionaries({}, optional={"council": _council_of(inner)}), max_leaves=6
)


@given(_MEMBER, _RULES)
def test_any_councils_come_back_as_they_were(member: dict[str, Any], rules: dict[str, Any]) -> None:
    data = {"template": {"title": "T"}, "agents": _named([member, {}]), "rules": rules}
    template = Template.model_validate(data)
    text = template_text(template)
    again, findings = checked_template(text, "again.toml")
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert again == template
    assert tomllib.loads(text)["agents"][1] == {"name": "M1"}
    fill(template, {}, SEATS)
