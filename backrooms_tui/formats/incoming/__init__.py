"""Files that come in, one module per format: what other tools wrote, and our own JSON Lines of events.

`recognising.read` finds out what a file is and has the right module read it. Each module says what it looks for,
whether a file fits, and what the file says: a session or templates (`saying`), and what could not be placed.
"""
