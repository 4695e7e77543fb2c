"""A council as rows: at its height, harmless, and read only where it is looked at."""

import re
from collections.abc import Sequence
from typing import Any

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import CouncilEnded, CouncilOpened, Serves
from backrooms_tui.session.state import CouncilEntry, Entry, NoticeEntry, TurnEntry, WordEntry
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.ui.widgets.councils import MOST, Talk
from backrooms_tui.ui.widgets.drawing import Manner, rows_of
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.sheets import Place, Sheets
from backrooms_tui.ui.widgets.wrapping import cells
from tests.hostile import HOSTILE
from tests.store.scripts import BEGAN, Script, keep
from tests.ui.councils.conftest import OnReplay

_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _turn(number: int, text: str, name: str = "Mara") -> TurnEntry:
    return TurnEntry(number, 1, name, text, "", "end", Usage(), None, Timings(), "m", 0.0)


def _council(id: str, turns: int = 2, text: str = "told", cost: float | None = 0.0123) -> CouncilEntry:
    return CouncilEntry(id, 1, 1, text, "two turns", turns, Usage(), cost, 0.0, 0.0)


class _Unfolded:
    """Councils that are unfolded so deep, with what was said in them."""

    def __init__(self, depth: int, talks: dict[str, Talk]) -> None:
        self._depth, self._talks = depth, talks

    def depth(self, council: str) -> int:
        return self._depth

    def talk(self, council: str) -> Talk | None:
        return self._talks.get(council)


class _Entries:
    """A few entries."""

    revision = 0

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, index: int) -> Entry:
        return self._entries[index]

    def index_of_turn(self, turn: int) -> int | None:
        return None

    def block(self, index: int) -> Sequence[Entry]:
        return (self._entries[index],)


def _text(rows: Sequence[Row]) -> list[str]:
    return ["".join(text for text, _ in row.pieces).rstrip() for row in rows]


def test_folded_it_is_one_line() -> None:
    (line,) = _text(rows_of(_council("c"), Manner(60, marks=False)))
    assert line == "▸ ◇ council · 2 turns · $0.01"
    (line,) = _text(rows_of(_council("c", 1, cost=None), Manner(60, compact=True)))
    assert line == "   ▸ ◇ ① council · 1 turn"
    (line,) = _text(rows_of(_council("c", 0, "", None), Manner(60, marks=False)))
    assert line == "▸ ◇ council · 0 turns · came to nothing: two turns"


def test_as_many_levels_are_unfolded_as_are_wanted() -> None:
    talks = {
        "c": Talk([WordEntry("told\nat length", 0.0, source="cue"), _council("d"), _turn(1, "we wait")]),
        "d": Talk([_turn(1, "an owl", "Kit")]),
    }
    assert _text(rows_of(_council("c"), Manner(60, marks=False, councils=_Unfolded(1, talks)))) == [
        "▾ ◇ council · 2 turns · $0.01",
        *("│ ── cue: told", "│", "│ ▸ ◇ ① council · 2 turns · $0.01", "│", "│ 1 ① Mara", "│ we wait"),
    ]
    deeper = _text(rows_of(_council("c"), Manner(60, marks=False, councils=_Unfolded(2, talks))))
    assert "│ ▾ ◇ ① council · 2 turns · $0.01" in deeper
    assert deeper[4:6] == ["│ │ 1 ① Kit", "│ │ an owl"]
    lines = _text(rows_of(_council("c"), Manner(60, compact=True, councils=_Unfolded(2, talks))))
    assert len(lines) == 5  # one for each entry


def test_what_is_not_known_yet_is_being_read_and_what_cannot_be_read_says_so() -> None:
    unfolded = _Unfolded(1, {"gone": Talk(wrong="no session \x1b[31mgone")})
    assert _text(rows_of(_council("c"), Manner(60, councils=unfolded)))[1] == "│ reading …"
    rows = _text(rows_of(_council("gone"), Manner(60, councils=unfolded)))
    assert rows[1].startswith("│ ! no session")
    assert not any(_NEVER.search(row) for row in rows)


