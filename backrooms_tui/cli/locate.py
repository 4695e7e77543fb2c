"""`backrooms locate`: where things are kept."""

import click

from backrooms_tui.settings import folders


@click.command()
@click.argument("what", required=False, type=click.Choice(["config", "data", "templates", "rubrics", "themes"]))
def locate(what: str | None) -> None:
    """Print where things are kept: all of it, or one path."""
    places = {
        "config": folders.config_dir(),
        "data": folders.data_dir(),
        "templates": folders.templates_dir(),
        "rubrics": folders.rubrics_dir(),
        "themes": folders.themes_dir(),
    }
    if what is not None:
        click.echo(places[what])
        return
    for name, place in places.items():
        click.echo(f"{name:<10} {place}")
