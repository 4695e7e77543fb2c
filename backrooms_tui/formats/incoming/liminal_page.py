"""Pages of liminal_backrooms, `conversation_full.html`.

`div.message.user|assistant|agent-notification` with a `.header` (`.ai-name`, `.model-name`, `.timestamp`) and a
`.content`. What a person said has the class user; notifications stay notices.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.page_messages import Message, Messages
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Reading, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.formats.incoming.telling import Telling
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.setup import AgentSetup, Setup

NAME = "page of liminal_backrooms"
LOOKS_FOR = 'a page with <div class="message assistant"> and .ai-name'

_PAGE = re.compile(r"<(?:!doctype html|html|head|body|div)\b", re.IGNORECASE)
_CLASS = re.compile(r"class\s*=\s*[\"']?message\s+(?:user|assistant|agent-notification)\b", re.IGNORECASE)
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%B %d, %Y at %I:%M %p", "%B %d, %Y %I:%M %p")
# What a message without a name is called.
_NOBODY = "AI"


def fits(glance: Glance) -> bool:
    """Whether it is a page with such messages, or with their names in its style."""
    beginning = glance.beginning
    return _PAGE.match(glance.first_line) is not None and bool(_CLASS.search(beginning) or ".ai-name" in beginning)


def read(source: Source) -> Reading:
    """The session. It is read twice: who takes part is known only at the end."""
    source.passes = 2
    unplaced = Remarks()
    models: dict[str, str] = {}
    turns = 0
    for message in messages(source, Remarks()):
        if message.kind != "assistant":
            continue
        turns += 1
        name = _name(message)
        models[name] = models.get(name) or _model(message)
        if len(models) > SEAT_LIMIT:
            raise source.wrong(f"more than {SEAT_LIMIT} agents speak", "check that it is the right file", message.line)
    if not turns:
        raise source.wrong("holds no turn", f"such a page has {LOOKS_FOR}")
    reading = Reading(NAME, _events(source, models, unplaced), unplaced=unplaced)
    reading.notes.add("such a page does not hold the system texts")
    for name in (name for name, model in models.items() if not model):
        reading.notes.add(f"the page does not say which model {name} is")
    return reading


def messages(source: Source, unplaced: Remarks) -> Iterator[Message]:
    """The messages of the page, one after the other."""
    page = Messages(source, unplaced)
    for piece in source.pieces():
        yield from page.heard(piece)
    yield from page.finished()


def _events(source: Source, models: dict[str, str], unplaced: Remarks) -> Iterator[AnyEvent]:
    agents = tuple(
        AgentSetup(seat, name, model or name, asked=model or name)
        for seat, (name, model) in enumerate(models.items(), 1)
    )
    seats = {agent.name: agent.seat for agent in agents}
    names = list(models)
    setup = Setup(" ↔ ".join(names[:4]) + (" …" if len(names) > 4 else ""), "", agents)
    telling: Telling | None = None
    for message in messages(source, unplaced):
        at = _time(message.time)
        if telling is None:
            telling = Telling(source, at - 1.0 if at is not None else None)
            yield telling.opened(setup)
        if message.time.strip() and at is None:
            unplaced.add(f"the time {short_line(message.time)!r}, which no clock shows", message.line)
        if message.kind == "user":
            yield telling.word(message.text, at)
        elif message.kind == "assistant" and _name(message) in seats:
            model = _model(message)
            yield from telling.turn(seats[_name(message)], message.text, model=model, ended=at)
        else:
            yield telling.notice(message.text, at=at)


def _name(message: Message) -> str:
    return short_line(message.name, _NOBODY)


def _model(message: Message) -> str:
    return short_line(message.model.strip().removeprefix("(").removesuffix(")"))


def _time(text: str) -> float | None:
    text = " ".join(text.split())[:40]
    for pattern in _TIMES:
        try:
            return datetime.strptime(text, pattern).timestamp()  # noqa: DTZ007 - the clock of whoever wrote it
        except (ValueError, OverflowError, OSError):
            continue
    return None
