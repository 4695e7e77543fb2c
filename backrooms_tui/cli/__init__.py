"""The command line: thin, one module per command group."""


def main() -> None:
    """The `backrooms` command."""
    from backrooms_tui.cli.root import start

    start()
