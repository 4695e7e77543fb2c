"""Bringing files in: a session into the store, a template into the person's folder; all of it or none."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backrooms_tui.assembly.files.own_sessions import as_called_here, with_councils
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.formats.incoming import recognising
from backrooms_tui.formats.incoming.saying import Reading, ReadTemplate, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.formats.incoming.universal_backrooms_fork import beside
from backrooms_tui.session.events import AnyEvent, Ended, Noticed, SessionOpened
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD, WorldSetup
from backrooms_tui.store.origins import Origin, known
from backrooms_tui.store.storable import scrubbed, storable
from backrooms_tui.store.taking_in import take_in

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.templates.document import Template

# Bytes of a file from which on reading it takes so long that others should not have to wait.
_LONG = 2_000_000


@dataclass(slots=True)
class Brought:
    """What came of a file, or of one template in it.

    `format` is the kind of file in words, `id` a session's id or a template's name, `place` a template's file. `new` is
    false where the very same was here already. `unplaced` is what could not be placed, `notes` what else the
    person should know; sentences both.
    """

    kind: Literal["session", "template"]
    format: str
    id: str = ""
    title: str = ""
    agents: tuple[str, ...] = ()
    turns: int = 0
    new: bool = True
    place: Path | None = None
    unplaced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def bring_in(
    workspace: Workspace,
    path: Path,
    *,
    templates: Path,
    dry: bool = False,
    again: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> list[Brought]:
    """Import the file at `path`: its session into the store, its templates into the folder `templates`.

    `dry` reads all of it and keeps nothing. `again` makes another session of one that is here already. `told` hears how
    many bytes of how many have been read; what it raises ends the import. Raises OperatorError with the place in the
    file of what is wrong; then nothing of it is kept.
    """
    source = Source(beside(path), now=time.time(), told=told)
    format = recognising.recognised(source)
    origin = Origin(source.digest(), format.name)
    brought = None if again else _here_already(workspace.store, origin)
    if brought is not None:
        return [brought]
    reading = format.read(source)
    if reading.events is not None:
        return [_session(workspace, source, reading, reading.events, origin, dry=dry, again=again)]
    return _templates(workspace, source, reading, templates, dry=dry)


# Templates ---------------------------------------------------------------------------------------------------------


def _templates(workspace: Workspace, source: Source, reading: Reading, folder: Path, *, dry: bool) -> list[Brought]:
    from backrooms_tui.assembly.files.imported_template import place_for, template_of
    from backrooms_tui.templates.writing import save_template

    made: list[tuple[Template, Brought]] = []
    for read in reading.templates:
        title, unplaced = short_line(read.title, "Untitled"), Remarks()
        for sentence in reading.unplaced.sentences if not made else ():
            unplaced.add(sentence)
        template = template_of(_with_known_models(workspace, read, unplaced), source, unplaced)
        brought = Brought("template", reading.format, title=title, unplaced=unplaced.sentences)
        brought.notes = reading.notes.sentences
        made.append((template, brought))
    # Everything is known to be right before the first of them is written.
    written: list[Path] = []
    taken: set[str] = set()
    try:
        for template, brought in made:
            brought.id, brought.new = place_for(template, folder, taken)
            brought.place = folder / f"{brought.id}.toml"
            brought.agents = tuple(agent.name for agent in template.agents)
            taken.add(brought.id)
            if brought.new and not dry:
                written.append(save_template(template, folder, brought.id))
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return [brought for _, brought in made]


def _with_known_models(workspace: Workspace, read: ReadTemplate, unplaced: Remarks) -> ReadTemplate:
    """Without the models that mean nothing here: such a template could not be played as it stands."""

    def known(model: str, whose: str) -> str:
        try:
            return model and workspace.catalogue.resolve(model).asked
        except OperatorError as error:
            unplaced.add(f"the model of {whose}, {short_line(model)!r}: {error.what}")
            return ""

    agents = tuple(
        replace(agent, model=known(agent.model, f"seat {seat}")) for seat, agent in enumerate(read.agents, 1)
    )
    return replace(read, agents=agents, manager=known(read.manager, "the manager"))


# Sessions ----------------------------------------------------------------------------------------------------------


def _session(
    workspace: Workspace,
    source: Source,
    reading: Reading,
    events: Iterator[AnyEvent],
    origin: Origin,
    *,
    dry: bool,
    again: bool,
) -> Brought:
    brought = Brought("session", reading.format)
    opened = next(events)
    assert isinstance(opened, SessionOpened)
    if reading.own:
        opened = scrubbed(opened)
        brought.id = was = opened.session
        here = _here(workspace.store, opened.session)
        if here and not again and _same(workspace.store, source, brought):
            brought.new = False
        elif here:
            reading.notes.add(f"another session is called {opened.session}: this one gets an id of its own")
            opened = replace(opened, session=workspace.store.new_id())
        if opened.serves is not None and brought.new:
            reading.notes.add("it was held as a council; here it stands by itself")
            opened = replace(opened, serves=None)
        events = with_councils(opened, events, was, partial(_free_id, workspace.store))
    else:
        session = "" if dry else workspace.store.new_id()
        opened = replace(opened, session=session, setup=_resolved(workspace, opened.setup, reading.notes))
    brought.id = opened.session
    brought.title = opened.setup.title
    brought.agents = tuple(agent.name for agent in opened.setup.agents)
    if brought.new:
        past = _counted(_whole(source, reading, opened, events), opened.session, brought)
        if dry:
            for _ in past:
                pass
        else:
            # Our own are known by their ids.
            from_file = None if reading.own else (opened.session, origin)
            take_in(workspace.store, past, long=source.size > _LONG, origin=from_file)
    brought.unplaced, brought.notes = reading.unplaced.sentences, reading.notes.sentences
    return brought


def _here_already(store: "Store", origin: Origin) -> Brought | None:
    """The session, as it is now, that came from this very file. One in the trash is none."""
    with store.database.reading() as connection:
        found = known(connection, origin)
    for session in found:
        with suppress(OperatorError):  # it went a moment ago
            summary = store.summary(session)
            agents = tuple(agent.name for agent in summary.agents)
            return Brought("session", origin.format, session, summary.title, agents, summary.turns, new=False)
    return None


def _whole(source: Source, reading: Reading, opened: SessionOpened, events: Iterator[AnyEvent]) -> Iterator[AnyEvent]:
    """All events of the session. One of another tool says at its end where it comes from, and what was left behind."""
    yield opened
    if reading.own:
        yield from events
        return
    last: AnyEvent = opened
    for last in events:
        if not isinstance(last, Ended):
            yield last
    come = f"Imported: {reading.format}, {short_line(source.path.name)}"
    left = (f"Not imported: {sentence}" for sentence in reading.unplaced.sentences)
    seq = last.seq if isinstance(last, Ended) else last.seq + 1
    for text in (come, *reading.notes.sentences, *left):
        yield Noticed(seq=seq, at=last.at, level="info", text=text)
        seq += 1
    if isinstance(last, Ended):
        yield replace(last, seq=seq)


def _counted(events: Iterator[AnyEvent], session: str, brought: Brought) -> Iterator[AnyEvent]:
    counts = True
    for event in events:
        if isinstance(event, SessionOpened):
            counts = event.session == session  # its councils' turns are theirs
        if counts:
            brought.turns += event.kind == "turn_ended"
            brought.turns -= event.kind == "turn_retracted"
        yield event


def _resolved(workspace: Workspace, setup: Setup, notes: Remarks) -> Setup:
    """With the models that the file's names mean here. Others stay as they stand: the seat can be given another."""

    def agent(one: AgentSetup) -> AgentSetup:
        try:
            model = workspace.catalogue.resolve(one.model)
        except OperatorError:
            notes.add(f"{one.name}: no model is called {short_line(one.model)!r} here; give the seat another")
            return one
        for notice in model.notices:
            notes.add(f"{one.name}: {notice}")
        if model.provider == WORLD:
            setup = WorldSetup(model.model)
            one = AgentSetup(one.seat, one.name, one.model, kind="world", guard=False, world=setup)
        return replace(one, model=model.reference, asked=model.asked, company=model.company, window=model.window)

    return replace(setup, agents=tuple(agent(one) for one in setup.agents))


