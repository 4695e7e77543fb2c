"""What an agent may say to a world: commands well-formed and not, fences, prompts, prose, bytes."""

import json
from random import Random

_COMMANDS = (
    *("notes create", "notes list", "notes read", "notes update", "notes append", "notes delete", "notes search"),
    *("notes find", "exo create_note", "exo query", "create_note", "search_notes", "delete_note", "notes_update"),
    *("files ls", "files cat", "files write", "files append", "files mkdir", "files mv", "files cp", "files rm"),
    *("files find", "files grep", "files cd", "ls", "cat", "cd", "pwd", "tree", "mkdir", "rm", "mv", "cp", "touch"),
    *("echo", "grep", "clock now", "clock date", "clock elapsed", "dice roll", "dice coin", "dice choose", "flip"),
    *("help", "help notes", "help files rm", "history", "notes", "notes wat", "web open", "search session", "lst"),
)
_WORDS = (
    *("door", "The", "corridor", "1", "2", "3", "17", "-1", "0", "a", "a/b", "../..", "/etc/passwd", "README.txt"),
    *("a/b/c.txt", "*", "?", "**", "2d6+1", "9d9d9", "yes", "x" * 150, "“quoted", '"two words"', "'one'", "`", "|"),
    *("title=door", "text=long and wide", "--title", "--text=x", "--", "-rf", ">", ">>", "<<EOF", "{", "}", "{}"),
    *('{"note": 1}', '{"title": "a", "text": [1, {"b": null}]}', "\x1b[2J", "\0", "\ud800", "🙂", "‮", "\r", "\t"),
)


def babble(rng: Random) -> str:
    """One turn."""
    lines = [_line(rng) for _ in range(rng.choice((1, 1, 1, 2, 3, 12)))]
    text = "\n".join(lines)
    match rng.randrange(8):
        case 0:
            return f"Let me see.\n\n```\n{text}\n```\nWell."
        case 1:
            return f"I think of the door, and `{lines[0]}` comes to mind."
        case 2:
            return "\n".join(f"guest@far-end:~$ {line}" for line in lines)
        case 3:
            return rng.randbytes(rng.randrange(200)).decode("latin-1")
        case 4:
            return "\n".join(rng.choices(_WORDS, k=rng.randrange(30)))
    return text


def _line(rng: Random) -> str:
    command = rng.choice(_COMMANDS)
    if rng.random() < 0.1:
        name = command.replace(" ", "_")
        return json.dumps({"name": name, "arguments": {"title": rng.choice(_WORDS), "text": rng.choice(_WORDS)}})
    return " ".join([command, *rng.choices(_WORDS, k=rng.choice((0, 1, 1, 2, 2, 3, 8)))])
