"""Every rule stands in the dialog as it is, and comes out as it was set."""

import tomllib
from dataclasses import replace

import pytest
from textual.events import Paste

from backrooms_tui.session.setup import AgentSetup, Cue, Remedy, Rules
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.shape import shape_mistakes
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER
from backrooms_tui.templates.writing import template_text
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.rules.expressed import rules_data
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from tests.ui.rules.conftest import AGENTS, Opens

FULL = Rules(
    stop=("^C^C", "[the end]"),
    stop_votes=2,
    max_turns=40,
    max_rounds=20,
    max_tokens=9000,
    max_seconds=90.5,
    budget=0.25,
    order="random",
    repeat=True,
    play=True,
    stall_at=0.4,
    cues=(Cue(2, "Rain."), Cue(9, "The power fails.", to=2), Cue(12, "A knock.", brings=3, sends_away=1)),
    ladder=(
        Remedy("nudge", text="Say something else."),
        Remedy("topic", topics=("bees", "salt\nand pepper"), afresh=True),
        Remedy("temperature", temperature=1.3, turns=6),
        Remedy("model", model="local/other.gguf", turns=2),
        Remedy("call", text="Come."),
        Remedy("end", text="Enough."),
    ),
)


async def test_it_opens_with_the_rules_as_they_are_and_leaves_them_so(opens: Opens) -> None:
    async with opens(FULL) as dialog:
        await dialog.sees(
            "random · whoever is drawn", "[x] the same agent may speak twice", "40 ", "9000", "90.5", "0.25"
        )
        await dialog.sees("^C^C", "[the end]", "[x] agents may speak for others", "stalled from    0.4", "[x] step in")
        await dialog.sees("1 nudge · Say something else.", "2 topic · one of 2, all begin afresh")
        await dialog.sees(
            "3 temperature · 1.3 for 6 turns", "4 model · local/other.gguf for 2 turns", "6 end · Enough."
        )
        await dialog.sees("turn 2 · Rain.", "turn 9 · to ② Jonas alone · The", "turn 12 · ③ Ines comes · ① Mara leaves")
        assert await dialog.applied() is None


@pytest.mark.parametrize("way", [FULL, Rules(), replace(FULL, budget=0.0, max_seconds=0.1 + 0.2, stall_at=1.0)])
async def test_what_nobody_touched_comes_out_exactly_as_it_went_in(opens: Opens, way: Rules) -> None:
    async with opens(way) as dialog:
        await dialog.put(play=not way.play)
        assert await dialog.applied() == replace(way, play=not way.play)


async def test_every_order_can_be_chosen_and_only_what_it_asks_for_is_shown(opens: Opens) -> None:
    for order in ORDERS:
        async with opens(replace(FULL, order="mention" if order != "mention" else "manual", repeat=False)) as dialog:
            assert "twice in a row" not in dialog.text
            await dialog.put(order=order)
            await dialog.sees(f"{order} · {ORDERS[order][:20]}")
            assert ("twice in a row" in dialog.text) == (order == "random")
            assert ("the model of ①" in dialog.text) == (order == "manager")
            made = await dialog.applied()
            assert made is not None
            assert made.order == order


async def test_the_limits_the_stop_texts_and_who_has_to_say_them(opens: Opens) -> None:
    async with opens() as dialog:
        await dialog.sees("no turn limit: it goes on until you end it")
        await dialog.put(max_turns="12", max_rounds="6", max_tokens="5000", max_seconds="1,5", budget="$0.50")
        await dialog.put(stop="^C^C\n\n  bye now ", stop_votes="2", stall_at="0,75")
        await dialog.sees("12 turns or 6 rounds or 5,000 tokens or 1.5 seconds or $0.50; ^C^C or")
        made = await dialog.applied()
        assert made == Rules(
            max_turns=12,
            max_rounds=6,
            max_tokens=5000,
            max_seconds=1.5,
            budget=0.5,
            stop=("^C^C", "bye now"),
            stop_votes=2,
            stall_at=0.75,
        )


async def test_a_limit_that_is_taken_out_is_no_limit(opens: Opens) -> None:
    async with opens(FULL) as dialog:
        await dialog.put(max_turns="", max_rounds="0", max_tokens="", max_seconds="", budget="", stop="")
        await dialog.put(stop_votes="1")
        await dialog.sees("no turn limit: it goes on until you end it")
        made = await dialog.applied()
        assert made is not None
        assert (made.max_turns, made.max_rounds, made.max_tokens, made.max_seconds, made.budget, made.stop) == (
            (0, 0, 0, 0.0, None, ())
        )