def _here(store: "Store", session: str) -> bool:
    """Whether the id is taken, be it by a session that was put away."""
    from sqlalchemy import select

    from backrooms_tui.store.schema import sessions

    with store.database.reading() as connection:
        return connection.execute(select(sessions.c.id).where(sessions.c.id == session)).first() is not None


def _free_id(store: "Store", council: str) -> str:
    return store.new_id() if _here(store, council) else storable(council)


def _same(store: "Store", source: Source, brought: Brought) -> bool:
    """Whether the session here is the one of the file, and so are its councils, event for event. The file is read once
    more for it."""
    source.passes += 1
    again = recognising.read(source).events
    assert again is not None
    turns, session = 0, ""
    here: Iterator[AnyEvent] = iter(())
    called: dict[str, str] = {}
    try:
        for theirs in again:
            if isinstance(theirs, SessionOpened):
                if next(here, None) is not None:
                    return False
                session = called.setdefault(theirs.session, storable(theirs.session))
                here = store.events(session)
            ours = next(here, None)
            if ours != as_called_here(scrubbed(theirs), ours, called):
                return False
            if session == brought.id:
                turns += theirs.kind == "turn_ended"
                turns -= theirs.kind == "turn_retracted"
        if next(here, None) is not None:
            return False
    except OperatorError:  # one of them was put away, or is not here
        return False
    brought.turns = turns
    return True
