"""Whether the application is shown in a browser, to a person who is not at this machine.

Such a person may talk and watch, but may not name files of this machine, nor see or give keys.
The server says it to the application in the environment, so that no option or setting undoes it.
"""

import os

VARIABLE = "BACKROOMS_SERVED"
TYPING, WATCHING = "typing", "watching"  # what the person there can do


def is_served() -> bool:
    """True in an application that a server started for a browser."""
    return bool(os.environ.get(VARIABLE))


def is_only_watched() -> bool:
    """True where nothing that the person there types arrives: then it need not be said what keys do."""
    return os.environ.get(VARIABLE) == WATCHING