async def test_the_manager_is_picked_from_the_catalogue(opens: Opens) -> None:
    async with opens(replace(FULL, order="manager", repeat=False)) as dialog:
        await dialog.to("manager")
        await dialog.press("enter")
        await dialog.until(lambda: isinstance(dialog.app.screen, ModelPicker))
        await dialog.sees("Model that picks who speaks")
        await dialog.press(*"haiku")
        await dialog.sees("▸ haiku")
        await dialog.press("enter")
        await dialog.sees("manager         haiku", "ANTHROPIC_API_KEY is not set")
        made = await dialog.applied()
        assert made is not None
        # The rules of a session hold the model itself, whatever name it was asked by.
        assert made.manager.startswith("anthropic/claude-haiku")


async def test_in_another_order_there_is_no_manager_and_no_repeating(opens: Opens) -> None:
    async with opens(FULL) as dialog:
        await dialog.put(order="manager", manager="local")
        await dialog.put(order="bidding")
        made = await dialog.applied()
        assert made is not None
        assert (made.order, made.manager, made.repeat) == ("bidding", "", False)


MISTAKES = (
    ("max_turns", "many", "the turn limit is a whole number from 0 on — 0 is no limit"),
    ("max_rounds", "-1", "the round limit is a whole number from 0 on"),
    ("max_tokens", "1.5", "the token limit is a whole number from 0 on"),
    ("max_seconds", "nan", "the time limit is a number of seconds from 0 on"),
    ("budget", "free", "the budget is an amount of US dollars"),
    ("stop_votes", "0", "cannot be 0 — at least 1"),
    ("stop_votes", "", "must be a whole number, not a text"),
    ("stop_votes", "9", "is 9, and the template has 3 agents — at most 3"),
    ("stall_at", "0", "cannot be 0.0 — more than 0"),
    ("stall_at", "1.5", "cannot be 1.5 — at most 1"),
    ("stall_at", "high", "must be a number, not a text"),
    ("manager", "nobodys-model", "unknown model 'nobodys-model'"),
)


async def test_a_mistake_is_said_at_its_field_and_keeps_it_from_being_applied(opens: Opens) -> None:
    async with opens(Rules(order="manager", stop=("^C^C",)), size=(110, 40)) as dialog:
        for field, typed, what in MISTAKES:
            before = dialog.screen.typed[field]
            await dialog.put(**{field: typed})
            await dialog.sees(f"✗ {what}")
            await dialog.to("order")
            await dialog.press("ctrl+s")
            await dialog.until(lambda field=field: dialog.screen.row_of(field).fields[field].has_focus)
            assert not dialog.given
            await dialog.put(**{field: str(before)})
            await dialog.until(lambda: "✗" not in dialog.text)


async def test_hints_of_the_checker_are_told_and_forbid_nothing(opens: Opens) -> None:
    rules = Rules(stop_votes=2, max_turns=5, cues=(Cue(9, "Late."), Cue(3, "Hello?", to=3)))
    async with opens(rules) as dialog:
        await dialog.sees(
            "counts a stop text that nobody can say", "cue 1: never comes: the session ends after 5 turns"
        )
        await dialog.put(play=True)
        assert await dialog.applied() == replace(rules, play=True)


async def test_leaving_asks_only_where_something_would_be_lost(opens: Opens) -> None:
    async with opens(FULL) as dialog:
        await dialog.press("escape")
        await dialog.until(lambda: dialog.given == [None])
    async with opens(FULL) as dialog:
        await dialog.put(max_turns="7")
        await dialog.press("escape")
        await dialog.until(lambda: isinstance(dialog.app.screen, QuestionScreen))
        await dialog.press("escape")
        await dialog.sees("7 turns or 20 rounds")
        await dialog.press("escape", "t")
        await dialog.until(lambda: dialog.given == [None])
    async with opens(FULL) as dialog:
        await dialog.put(max_turns="7")
        await dialog.press("escape", "s")
        await dialog.until(lambda: dialog.given == [replace(FULL, max_turns=7)])


async def test_keeping_on_the_way_out_stops_at_a_mistake(opens: Opens) -> None:
    async with opens(FULL) as dialog:
        await dialog.put(max_turns="x")
        await dialog.press("escape", "s")
        await dialog.until(lambda: dialog.screen.row_of("max_turns").fields["max_turns"].has_focus)
        assert not dialog.given


