"""`backrooms completion`: the script that makes a shell complete our words."""

import os
from pathlib import Path

import click

from backrooms_tui.session.trouble import OperatorError

# Where each shell reads it from.
HINTS = {
    "bash": 'add to ~/.bashrc:  eval "$(backrooms completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(backrooms completion zsh)"',
    "fish": "run:  backrooms completion fish > ~/.config/fish/completions/backrooms.fish",
}


@click.command()
@click.argument("shell", required=False, type=click.Choice(sorted(HINTS)))
def completion(shell: str | None) -> None:
    """Print the completion script for SHELL (the current one if left out).

    \b
    bash   add to ~/.bashrc:  eval "$(backrooms completion bash)"
    zsh    add to ~/.zshrc:   eval "$(backrooms completion zsh)"
    fish   backrooms completion fish > ~/.config/fish/completions/backrooms.fish
    """
    from click.shell_completion import get_completion_class

    from backrooms_tui.cli.root import backrooms

    chosen = shell or Path(os.environ.get("SHELL", "")).name
    found = get_completion_class(chosen)
    if found is None:
        raise OperatorError(f"there is no completion for the shell {chosen!r}", f"choose one of {', '.join(HINTS)}")
    click.echo(found(backrooms, {}, "backrooms", "_BACKROOMS_COMPLETE").source())
