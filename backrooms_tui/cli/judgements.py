"""What judges said, as the command line prints it: a table of scores and the summaries, and the lists."""

import sys
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.prose import WIDEST, Wrapper
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.session.judgement import Judgement, Rubric
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.session.tallying import Tally
    from backrooms_tui.store.database import Store

_COLUMNS = ("measure", "of", "mean", "spread", "n", "missing", "scale", "turns")
_MOST_TURNS = 12  # that a line names


def print_judgement(store: "Store", judgement: "Judgement") -> None:
    """A table of scores, then what each judge wrote: of the whole session first, then round by round."""
    from backrooms_tui.formats.outgoing.judged import how_judged, rounds_of
    from backrooms_tui.session.tallying import only_rounds

    setup = _setup(store, judgement.session)
    click.secho(harmless_line(f"{judgement.rubric.title} · {judgement.id}"), bold=True)
    for told in how_judged(judgement):
        click.secho(harmless_line(told), dim=True)
    parts: list[int | None] = [*([] if only_rounds(judgement) else [None]), *rounds_of(judgement)]
    for part in parts:
        click.echo()
        if part is not None:
            click.secho(f"Round {part}", bold=True)
        _print_scores(judgement, setup, part)
        _print_summaries(judgement, setup, part)
    if len(parts) > 1 and only_rounds(judgement):
        click.echo()
        click.secho("All rounds together", bold=True)
        _print_scores(judgement, setup, None)


def judgement_as_json(judgement: "Judgement") -> dict[str, Any]:
    """One judgement with everything in it, and what its scores add up to."""
    from backrooms_tui.session.codec import judgement_to_dict
    from backrooms_tui.session.tallying import tallied

    tallies = [_tally_as_json(tally) for tally in tallied(judgement)]
    values = judgement_to_dict(judgement)
    return {**values, "cost": judgement.cost, "whole": judgement.whole, "tallies": tallies}


def print_list(store: "Store", session: str, *, as_json: bool) -> None:
    """What is kept of a session, newest first."""
    found = store.judgements(session)
    if as_json:
        print_json([judgement_as_json(one) for one in found])
    elif found:
        rows = [_row(one) for one in found]
        print_table(("id", "when", "rubric", "judges", "verdicts", "cost"), rows, stretch=3)
    else:
        click.echo("Nobody has judged this session yet. `backrooms judge --rubrics` lists by what.")


def delete(store: "Store", session: str, id: str) -> None:
    """Delete the judgement of this session whose id begins so, or the newest where it is "last"."""
    known = [one.id for one in store.judgements(session)]
    matches = known[:1] if id == "last" else [one for one in known if one.startswith(id)]
    if len(matches) != 1:
        what = f"{id!r} means {len(matches)} judgements" if matches else f"session {session} has no judgement {id!r}"
        raise OperatorError(what, f"`backrooms judge {session} --list` shows all")
    store.forget_judgement(matches[0])
    click.echo(f"Deleted: {matches[0]}")


def print_rubrics(folder: Path, *, as_json: bool) -> None:
    """The person's own rubrics and the built-in ones, and what is wrong with a broken one."""
    from backrooms_tui.judging.rubric_files import list_rubrics

    found = list_rubrics(folder)
    if as_json:
        print_json(
            [
                {
                    "name": one.name,
                    "title": one.rubric.title if one.rubric is not None else "",
                    "about": one.rubric.about if one.rubric is not None else "",
                    "measures": _measures_as_json(one.rubric),
                    "origin": one.origin,
                    "path": str(one.path),
                    "problem": one.problem,
                }
                for one in found
            ]
        )
        return
    rows = []
    for one in found:
        what = f"✗ {one.problem}" if one.rubric is None else _measures_told(one.rubric)
        rows.append((one.name, one.origin, one.rubric.title if one.rubric is not None else "", what))
    print_table(("name", "whose", "title", "measures"), rows, stretch=3)


def _print_scores(judgement: "Judgement", setup: "Setup", part: int | None) -> None:
    from backrooms_tui.formats.outgoing.judged import lines_of

    lines = lines_of(judgement, setup, part)
    rows = [
        (
            line.measure,
            line.of,
            line.mean,
            line.spread,
            str(line.count),
            str(line.missing),
            line.scale,
            _turns(line.turns),
        )
        for line in lines
    ]
    if rows:
        print_table(_COLUMNS, rows, stretch=7)
    for line in lines:
        for why, count in line.gaps:
            many = f" ({count} times)" if count > 1 else ""
            whose = line.measure if line.seat is None else f"{line.measure}, {line.of}"
            click.secho(harmless_line(f"{whose}: no score, {why}{many}"), dim=True)


def _print_summaries(judgement: "Judgement", setup: "Setup", part: int | None) -> None:
    from backrooms_tui.formats.outgoing.judged import summaries_of

    for one in summaries_of(judgement, setup, part):
        click.echo()
        click.secho(harmless_line(one.who), dim=True)
        click.echo(_wrapped(harmless(one.text)))
        if one.key:
            click.secho(harmless_line(one.key), dim=True)


def _wrapped(text: str) -> str:
    """At words, where a terminal would break it anywhere."""
    if not sys.stdout.isatty():
        return text
    pieces: list[str] = []
    wrapper = Wrapper(pieces.append, min(WIDEST, get_terminal_size().columns))
    wrapper.feed(text)
    wrapper.finish()
    return "".join(pieces)


def _turns(turns: tuple[int, ...]) -> str:
    named = ", ".join(map(str, turns[:_MOST_TURNS]))
    return f"{named}, …" if len(turns) > _MOST_TURNS else named


def _row(one: "Judgement") -> tuple[str, ...]:
    from backrooms_tui.formats.outgoing.judged import spent

    when = datetime.fromtimestamp(one.at).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time
    judges = ", ".join(dict.fromkeys(verdict.judge for verdict in one.verdicts))
    count = f"{len(one.verdicts)}" if one.whole else f"{len(one.verdicts)} of {one.wanted}"
    return (one.id, when, one.rubric.name, judges, count, spent(one))


def _tally_as_json(tally: "Tally") -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(tally), "turns": list(tally.turns)}


def _measures_told(rubric: "Rubric") -> str:
    return ", ".join(f"{one.name}{' (each agent)' * (one.of == 'agent')}" for one in rubric.measures)


def _measures_as_json(rubric: "Rubric | None") -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(measure) for measure in rubric.measures] if rubric is not None else []


def _setup(store: "Store", session: str) -> "Setup":
    from backrooms_tui.session.setup import Setup

    opened = next(store.events(session, deltas=False), None)
    setup = getattr(opened, "setup", None)
    return setup if isinstance(setup, Setup) else Setup("", "", ())
