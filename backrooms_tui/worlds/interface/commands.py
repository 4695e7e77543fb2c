"""Which words of what somebody said are a command for a world-interface server: `<environment> <command> [text]`."""

import re

from backrooms_tui.worlds.reading.commands import commands_in
from backrooms_tui.worlds.reading.grammar import Standing

# The environments and commands of that server, as its documentation lists them. Others are sent to it all the same.
ENVIRONMENTS = {
    "exo": (
        "notes",
        "create_note",
        "update_note",
        "delete_note",
        "read_note",
        "search_notes",
        "query",
        "gen",
        "riff",
        "analyze",
        "help",
    ),
    "search": ("query", "help"),
    "web": ("open", "help"),
    "help": (),
}
_NAME = re.compile(r"[A-Za-z][\w-]{0,40}$")
_WRITES = ("create_note", "update_note")


class Commands:
    """What such a server knows about commands; see `Grammar`."""

    def knows(self, line: str, standing: Standing) -> bool:
        """See `Grammar.knows`."""
        words = line.split(maxsplit=2)
        if not words or not _NAME.match(words[0]):
            return False
        environment = words[0].lower()
        if standing == "marked" or environment not in ENVIRONMENTS:
            return standing == "marked"
        if len(words) == 1:
            return standing == "alone" or environment == "help"
        if words[1].lower() in ENVIRONMENTS[environment] or (environment == "help" and len(words) == 2):
            return True
        # `search` takes any words; a sentence that begins with it ends with a mark.
        return standing == "alone" and environment == "search" and line.rstrip()[-1] not in ".!:;,"

    def goes_on(self, line: str) -> bool:
        """See `Grammar.goes_on`."""
        return self.may_go_on(line) and len(line.split(maxsplit=2)) == 2

    def may_go_on(self, line: str) -> bool:
        """See `Grammar.may_go_on`."""
        words = line.split(maxsplit=2)
        return len(words) > 1 and words[1].lower() in _WRITES


def taken_from(text: str) -> tuple[str, ...]:
    """The commands in `text`, in order; where there are none, what may have been meant as one. Empty for prose."""
    found = commands_in(text, Commands())
    return found.commands or ((found.attempt,) if found.attempt else ())


def name_of(command: str) -> str:
    """What `command` is in permissions: its environment (`web`), with its command where both are known (`web.open`)."""
    words = command.split(maxsplit=2)
    if not words or not _NAME.match(words[0]):
        return "other"
    environment = words[0].lower()
    known = ENVIRONMENTS.get(environment, ())
    second = words[1].lower() if len(words) > 1 else ""
    return f"{environment}.{second}" if second in known else environment
