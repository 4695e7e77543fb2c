"""`python -m backrooms_tui` is the `backrooms` command."""

from backrooms_tui.cli import main

main()