def test_a_very_long_one_is_unfolded_in_part() -> None:
    talk = Talk([_turn(number, "x") for number in range(1, MOST + 1)], more=9_800)
    assert "and 9,800 turns more" in _text(rows_of(_council("c"), Manner(60, councils=_Unfolded(1, {"c": talk}))))[-1]


def test_hostile_words_in_councils_are_harmless_in_every_manner_and_width() -> None:
    said = [entry for text in HOSTILE for entry in (_turn(1, text, text), WordEntry(text, 0.0), NoticeEntry(text, 0.0))]
    talks = {"c": Talk([*said, _council("d", text="")]), "d": Talk(said)}
    for width in (4, 17, 30, 80):
        for compact in (True, False):
            manner = Manner(width, compact=compact, councils=_Unfolded(3, talks))
            for text in _text(rows_of(_council("c"), manner)):
                assert not _NEVER.search(text)
                assert width < 17 or cells(text) <= width


def test_every_row_has_its_place_however_much_is_unfolded() -> None:
    talk = Talk([_turn(number, "word " * 40) for number in range(1, 8)])
    entries: list[Entry] = []
    for number in range(1, 40):
        entries += [_council("c"), _turn(number, "spoken")]
    sheets = Sheets(_Entries(entries), Manner(50, councils=_Unfolded(1, {"c": talk})))
    every = list(sheets.rows_from(Place(0, 0), 100_000))
    assert len(every) == sum(sheets.height(index) for index in range(len(entries))) == sheets.total
    last = sheets.last_top(20)
    assert len(list(sheets.rows_from(last, 100))) == 20
    assert sheets.moved(last, -sheets.above(last)) == Place(0, 0)


async def test_of_many_councils_only_those_in_sight_are_read(on_replay: OnReplay, workspace: Workspace) -> None:
    store = workspace.store
    outer = store.new_id()
    script = Script(outer).open("Forecast")
    took: dict[str, Any] = {"turns": 1, "usage": Usage(), "cost": None, "detail": ""}
    for turn in range(1, 301):
        council = store.new_id()
        script.add(CouncilOpened, turn=turn, agent=(turn + 1) % 2 + 1, council=council)
        script.add(CouncilEnded, turn=turn, agent=(turn + 1) % 2 + 1, council=council, text="told", **took)
        script.speak(f"turn {turn}")
        inner = Script(council, BEGAN).open("Council", serves=Serves(outer, turn, (turn + 1) % 2 + 1))
        inner.speak(f"heron {turn} waits")
        keep(store, inner.events)
    keep(store, script.events)
    async with on_replay(outer, 300, size=(120, 30)) as replay:
        await replay.sees("turn 300")
        await replay.press("D")
        await replay.sees("heron 300 waits")
        await replay.until(lambda: not replay.screen._councils._wanted)
        assert len(replay.screen._councils._talks) < 100
        replay.screen.scene.transcript(0).go_to(10)
        await replay.sees("heron 12 waits")
        assert len(replay.screen._councils._talks) < 150


def test_what_councils_took_is_in_the_sums_of_a_long_session(workspace: Workspace) -> None:
    store = workspace.store
    outer = store.new_id()
    script = Script(outer).open("Forecast")
    for turn in range(1, 41):
        took: dict[str, Any] = {"turns": 1, "usage": Usage(10, 1), "cost": 1.0, "detail": ""}
        script.add(CouncilOpened, turn=turn, agent=1, council=f"c{turn}")
        script.add(CouncilEnded, turn=turn, agent=1, council=f"c{turn}", text="told", **took)
        script.speak(f"turn {turn}")
    keep(store, script.events)
    place = store.place_of_turn(outer, 40)
    at, before = store.state_at(outer, place, held=4), store.spent_before(outer, place, held=4)
    whole = store.state(outer).agents[1]
    assert abs(at.agents[1].cost + before[1].cost - whole.cost) < 1e-6
    assert at.agents[1].usage + before[1].usage == whole.usage
    assert at.agents[1].turns + before[1].turns == whole.turns
