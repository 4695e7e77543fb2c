"""From a template and a person's choices to the setup of a session."""

from pathlib import Path

import pytest

from backrooms_tui.conversation.casting import (
    Cast,
    CastingDefaults,
    Choices,
    Manners,
    OwnRules,
    cast,
    models_of,
)
from backrooms_tui.conversation.orders import ORDERS as PLAYED
from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.servers.endpoints import PRESETS
from backrooms_tui.session.codec import setup_from_json, setup_to_json
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Cue, Remedy, Reminder, RoundLabels, Rules
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.checking import checked_template
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

CATALOGUE = Catalogue({}, PRESETS, Path("models"))
TEMPLATE = """\
[template]
title = "Three"

[variables.topic]
default = "rain"

[[agents]]
name = "Ada"
description = "knows about {{ topic }}"
talkativeness = 1
memory = "summary"
[agents.reminder]
text = "Remember {{ topic }}, {{ self.name }}."
every = 2

[[agents]]
name = "Ben"
guard = false

[[agents]]
name = "Cy"
absent = true

[rules]
order = "manager"
manager = "haiku"
play = true
stop = ["^C^C"]
stop_votes = 2
max_rounds = 7
max_tokens = 5000
max_seconds = 60
stall_at = 0.8

[[rules.cues]]
turn = 3
text = "{{ topic }} begins."
to = "Ada"
brings = "Cy"

[[rules.ladder]]
remedy = "model"
model = "opus3"
turns = 2
"""


def _template(text: str = TEMPLATE) -> Template:
    template, findings = checked_template(text, "three.toml")
    assert template is not None, findings
    return template


def _cast(choices: Choices | None = None, text: str = TEMPLATE) -> Cast:
    return cast(_template(text), "three", choices or Choices(), CATALOGUE, CastingDefaults())


def test_a_template_names_the_orders_that_can_be_played() -> None:
    assert set(ORDERS) == set(PLAYED)


def test_all_that_the_template_says_is_in_the_setup() -> None:
    setup = _cast(Choices(variables={"topic": "snow"})).setup
    ada, ben, cy = setup.agents
    assert (ada.description, ada.talkativeness, ada.memory) == ("knows about snow", 1.0, "summary")
    assert ada.reminder == Reminder("Remember snow, Ada.", every=2)
    assert (ben.guard, ben.reminder, cy.absent) == (False, None, True)
    rules = setup.rules
    assert rules.cues == (Cue(3, "snow begins.", to=1, brings=3),)
    assert (rules.order, rules.play, rules.stop_votes, rules.stall_at) == ("manager", True, 2, 0.8)
    assert (rules.max_rounds, rules.max_tokens, rules.max_seconds) == (7, 5000, 60.0)
    assert setup_from_json(setup_to_json(setup)) == setup


def test_a_template_that_says_nothing_of_all_this_gives_ordinary_rules() -> None:
    setup = _cast(text='[template]\ntitle = "T"\n[[agents]]\nname = "A"\n').setup
    assert setup.rules == Rules()
    (agent,) = setup.agents
    assert (agent.talkativeness, agent.memory, agent.guard, agent.absent) == (0.5, "drop", True, False)


def test_models_of_the_rules_are_resolved_like_those_of_the_seats() -> None:
    chosen = _cast(Choices(models=("local",)))
    rules = chosen.setup.rules
    assert rules.manager.startswith("anthropic/")
    assert rules.ladder[0].model.startswith("anthropic/claude-opus")
    assert any("retired" in notice for notice in chosen.notices)
    assert models_of(chosen.setup) == (chosen.setup.agents[0].model, rules.manager, rules.ladder[0].model)
    for broken in (TEMPLATE.replace('"haiku"', '"opsu"'), TEMPLATE.replace('"opus3"', '"opsu"')):
        with pytest.raises(OperatorError, match="opsu"):
            _cast(Choices(models=("local",)), broken)


def test_the_person_overrules_order_manager_and_limits() -> None:
    choices = Choices(order="manager", manager="opus", max_rounds=2, max_tokens=0, max_seconds=5.5)
    rules = _cast(choices).setup.rules
    assert "opus" in rules.manager
    assert (rules.max_rounds, rules.max_tokens, rules.max_seconds) == (2, 0, 5.5)


