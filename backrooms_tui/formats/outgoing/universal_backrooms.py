"""A session as plain text, laid out as the logs of UniversalBackrooms are, under the file name that it would have.

Each turn stands under a line `### Actor ###` after a blank one. There are no notices, no prompts and no numbers in such
a log. A line of a turn that looks like an actor's is moved in by a blank, so that nobody speaks in another's name.
"""

import re
from collections import Counter
from datetime import datetime
from typing import TextIO

from backrooms_tui.formats.outgoing.file_names import safe
from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of, timeline
from backrooms_tui.formats.outgoing.spoken import speaker_of
from backrooms_tui.session.entries import CouncilEntry, NoticeEntry, RoundEntry, TurnEntry
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.setup import Setup

_CLI = "CLI"
# What the reader of such a log takes for the beginning of another turn, or for the end.
_ACTOR = re.compile(r"^(?=### .* ###\s*$)", re.MULTILINE)


def write_universal_backrooms(record: Record, out: TextIO) -> None:
    """Write the log of the session."""
    gist = gist_of(record)
    names = _names(gist)
    for _, entries in timeline(record, gist):
        for entry in entries:
            if isinstance(entry, NoticeEntry | CouncilEntry):
                continue
            if isinstance(entry, TurnEntry):
                if not entry.retracted:
                    _turn(out, names.get(entry.agent, entry.name), entry.text)
            elif isinstance(entry, RoundEntry):
                _turn(out, "Round", entry.label)
            else:
                _turn(out, speaker_of(entry, gist.setup), entry.text)
    unfinished = gist.unfinished
    if unfinished is not None and unfinished.text:
        _turn(out, names.get(unfinished.agent, unfinished.name), "".join(unfinished.text))
    if end := _end(gist):
        out.write(f"\n{end}\n")


def log_name(setup: Setup, started: float) -> str:
    """`{lm1}_{lm2}_{template}_{YYYYmmdd_HHMMSS}`, in the person's own time, without the suffix."""
    began = datetime.fromtimestamp(started)  # noqa: DTZ006 - as the original does
    agents = sorted(setup.agents, key=lambda agent: agent.seat)
    models = [_CLI.lower() if agent.kind == "world" else agent.asked or agent.model for agent in agents]
    # The original's models have no underscores in their names: whoever reads ours counts on it.
    words = [safe(model.rpartition("/")[2].replace("_", "-"), 40) for model in models]
    words.append(safe(setup.template.rpartition("/")[2], 40))
    return "_".join([*(word for word in words if word), began.strftime("%Y%m%d_%H%M%S")])


def _turn(out: TextIO, actor: str, text: str) -> None:
    out.write(f"\n### {harmless_line(actor)} ###\n{_ACTOR.sub(' ', harmless(text))}\n")


def _names(gist: Gist) -> dict[int, str]:
    """Names by seat; those of one name are told apart by their seats, as the original does with its models. A world is
    its command line."""
    agents = gist.setup.agents
    names = {agent.seat: _CLI if agent.kind == "world" else agent.name for agent in agents}
    shared = Counter(names.values())
    return {seat: f"{name} {seat}" if shared[name] > 1 else name for seat, name in names.items()}


def _end(gist: Gist) -> str:
    """The last line, where the original has one for such an end. Its turns are rounds."""
    ended = gist.ended
    if ended is None:
        return ""
    rules = gist.setup.rules
    match ended.reason:
        case "stop":
            stop = rules.stop[0] if len(rules.stop) == 1 else "^C^C"
            return f"{harmless_line(gist.last_speaker)} has ended the conversation with {harmless_line(stop)}."
        case "max_turns" | "max_rounds":
            seats = max(1, len(gist.setup.agents))
            rounds = rules.max_rounds if ended.reason == "max_rounds" else -(-rules.max_turns // seats)
            return f"Reached maximum number of turns ({rounds}). Conversation ended."
        case _:
            return ""
