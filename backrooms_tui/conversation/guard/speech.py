"""Telling somebody's words from a field's value: what stands after "Ben:" or "User:"."""

import re

# So much after a label is looked at. Anything longer is no field's value.
VALUE = 48

ENDING = tuple(".?!…。？！»”」』")
QUOTES = tuple("\"“„«»「『'‘")
NUMBER = re.compile(
    r"[+\-−±~≈≥≤#]?\s?[\d½¼¾]|[✓✔✗✘☑☐×★☆■□]|"
    r"(?:no|zero|one|two|three|four|five|six|seven|eight|nine|ten|ein|eine|zwei|drei|vier|un|une|deux|trois|uno|dos|tres)"
    r"\s(?:points?|votes?|pts?|goals?|wins?|stars?|punkte?|stimmen?|voix|puntos?|votos?)\b",
    re.IGNORECASE,
)
TYPE = re.compile(
    r"(?:str|int|float|bool|bytes|none|list|dict|tuple|set|optional|union|any|string|number|boolean|object|null|true"
    r"|false|undefined|varchar|text|uuid|date|datetime)\b[\[\]\w\s|,.=\"'()?]{0,48};?$",
    re.IGNORECASE,
)
ASSIGNED = re.compile(r"[\w.\-]{1,40}\s?=(?!=)")
PLACE = re.compile(r"(?:https?:|~?/\w|\.{1,2}/|[A-Za-z]:\\|[{$<&])")
LISTED = re.compile(r"\s*(?:[-*+•–—]\s|\d{1,3}[.)]\s|[>|]|```|~~~)")
FIELD = re.compile(r" {0,3}[*_]{0,2}\w[\w .'/-]{0,30}?[*_]{0,2}\s?[:：][*_]{0,2}\s{1,4}(?=\S)")
ADDRESSED = re.compile(r"(?:you are|you're|your task|du bist|tu es|vous êtes|eres|あなたは)", re.IGNORECASE)


def terse(value: str) -> bool:
    """Whether `value` is as short as a field's value and does not end as a sentence does."""
    plain = value.strip().rstrip("*_")
    return (
        len(plain) < VALUE and len(plain.split()) <= 4 and not plain.endswith(ENDING) and not plain.startswith(QUOTES)
    )


def counted(value: str) -> bool:
    """Whether `value` counts something, as a tally does: "3 points", "7/10", "✓"."""
    plain = value.strip()
    return (
        NUMBER.match(plain) is not None
        and len(plain) < VALUE
        and len(plain.split()) <= 5
        and not plain.endswith(("?", "!", "…"))
        and not (plain.endswith(".") and len(plain.split()) > 3)
    )


def programmed(value: str) -> bool:
    """Whether `value` belongs to code or configuration: a type, an assignment, a path, an address."""
    plain = value.strip()
    if TYPE.match(plain) or ASSIGNED.match(plain) or PLACE.match(plain):
        return True
    return plain.endswith((";", "{")) or (plain.endswith(",") and len(plain.split()) <= 2)


def field(line: str) -> bool:
    """Whether `line` is a "key: value" with a terse value."""
    match = FIELD.match(line)
    return match is not None and (terse(line[match.end() :]) or counted(line[match.end() :]))


def listed(line: str) -> bool:
    """Whether `line` is an item of a list, a row of a table, a block quote or a code fence."""
    return LISTED.match(line) is not None


def asked(value: str, spelling: str) -> bool:
    """Whether `value` after a role's name ("User") is somebody's words. Stricter than for a participant's name: every
    terminal, form and glossary has such lines, and a model that writes the user's part writes whole sentences."""
    plain = value.strip().strip("*_").strip()
    words = plain.split()
    if not plain:
        return False
    if not plain.isascii() and not plain[0].isascii() and not (plain[0].isupper() or plain[0].islower()):
        return len(plain) > 4 or plain.endswith(ENDING)  # scripts without capitals
    sentence = len(plain) >= VALUE or plain.endswith(ENDING)
    if plain[0].islower():
        # "User: a person who types" is a glossary; people who write "user:" write the rest small as well.
        return spelling.islower() and sentence and len(words) > 3
    if plain.startswith(QUOTES):
        return len(words) > 1
    names = sum(word[0].isupper() or not word[0].isalpha() for word in words) == len(words)
    return (sentence and (len(words) > 1 or plain.endswith(("?", "!")))) or (len(words) > 2 and not names)


def instructed(value: str) -> bool:
    """Whether `value` tells a model who it is, as a system prompt does."""
    return ADDRESSED.match(value.strip()) is not None