async def test_leaving_the_program_asks_too(opens: Opens) -> None:
    async with opens(FULL) as dialog:
        await dialog.put(max_turns="7")
        await dialog.press("ctrl+q")
        await dialog.until(lambda: isinstance(dialog.app.screen, QuestionScreen))
        await dialog.press("t")
        await dialog.until(lambda: dialog.app._exit)


async def test_whatever_comes_out_can_stand_in_a_template_file(opens: Opens) -> None:
    """The same keys and values as a file has them: written, read, and found right."""
    async with opens() as dialog:
        await dialog.put(
            max_turns="12", max_seconds="1.5", budget="0.5", stop="^C^C\nbye", stall_at="0.75", ladder=True
        )
        made = await dialog.applied()
    assert made is not None
    for rules in (FULL, made):
        data = {
            "template": {"title": "t"},
            "agents": [{"name": agent.name, "absent": agent.absent} for agent in AGENTS],
            "rules": rules_data(rules),
        }
        template, mistakes = shape_mistakes(data)
        assert not mistakes
        assert template is not None
        again = tomllib.loads(template_text(template))["rules"]
        assert shape_mistakes({**data, "rules": again})[0] == template
        written = template.rules
        assert (written.stop, written.max_turns, written.budget) == (rules.stop, rules.max_turns, rules.budget)
        assert [(cue.turn, cue.text, cue.to or 0) for cue in written.cues] == [
            (cue.turn, cue.text, cue.to) for cue in rules.cues
        ]
        assert [step.topics for step in written.ladder] == [step.topics for step in rules.ladder]


async def test_the_tick_brings_the_standard_ladder_and_takes_it_away(opens: Opens) -> None:
    async with opens() as dialog:
        assert "nudge" not in dialog.text
        await dialog.put(ladder=True)
        await dialog.sees("1 nudge · You are going in circles.", "2 topic · one of 30, all begin afresh")
        made = await dialog.applied()
        assert made == Rules(ladder=STANDARD_LADDER)
    async with opens(made) as dialog:
        await dialog.put(ladder=False)
        assert "nudge" not in dialog.text
        assert await dialog.applied() == Rules()


async def test_hostile_texts_do_no_harm_and_are_kept(opens: Opens) -> None:
    evil = "\x1b[31m[bold]Eve[/]\u202e\x07"
    agents = (AgentSetup(1, evil, "local/x.gguf"), AgentSetup(2, "Bo", "local/x.gguf"))
    rules = Rules(
        stop=(evil,),
        order="manager",
        manager=f"local/{evil}.gguf",
        max_turns=4,
        cues=(Cue(1, evil, to=1), Cue(3, evil, brings=1)),
        ladder=(Remedy("nudge", text=evil), Remedy("topic", topics=(evil, "bees")), Remedy("model", model=evil)),
    )
    async with opens(rules, agents=agents, turn=1) as dialog:
        await dialog.sees("[bold]Eve[/]")
        for key, times in (("steps", 3), ("cues", 2)):
            await dialog.to(key)
            for _ in range(times):
                await dialog.press("enter")
                await dialog.sees("ctrl+s keeps it") if (key, _) != ("cues", 0) else None
                assert not any(sign in dialog.text for sign in ("\x1b", "\u202e", "\x07"))
                await dialog.press("escape") if (key, _) != ("cues", 0) else None
                await dialog.press("down")
        await dialog.put(max_turns="9")
        assert await dialog.applied() == replace(rules, max_turns=9)


async def test_lines_are_written_and_left_by_keys(opens: Opens) -> None:
    async with opens() as dialog:
        await dialog.to("stop")
        await dialog.press(*"bye", "enter", *"end", "ctrl+j", *"stop", "tab")
        await dialog.until(lambda: dialog.screen.row_of("stop_votes").fields["stop_votes"].has_focus)
        made = await dialog.applied()
        assert made is not None
        assert made.stop == ("bye", "end", "stop")


async def test_what_is_pasted_is_harmless(opens: Opens) -> None:
    async with opens() as dialog:
        await dialog.to("stop")
        dialog.app.post_message(Paste("by\x1b]52;e\u202e\nthe end"))
        await dialog.until(lambda: "the end" in dialog.text)
        made = await dialog.applied()
        assert made is not None
        assert made.stop == ("by␛]52;e", "the end")