def test_another_order_needs_no_manager() -> None:
    rules = _cast(Choices(order="bidding")).setup.rules
    assert (rules.order, rules.manager) == ("bidding", "")
    with pytest.raises(OperatorError) as caught:
        _cast(Choices(order="bidding", manager="opus"))
    assert "--manager" in caught.value.cure
    with pytest.raises(OperatorError) as caught:
        _cast(Choices(order="biding"))
    assert caught.value.cure == "did you mean bidding?"


def test_the_ladder_is_the_templates_unless_the_person_wishes_otherwise() -> None:
    assert len(_cast().setup.rules.ladder) == 1
    assert _cast(Choices(ladder=True)).setup.rules.ladder == _cast().setup.rules.ladder
    assert _cast(Choices(ladder=False)).setup.rules.ladder == ()
    plain = TEMPLATE.split("[[rules.ladder]]")[0]
    assert _cast(text=plain).setup.rules.ladder == ()
    assert _cast(Choices(ladder=True), plain).setup.rules.ladder == STANDARD_LADDER


def test_a_ladder_that_waits_to_be_asked_for_asks_no_model_until_then() -> None:
    waiting = TEMPLATE.replace("stall_at = 0.8", "use_ladder = false")
    off = _cast(text=waiting).setup
    assert off.rules.ladder == ()
    assert not any("opus" in model for model in models_of(off))
    assert [step.kind for step in _cast(Choices(ladder=True), waiting).setup.rules.ladder] == ["model"]


def test_duo_is_left_alone_unless_its_ladder_is_asked_for() -> None:
    duo = load_template(find_template("duo", None))
    assert cast(duo, "duo", Choices(), CATALOGUE, CastingDefaults()).setup.rules.ladder == ()
    climbed = cast(duo, "duo", Choices(ladder=True), CATALOGUE, CastingDefaults()).setup.rules.ladder
    assert [step.kind for step in climbed] == ["nudge", "topic"]


def test_what_the_person_wants_of_the_rules_overrules_only_that() -> None:
    own: OwnRules = {"stop": (), "stop_votes": 1, "repeat": True, "play": False, "stall_at": 0.6}
    rules = _cast(Choices(own_rules=own, variables={"topic": "snow"})).setup.rules
    assert (rules.stop, rules.stop_votes, rules.repeat, rules.play, rules.stall_at) == ((), 1, True, False, 0.6)
    assert rules.cues == (Cue(3, "snow begins.", to=1, brings=3),)
    assert (rules.order, rules.max_rounds, len(rules.ladder)) == ("manager", 7, 1)
    cue = Cue(5, "{{ topic }} stays as it is.", to=2)
    assert _cast(Choices(own_rules={"cues": (cue,)})).setup.rules.cues == (cue,)


def test_steps_of_the_persons_own_are_climbed_unless_the_ladder_is_off() -> None:
    own: OwnRules = {"ladder": (Remedy("model", model="opus3", turns=2), Remedy("end"))}
    for on in (None, True):
        chosen = _cast(Choices(models=("local",), own_rules=own, ladder=on))
        assert [step.kind for step in chosen.setup.rules.ladder] == ["model", "end"]
        assert chosen.setup.rules.ladder[0].model.startswith("anthropic/claude-opus")
        assert chosen.setup.rules.ladder[0].model in models_of(chosen.setup)
    assert _cast(Choices(own_rules=own, ladder=False)).setup.rules.ladder == ()
    with pytest.raises(OperatorError, match="opsu"):
        _cast(Choices(own_rules={"ladder": (Remedy("model", model="opsu"),)}))


def test_manners_overrule_those_of_one_seat_only() -> None:
    reminder = Reminder("Stay {{ calm }}.", 3, 1)
    manners: Manners = {"guard": False, "reminder": reminder, "absent": True}
    ada, ben, cy = _cast(Choices(manners={1: manners, 3: {"absent": False, "reminder": None}})).setup.agents
    assert (ada.guard, ada.reminder, ada.absent) == (False, reminder, True)
    assert (ada.description, ada.talkativeness, ada.memory) == ("knows about rain", 1.0, "summary")
    assert (ben.guard, ben.absent, cy.absent, cy.reminder) == (False, False, False, None)
    with pytest.raises(OperatorError, match="there is no seat 4"):
        _cast(Choices(manners={4: manners}))


