"""What an agent keeps of what it is no longer sent."""

import pytest

from backrooms_tui.conversation.sending.memory import NOTEBOOK_EVERY, change_memory
from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.session.events import Interjected, Noticed, Remembered, Whispered, WindowMoved
from backrooms_tui.session.setup import AgentSetup, Memory, Message
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from tests.conversation.table import TOO_LONG, Table, marks

BO = AgentSetup(2, "Bo", "marked/one")
BUSY = Trouble("overloaded", "busy", "wait", may_pass=True)


def table(memory: Memory, window: int | None = 300, history: tuple[Message, ...] = ()) -> Table:
    ada = AgentSetup(
        1, "Ada", "marked/one", "You are Ada.", history, params={"max_tokens": 60}, window=window, memory=memory
    )
    return Table([ada, BO])


async def until_moved(at: Table) -> None:
    """Let both speak until Ada no longer sees the beginning."""
    for _ in range(40):
        await at.turn(2)
        await at.turn(1)
        if at.state.agents[1].hidden_turns:
            return
    raise AssertionError("the window never moved")


async def test_what_falls_out_is_summed_up_first_and_the_summary_is_sent_after_the_seeds() -> None:
    at = table("summary", history=(Message("user", "Hi."), Message("assistant", "Hello.")))
    await until_moved(at)
    kinds = [event.kind for event in at.heard.events]
    assert kinds.index("remembered") < kinds.index("window_moved")
    purpose, seat, system, prompt = at.asked.prompts[0]
    hidden = at.state.agents[1].hidden_turns
    assert (purpose, seat) == ("summary", 1)
    assert system != "You are Ada."
    assert marks(prompt) == {f"mark{turn}" for turn in range(1, hidden + 1)}
    seeds, sent = at.provider.requests[-1].messages[:2], at.provider.requests[-1].messages[2]
    assert [message.text for message in seeds] == ["Hi.", "Hello."]
    assert sent.role == "user"
    assert sent.text.startswith("[Summary of what was said before]\nmark1")
    assert "[End of: Summary of what was said before]" in sent.text
    assert xray(at.heard.events, at.state.turn).messages[2].parts[0].origin == "memory"


async def test_a_summary_grows_out_of_the_last_one_and_of_what_falls_out_now() -> None:
    at = table("summary")
    at.asked.next = ["The first summary."]
    await until_moved(at)
    first = at.state.agents[1].hidden_turns
    while len(at.asked.prompts) < 2:
        await at.turn(2)
        await at.turn(1)
    hidden, prompt = at.state.agents[1].hidden_turns, at.asked.prompts[1][3]
    assert "The first summary." in prompt
    assert marks(prompt) == {f"mark{turn}" for turn in range(first + 1, hidden + 1)}


async def test_a_summary_is_made_of_what_the_agent_heard() -> None:
    at = table("summary")
    at.publisher.emit(Whispered, to=1, text="A word for Ada.")
    at.publisher.emit(Whispered, to=2, text="A word for Bo.")
    at.publisher.emit(Interjected, text="Rain.", source="cue")
    at.leave(1)
    await at.turn(2, "Said behind her back.")
    at.back(1)
    await until_moved(at)
    prompt = at.asked.prompts[0][3]
    assert "Operator (only to you): A word for Ada.\n\n[Rain.]" in prompt
    assert "Bo: mark1" in prompt
    assert "You: mark2" in prompt
    assert "for Bo" not in prompt
    assert "behind" not in prompt


@pytest.mark.parametrize("trouble", [ProviderTrouble(BUSY), OperatorError("no such model"), ZeroDivisionError("oops")])
async def test_trouble_with_a_summary_drops_the_turns_and_says_so(trouble: Exception) -> None:
    at = table("summary")
    at.asked.next.append(trouble)
    await until_moved(at)
    notices = [event.text for event in at.heard.events if isinstance(event, Noticed)]
    assert len(notices) == 1
    assert notices[0].startswith("Ada: its summary could not be written, what falls out of its window is forgotten (")
    assert at.state.agents[1].memory == ""
    assert at.state.turns[at.state.turn].agent == 1


