"""`backrooms sessions find`: search in everything that was said."""

from contextlib import closing

import click

from backrooms_tui.cli.tables import print_json, print_table


# What begins with - is a word that is left out, -h too.
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="At most N hits.")
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
def find(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search in everything that was said, newest first.

    \b
    mirror door       both words; '"a mirror"' one after another; mirr* a beginning
    -rain             without
    agent:Mara        said by; agent:operator is what you said
    model:opus        by a model of such a name
    template:cli      in a session of such a template
    since:7d          12h, 7d, 2w, today, yesterday or 2026-11-20
    'stall>0.6'       where the conversation stalled so much, from 0 to 1
    'cost>1'          in sessions of so many USD; 'turns>20' of so many turns
    is:starred        what you starred, or lies in a session that you did
    tag:night         what you tagged so; 'note:"look again"' where your note says so

    A shell takes quotes, > and * for its own: put all of it in single quotes, as in
    backrooms sessions find 'agent:Mara "a mirror" cost>1 -rain'
    """
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.store.query import parse

    query = parse(" ".join(words))
    with closing(Workspace()) as workspace:
        hits = workspace.store.search_for(query, limit)
    if as_json:
        print_json(
            [
                {"session": hit.session, "turn": hit.turn, "agent": hit.agent, "name": hit.name, "text": hit.snippet}
                for hit in hits
            ]
        )
    elif hits:
        rows = [(hit.session, str(hit.turn), hit.name, hit.snippet) for hit in hits]
        print_table(("session", "turn", "by", "words"), rows, stretch=3)
    else:
        click.echo("Nobody said that." if query.said else "Nothing fits.")
