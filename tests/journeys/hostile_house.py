"""A machine on which every name, title, text and file comes from somebody who wants the terminal."""

from typing import Any

import tomli_w

from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Event,
    Interjected,
    Noticed,
    ParameterOmitted,
    Paused,
    SeatChanged,
    SessionOpened,
    SpeakerChosen,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnStarted,
    Whispered,
    WordQueued,
)
from backrooms_tui.session.setup import AgentSetup, Message, Rules, Setup
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import open_store
from backrooms_tui.store.recorder import Recorder
from tests.cli.conftest import CommandLine
from tests.hostile import HOSTILE

EVERYTHING = " ".join(HOSTILE)
# What can stand in a file's name, too.
NAMEABLE = tuple(text for text in HOSTILE if not any(one in text for one in "/\x00\ud800"))
KEYABLE = " ".join(text for text in HOSTILE if "\ud800" not in text)
PROSE = ("{}", "`{}` and **{}**", "# {}", "- {}\n> {}", "```{}\n{}\n```")
BEGAN = 1_795_000_000.0


class _Telling:
    """Writes events one after the other."""

    def __init__(self, began: float) -> None:
        self.events: list[AnyEvent] = []
        self._began = began

    def add(self, kind: type[Event], **values: Any) -> None:
        seq = len(self.events) + 1
        self.events.append(kind(seq=seq, at=round(self._began + seq / 100, 6), **values))  # type: ignore[arg-type]


def session(number: int, texts: tuple[str, ...], *, models: tuple[str, ...] = (), turns: int = 0) -> list[AnyEvent]:
    """A session in which everything is hostile: its title, two agents a text of `texts`, and all that happens."""
    telling = _Telling(BEGAN + 1000 * number)
    names = [f"A{seat} {text}" for seat, text in enumerate(texts[:8], 1)]
    seats = [*enumerate(names, 1)]
    agents = tuple(
        AgentSetup(
            seat,
            name,
            (models or tuple(f"anthropic/m {text}" for text in texts))[seat - 1],
            system=f"Be {name}",
            history=(Message("user", name),),
            company=name,
            asked=name,
        )
        for seat, name in seats
    )
    title = f"night {number} {' '.join(texts)}"
    setup = Setup(title, f"t {texts[0]}", agents, Rules(max_turns=turns), variables={texts[0]: texts[0]})
    telling.add(SessionOpened, session=f"{number:032x}", setup=setup)
    for turn, text in enumerate(texts, 1):
        seat = (turn - 1) % len(seats) + 1
        about = {"turn": turn, "agent": seat, "name": names[seat - 1]}
        telling.add(SpeakerChosen, agent=seat, reason=text)
        telling.add(TurnStarted, **about, attempt=1, model=text, params={text: text})
        telling.add(Delta, turn=turn, agent=seat, channel="text", text=f"half {text}")
        trouble = Trouble("unknown", f"trouble {text}", f"cure {text}", may_pass=True)
        telling.add(TurnFailed, **about, attempt=1, text=f"half {text}", reasoning=text, trouble=trouble, retry_in=0.0)
        telling.add(TurnStarted, **about, attempt=2, model=text)
        words = "\n\n".join(prose.format(text, text) for prose in PROSE)
        telling.add(Delta, turn=turn, agent=seat, channel="reasoning", text=f"reasons {text}")
        telling.add(Delta, turn=turn, agent=seat, channel="text", text=words)
        telling.add(
            TurnEnded,
            **about,
            attempt=2,
            text=words,
            reasoning=f"reasons {text}",
            stop_reason="end",
            usage=Usage(10, 5, 0, 0, 0),
            cost=0.01,
            timings=Timings(0.1, 0.2),
            model=text,
        )
        telling.add(WordQueued, text=f"queued {text}")
        telling.add(Interjected, text=f"word {text}", queued=True)
        telling.add(Whispered, to=seat, text=f"whisper {text}")
        telling.add(Noticed, level="warning", text=f"notice {text}", agent=seat)
        telling.add(ParameterOmitted, agent=seat, name=text, why=text)
        telling.add(SeatChanged, agent=seat, model=agents[seat - 1].model, asked=text)
    telling.add(TurnEdited, turn=len(texts), text=f"edited {texts[-1]}")
    telling.add(Paused, reason=f"paused {texts[0]}", trouble=Trouble("unknown", f"end {texts[0]}", f"way {texts[0]}"))
    return telling.events


def keep(home: CommandLine, *sessions: list[AnyEvent]) -> None:
    """Put sessions into the person's database."""
    folder = home.folder / "data"
    folder.mkdir(mode=0o700, exist_ok=True)
    store = open_store(folder / "sessions.db")
    try:
        for events in sessions:
            recorder = Recorder(store)
            for event in events:
                recorder.hear(event)
            recorder.close()
    finally:
        store.close()


def template() -> str:
    """A template that can be played and is hostile in all its words."""
    words = [text for text in HOSTILE if "{" not in text and "\ud800" not in text]
    text = " ".join(words)
    line = " ".join(one for one in words if len(one.splitlines()) == 1)
    agent = {"name": f"name {HOSTILE[1]}", "model": "local"}  # a name is short
    return tomli_w.dumps(
        {
            "template": {"title": f"title {line}", "description": f"about {line}"},
            "variables": {
                "place": {"default": f"default {text}", "help": f"help {line}"},
                "mood": {"default": f"one {line}", "choices": [f"one {line}", f"two {line}"]},
            },
            "agents": [
                {**agent, "system": f"be {text} {{{{ place }}}}", "history": [{"role": "user", "text": text}]},
                {**agent, "name": f"other {HOSTILE[4]}", "system": f"{text} {{{{ mood }}}}"},
            ],
        }
    )
