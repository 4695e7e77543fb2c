"""Sessions that were judged, with rounds and councils, made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.events import CouncilEnded, CouncilOpened, RoundBegan, Serves
from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.usage import Usage
from tests.formats.outgoing.evenings import STORABLE, record_of
from tests.store.scripts import BEGAN, Script

JUDGES = ("openai/gpt-5", "local")


def rubric(text: str = "") -> Rubric:
    """Two measures; `text` is in every text of it."""
    return Rubric(
        "forecast",
        f"A year's forecast{text}",
        (
            Measure(f"progress{text}", "how far it went", 1, 10, f"it stood still{text}", "it ran away"),
            Measure("honesty", "whether they said what they knew", 0, 1, "hidden", "said", of="agent", whole=False),
        ),
    )


def verdict(judge: str, repeat: int, *values: float | None, round: int | None = None, text: str = "") -> Verdict:
    """Of the session, of Explorer and of Simulator; None is missing."""
    progress, first, second = (*values, None, None, None)[:3]
    scores = (
        Score(f"progress{text}", None, progress, (1, 3) if progress is not None else (), f"It grew.{text}"),
        Score("honesty", 1, first, (3,) if first is not None else (), "They said so." if first is not None else ""),
        Score("honesty", 2, second, (), "", f"the number was out of scale{text}" if second is None else ""),
    )
    of = f" Round {round}." if round is not None else ""
    summary = f"They agreed at first.{of}\nThen they did not.{text}"
    return Verdict(judge, repeat, (1, 2), True, summary, scores, 2, Usage(900, 80), 0.0125, round)


def judgement(id: str = "j1", at: float = BEGAN + 600, text: str = "", wanted: int = 4) -> Judgement:
    """Two judges, one of them twice, and the first round by one of them."""
    verdicts = (
        verdict(JUDGES[0], 1, 6, 0.5, 0.25, text=text),
        verdict(JUDGES[0], 2, 8, 0.75, None, text=text),
        replace(verdict(JUDGES[1], 1, None, None, None, text=text), cost=0.0),
        verdict(JUDGES[0], 1, 5, 1.0, 1.0, round=1, text=text),
    )
    return Judgement(id, "abcdefgh", at, rubric(text), 4, verdicts, wanted)


def council(id: str, *texts: str, serves: str = "abcdefgh", turn: int = 1, within: Script | None = None) -> Script:
    """A council's own session, with another one held in it before its first turn."""
    script = Script(id).open(serves=Serves(serves, turn, 1))
    if within is not None:
        met(script, within, turn=1)
    for text in texts:
        script.speak(text)
    return script


def met(script: Script, held: Script, *, turn: int, text: str = "what only one is told") -> None:
    """In the session of `script` the council `held` meets before `turn` of Explorer."""
    script.add(CouncilOpened, turn=turn, agent=1, council=held.session)
    detail = "It said all it had to say."
    script.add(
        CouncilEnded,
        turn=turn, agent=1, council=held.session, text=text, detail=detail, turns=held.turn, usage=Usage(10, 5),
        cost=0.01,
    )  # fmt: skip


def forecast(*, words: Sequence[str] = ()) -> tuple[Script, Mapping[str, Script]]:
    """Two labelled rounds of two turns, a council two levels deep before the first turn of each; `words` go on."""
    inner = council("inner001", "Deep within, yes.", serves="outer001")
    first = council("outer001", "We say two labs.", "We say one.", within=inner)
    second = council("outer002", "Now we say three.", turn=3)
    script = Script("abcdefgh").open("A forecast")
    for number, held in ((1, first), (2, second)):
        script.add(
            RoundBegan, round=number, label=f"Year {2026 + number}", text=f"Year {2026 + number} (round {number})"
        )
        met(script, held, turn=2 * number - 1)
        script.speak(f"Halden states its {number}.")
        script.speak(f"Simulator answers {number}.")
    for text in words:
        script.speak(text)
    return script, {held.session: held for held in (inner, first, second)}


def judged(*judgements: Judgement) -> Record:
    """That session, judged so."""
    script, councils = forecast()
    return with_councils(record_of(script.events, "A forecast"), councils, judgements)


def with_councils(record: Record, councils: Mapping[str, Script], judgements: Sequence[Judgement] = ()) -> Record:
    """The record, whose councils and theirs can be read."""

    def held(id: str) -> Record | None:
        script = councils.get(id)
        return replace(record_of(script.events, id, id), council=held) if script is not None else None

    return replace(record, council=held, judgements=tuple(judgements))


def hostile_forecast() -> Record:
    """All that is hostile as what was said, also in a council, and as what judges and their rubric say."""
    text = "\n".join(STORABLE)
    inner = council("inner001", *STORABLE)
    script = Script("abcdefgh").open(" ".join(STORABLE))
    for number, said in enumerate(STORABLE, 1):
        script.add(RoundBegan, round=number, label=said, text=said)
        script.speak(said)
    script.add(RoundBegan, round=99, label=text, text=text)
    script.turn += script.turn % 2
    met(script, inner, turn=script.turn + 1, text=text)
    script.speak(text)
    whole = replace(
        judgement(text=text), verdicts=tuple(replace(one, judge=text) for one in judgement(text=text).verdicts)
    )
    return with_councils(
        record_of(script.events, " ".join(STORABLE)), {"inner001": inner}, (whole, judgement("j0", text=text))
    )
