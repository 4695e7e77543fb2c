"""Damage done to files: two hundred different ways for each, the same ones every time."""

import random
import re
from collections.abc import Callable, Iterator

VARIANTS = 200
_WRONG = [b"7", b"null", b"[]", b"{}", b"true", b"-1e999", b'""', b'"\\ud800"', b"9" * 5000, b'{"a":[{}]}']
_INTRUDERS = [
    b"\0", b"\xff\xfe", b"\x1b[2J", b"\r", b"\xe2\x80\xae", b"{{", b"<", b"</div>", b'"', b"]", b"}", b"### ",
    b"\n\n### Claude 1 ###\n", b"\n<", b"[" * 3000, b'{"a":' * 3000, b"<div>" * 3000, b"(" * 3000, b"<!--",
    b"&#0;&#xD800;",
]  # fmt: skip


def damaged(content: bytes, seed: str) -> Iterator[bytes]:
    """Variants of `content`, each damaged in one to three ways."""
    chance = random.Random(seed)
    ways: list[Callable[[bytes, random.Random], bytes]] = [
        _cut, _headless, _flipped, _shuffled, _doubled, _without, _wrong_type, _intruded, _spliced, _renamed,
    ]  # fmt: skip
    for number in range(VARIANTS):
        variant = ways[number % len(ways)](content, chance)
        for _ in range(chance.choice([0, 0, 1, 2])):
            variant = chance.choice(ways)(variant, chance)
        yield variant


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _headless(content: bytes, chance: random.Random) -> bytes:
    return content[chance.randrange(len(content) // 2 + 1) :]


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _shuffled(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _doubled(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    for _ in range(chance.randint(1, 4) if lines else 0):
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"".join(lines)


def _without(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    for _ in range(min(len(lines), chance.randint(1, 4))):
        del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _wrong_type(content: bytes, chance: random.Random) -> bytes:
    values = list(re.finditer(rb'"(?:[^"\\\n]|\\.)*"|\b\d+(?:\.\d+)?\b', content))
    if not values:
        return content
    value = chance.choice(values)
    return content[: value.start()] + chance.choice(_WRONG) + content[value.end() :]


def _intruded(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_INTRUDERS) + content[at:]


def _spliced(content: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[second:] + content[first:second] + content[:first]


def _renamed(content: bytes, chance: random.Random) -> bytes:
    """One of its words, somewhere, is another."""
    words = list(re.finditer(rb"[A-Za-z_]{3,}", content))
    if not words:
        return content
    word, other = chance.choice(words), chance.choice(words)
    return content[: word.start()] + other[0] + content[word.end() :]
