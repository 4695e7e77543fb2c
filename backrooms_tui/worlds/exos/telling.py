"""The screens of the built-in world: a head with the command and the time, a title, what is to be said, and a hint."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from backrooms_tui.session.world import Permission, permitted
from backrooms_tui.worlds.exos.environment import Command, Environment

NAME = "exOS v0.5"
_SHOWN = 160  # of a command, in its screen's head
_LISTED = 14
_MAY: Mapping[Permission, str] = {"allow": "", "ask": " (the operator is asked)", "deny": " (not allowed here)"}


def screen(command: str, now: float, title: str, text: str = "", hint: str = "") -> str:
    """One screen."""
    head = f"{NAME}\nCommand: {shown(command)}\nTime: {time_of(now)}"
    return "\n\n".join(part for part in (head, one_line(title), text.strip("\n"), hint) if part)


def shown(command: str) -> str:
    """A command on one line, with how many lines it has below."""
    line, _, body = command.partition("\n")
    line = one_line(line)
    if len(line) > _SHOWN:
        line = f"{line[: _SHOWN - 1]}…"
    count = body.count("\n") + 1 if body else 0
    return f"{line} (and {counted(count, 'line')} of text)" if count else line or "(none)"


def time_of(now: float) -> str:
    """A time, in UTC."""
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC"


def one_line(text: str, most: int = 0) -> str:
    """`text` on one line, and no longer than `most` characters, if that is given."""
    line = " ".join(text[: most * 4 or None].split())
    return f"{line[: most - 1].rstrip()}…" if most and (len(line) > most or len(text) > most * 4) else line


def counted(count: int, name: str, names: str = "") -> str:
    """ "1 note", "3 notes"."""
    return f"{count:,} {name if count == 1 else names or f'{name}s'}"


def table(rows: Iterable[tuple[str, str]], width: int = 0) -> str:
    """Two columns."""
    rows = list(rows)
    width = width or max((len(first) for first, _ in rows), default=0)
    return "\n".join(f"  {first:<{width}}  {second}".rstrip() for first, second in rows)


def overview(environments: Sequence[Environment], permissions: Mapping[str, Permission]) -> str:
    """What there is, and what of it is not simply allowed."""
    rows = [(one.name, f"{one.about}{_MAY[permitted(permissions, one.name, one.otherwise)]}") for one in environments]
    rows += [("help", "this; help ENVIRONMENT, help ENVIRONMENT COMMAND"), ("history", "your last commands")]
    return f"A command is <environment> <command> [parameters], one on a line.\n\n{table(rows)}"


def of_environment(environment: Environment, permissions: Mapping[str, Permission]) -> str:
    """Its commands, and what of them is not simply allowed."""
    now = permitted(permissions, environment.name, environment.otherwise)
    rows = []
    for one in environment.commands:
        its = permitted(permissions, f"{environment.name}.{one.name}", one.otherwise or environment.otherwise)
        may = "" if its == now else _MAY[its] or " (allowed)"
        rows.append((f"{environment.name} {one.name} {one.usage}".rstrip(), f"{one.about}{may}"))
    return f"{sentence(environment.about + _MAY[now])}\n\n{table(rows)}"


def of_command(environment: Environment, command: Command) -> str:
    """All there is to know about a command."""
    parts = [f"{environment.name} {command.name} {command.usage}".rstrip(), sentence(command.about)]
    if command.parameters:
        optional = (
            "" if one.required or "left out" in one.about else " (may be left out)" for one in command.parameters
        )
        parts.append(
            table(
                (one.name.upper(), f"{one.about}{may}") for one, may in zip(command.parameters, optional, strict=True)
            )
        )
    if command.more:
        parts.append(command.more)
    if command.examples:
        parts.append("\n".join(["For example:", *(f"  {one}" for one in command.examples)]))
    if names := [name for name in (*command.alone, *command.also) if name != command.name]:
        parts.append(f"Also: {', '.join(names[:_LISTED])}")
    return "\n\n".join(parts)


def sentence(text: str) -> str:
    """A line as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