COUNCILS = """\
[template]
title = "Councils"

[variables.end]
default = "2029"

[[agents]]
name = "Lab"
[agents.council]
opening = "For {{ host.name }}."
hears = "nothing"
memory = "keep"
every = 2
[[agents.council.agents]]
name = "Mara"
model = "opus3"
[agents.council.agents.params]
max_tokens = 50
[agents.council.agents.council]
when = "asked"
ask = " HELP "
[agents.council.agents.council.rules]
max_tokens = 900
order = "manager"
manager = "haiku"
[[agents.council.agents.council.rules.ladder]]
remedy = "model"
model = "sonnet"
[[agents.council.agents.council.agents]]
name = "Bo"
[[agents.council.agents]]
name = "Theo"

[[agents]]
name = "State"

[rules]
mode = "statements"
council_depth = 2
[rules.rounds]
name = "Year"
first = 2027
last = "{{ end }}"
"""


def _council(agent: AgentSetup) -> CouncilSetup:
    assert agent.council is not None
    return agent.council


def test_councils_and_rounds_are_in_the_setup_at_any_depth() -> None:
    setup = _cast(text=COUNCILS).setup
    lab, state = setup.agents
    council = _council(lab)
    mara, theo = council.agents
    assert (council.opening, council.hears, council.memory, council.every) == ("For Lab.", "nothing", "keep", 2)
    assert council.rules == Rules(max_rounds=2)
    assert (mara.params["max_tokens"], state.council, theo.council) == (50, None, None)
    inner = _council(mara)
    assert (inner.when, inner.ask, inner.rules.max_rounds, inner.rules.max_tokens) == ("asked", "HELP", 0, 900)
    assert inner.rules.manager.startswith("anthropic/")
    assert inner.rules.ladder[0].model.startswith("anthropic/")
    assert setup.rules == Rules(
        mode="statements", council_depth=2, max_rounds=3, rounds=RoundLabels("Year", ("2027", "2028", "2029"))
    )
    assert setup_from_json(setup_to_json(setup)) == setup


def test_a_member_has_its_own_model_else_its_agents_unless_one_is_for_all() -> None:
    def models(choices: Choices) -> list[str]:
        mara, theo = _council(_cast(choices, COUNCILS).setup.agents[0]).agents
        return [mara.model, _council(mara).agents[0].model, theo.model]

    theirs = models(Choices())
    assert [model.partition("/")[0] for model in theirs] == ["anthropic", "anthropic", "local"]
    assert models(Choices(models=("local", "gpt"))) == theirs
    assert models(Choices(models=("local",), seats_only=True)) == theirs
    assert [model.partition("/")[0] for model in models(Choices(models=("local",)))] == ["local"] * 3
    assert any("retired" in notice for notice in _cast(text=COUNCILS).notices)
    assert not any("retired" in notice for notice in _cast(Choices(models=("local",)), COUNCILS).notices)


def test_parameters_for_everybody_are_for_members_and_those_of_a_seat_are_not() -> None:
    choices = Choices(params={"temperature": 0.5}, seat_params={1: {"max_tokens": 9}})
    lab, _ = _cast(choices, COUNCILS).setup.agents
    mara, theo = _council(lab).agents
    assert (lab.params["max_tokens"], mara.params["max_tokens"], "max_tokens" in theo.params) == (9, 50, False)
    assert {agent.params["temperature"] for agent in (lab, mara, theo, *_council(mara).agents)} == {0.5}


def test_limits_and_ladders_that_a_person_chooses_are_for_the_session_and_not_for_its_councils() -> None:
    setup = _cast(Choices(max_turns=4, max_rounds=0, budget=1.0, ladder=True), COUNCILS).setup
    assert (setup.rules.max_turns, setup.rules.max_rounds, setup.rules.ladder) == (4, 0, STANDARD_LADDER)
    assert _council(setup.agents[0]).rules == Rules(max_rounds=2)


def test_a_debate_keeps_at_least_three_rounds_whatever_is_chosen() -> None:
    text = '[template]\ntitle = "T"\n[[agents]]\nname = "A"\nposition = "x"\n[rules]\nmode = "debate"\nmax_rounds = 3\n'
    setup = _cast(Choices(max_rounds=5), text).setup
    assert (setup.rules.mode, setup.rules.max_rounds, setup.agents[0].position) == ("debate", 5, "x")
    for few in (0, 2):
        with pytest.raises(OperatorError, match="a debate has at least 3") as caught:
            _cast(Choices(max_rounds=few), text)
        assert caught.value.cure == "at least 3"


def test_a_value_that_makes_no_years_is_told() -> None:
    with pytest.raises(OperatorError, match="no whole number"):
        _cast(Choices(variables={"end": "soon"}), COUNCILS)
