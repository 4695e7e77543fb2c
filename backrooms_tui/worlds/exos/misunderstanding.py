"""What is said where no command was understood: what was wrong, what is near it, and how to get help."""

from difflib import get_close_matches

from backrooms_tui.worlds.exos import telling
from backrooms_tui.worlds.exos.elsewhere import known_elsewhere
from backrooms_tui.worlds.exos.heads import Head, Heads

_SHOWN = 40
_HELP = "`help` says what there is."


def told(attempt: str, head: Head, heads: Heads) -> tuple[str, str, str]:
    """A title, a text and a hint, for `attempt`, whose first words came to `head`."""
    if not attempt.strip():
        return (
            "No command was understood",
            "\n".join(["A command stands on a line of its own, such as:\n", *(f"  {one}" for one in heads.simplest())]),
            _HELP,
        )
    if head.kind != "nothing" and not head.word:
        return (
            "No command was understood",
            f"It reads like a sentence. If it was a command, give it in backticks: `{telling.one_line(attempt, 80)}`",
            _HELP,
        )
    word = telling.one_line(head.word, _SHOWN)
    environment = head.environment
    if environment is not None:
        if instead := environment.absent.get(head.word.casefold()):
            return f"There is no {environment.name} {word}", instead, f"help {environment.name}"
        names = heads.names_in(environment)
        near = [names[one] for one in get_close_matches(head.word.casefold()[:_SHOWN], names, n=3, cutoff=0.5)]
        text = _did_you_mean(list(dict.fromkeys(near)))
        commands = ", ".join(one.name for one in environment.commands)
        text = f"{text}It has: {commands}." if text else f"{environment.name} has: {commands}."
        return f"There is no {environment.name} {word}", text, f"help {environment.name} says what each does"
    if instead := known_elsewhere(head.word, heads):
        return f"{word} is not a command here", instead, _HELP
    near = _near(head.word, telling.one_line(attempt, _SHOWN), heads)
    return f"{word} is not a command here", _did_you_mean(near).strip(), _HELP


def _near(word: str, attempt: str, heads: Heads) -> list[str]:
    names = heads.names()
    found = get_close_matches(word.casefold()[:_SHOWN], names, n=2, cutoff=0.65)
    first_two = " ".join(attempt.casefold().split()[:2])
    found += get_close_matches(first_two, names, n=2, cutoff=0.65)
    return list(dict.fromkeys(names[one] for one in found))[:3]


def _did_you_mean(names: list[str]) -> str:
    return f"Did you mean {' or '.join(names)}?\n\n" if names else ""