async def test_a_request_that_is_refused_as_too_long_is_summed_up_before_it_is_shortened() -> None:
    at = table("summary", window=None)
    for _ in range(4):
        await at.turn(2)
        await at.turn(1)
    await at.turn(2)
    await at.turn(1, TOO_LONG)
    assert at.state.agents[1].hidden_turns > 0
    assert marks(at.state.agents[1].memory) == {f"mark{n}" for n in range(1, at.state.agents[1].hidden_turns + 1)}
    assert at.provider.requests[-1].messages[0].text.startswith("[Summary")


async def test_too_much_for_one_request_is_summed_up_in_pieces() -> None:
    ada = AgentSetup(1, "Ada", "marked/one", params={"max_tokens": 100}, window=3000, memory="summary")
    at = Table([ada, BO])
    for _ in range(12):
        await at.turn(2, f"{at.provider.mark()} " + "word " * 400)
    await at.turn(1, TOO_LONG, "Back.")
    assert len(at.asked.prompts) > 1
    assert all(len(prompt) < 3000 * 4 for *_, prompt in at.asked.prompts)
    assert len([event for event in at.heard.events if isinstance(event, Remembered)]) == 1
    assert "mark1" in at.state.agents[1].memory


async def test_an_agent_writes_its_notebook_after_every_so_many_of_its_turns_and_always_has_it() -> None:
    at = table("notebook", window=None)
    for turn in range(NOTEBOOK_EVERY):
        at.asked.next = ["Bo is kind."]
        await at.turn(2, f"b{turn}")
        await at.turn(1, f"a{turn}")
    assert not at.asked.prompts
    await at.turn(1)
    purpose, seat, system, prompt = at.asked.prompts[0]
    assert (purpose, seat, system) == ("notebook", 1, "You are Ada.")
    assert "Bo: b0\n\nYou: a0" in prompt
    assert at.provider.requests[-1].messages[0].text.startswith("[Your notebook]\nBo is kind.\n[End of: Your notebook]")
    for _ in range(NOTEBOOK_EVERY):
        await at.turn(1)
    assert len(at.asked.prompts) == 2
    assert "Your notebook so far:\nBo is kind." in at.asked.prompts[1][3]
    assert "b0" not in at.asked.prompts[1][3], "it has written that down already"


async def test_a_notebook_is_written_before_turns_fall_out() -> None:
    at = table("notebook")
    await until_moved(at)
    assert [purpose for purpose, *_ in at.asked.prompts][-1] == "notebook"
    hidden = at.state.agents[1].hidden_turns
    assert {f"mark{turn}" for turn in range(1, hidden + 1)} <= marks(at.asked.prompts[-1][3])


async def test_a_notebook_that_cannot_be_written_is_not_asked_for_at_every_turn() -> None:
    at = table("notebook", window=None)
    at.asked.next = [ProviderTrouble(BUSY)]
    for _ in range(NOTEBOOK_EVERY + 3):
        await at.turn(1)
    assert len(at.asked.prompts) == 1
    assert [event.text for event in at.heard.events if isinstance(event, Noticed)] == [
        "Ada: its notebook could not be written, the old one stays (busy)"
    ]


async def test_the_operator_rewrites_what_an_agent_remembers() -> None:
    at = table("summary")
    await at.turn(2, "two")
    change_memory(at.publisher, 1, " It is winter.\0 ")
    change_memory(at.publisher, 1, "It is winter.\ufffd")
    assert [event.by_operator for event in at.heard.events if isinstance(event, Remembered)] == [True]
    assert at.sent(1)[0][1].startswith("[Summary of what was said before]\nIt is winter.\ufffd\n")
    change_memory(at.publisher, 1, "")
    assert at.sent(1) == [("user", "two")]
    with pytest.raises(OperatorError, match="no seat 9"):
        change_memory(at.publisher, 9, "?")


async def test_without_a_policy_nothing_is_asked() -> None:
    at = table("drop")
    await until_moved(at)
    assert not at.asked.prompts
    assert any(isinstance(event, WindowMoved) for event in at.heard.events)


async def test_an_empty_answer_is_no_summary() -> None:
    at = table("summary")
    at.asked.next = [""] * 50
    await until_moved(at)
    assert at.state.agents[1].memory == ""
