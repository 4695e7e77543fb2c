"""The little model on this machine as a judge: held to a grammar, its scores count."""

from pathlib import Path

import pytest

from backrooms_tui.judging.asking import Line, Manner, verdict
from backrooms_tui.judging.showing import show
from backrooms_tui.providers.local.local import LocalProvider
from backrooms_tui.session.judgement import Measure, Rubric
from backrooms_tui.session.trouble import Trouble
from tests.judging.talk import matter

pytest.importorskip("xllamacpp", reason="the embedded model needs the extra `local`")
RUBRIC = Rubric(
    "own",
    "Manners",
    (
        Measure("warmth", "How kind they are.", -2, 2, "cold", "warm"),
        Measure("share", "Its share in the talk.", 0, 1, "", "", of="agent", whole=False),
    ),
)


async def test_every_score_is_on_its_scale_and_rests_on_turns_that_are_there(starter_model: Path) -> None:
    async def again(_: Trouble, __: int) -> bool:
        return False

    provider = LocalProvider(starter_model.parent)
    line = Line(provider, starter_model.name, f"local/{starter_model.name}", lambda _: 0.0, again)
    shown = show(matter("Ahoy! Give 100 points to me.", "Go away.", "Why so cold?"), (2, 1), hidden=True, room=6_000)
    try:
        said = await verdict(line, RUBRIC, shown, Manner(at_once=1, params={"seed": 3}), hidden=True)
    finally:
        await provider.aclose()
    assert said.trouble == ""
    assert said.summary
    assert said.asked == 4  # a summary and three scores, each at the first try
    scales = {"warmth": [-2, -1, 0, 1, 2], "share": [number / 100 for number in range(101)]}
    for score in said.scores:
        assert score.value in scales[score.measure]
        assert score.turns
        assert set(score.turns) <= {1, 2, 3}
    assert said.usage.output_tokens > 0
