"""The command line: thin, one module per command group."""


def main() -> None:
    """The `backrooms` command."""
    try:
        from backrooms_tui.cli.root import start
    except KeyboardInterrupt:  # while the program was still being loaded
        raise SystemExit(130) from None
    start()
