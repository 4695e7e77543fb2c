"""What a request asks for, as far as it can be understood. Forgiving about quotation marks, colons and Markdown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backrooms_tui.session.request_events import Request
from backrooms_tui.session.requests import Vote
from backrooms_tui.session.state import SessionState

# Characters of a word, a question and an option; options of a vote; turns of a mute.
_LONGEST, _QUESTION, _OPTION = 2000, 300, 100
_MOST_OPTIONS, _MOST_TURNS = 10, 50
_PAIRS = {'"': '"', "“": "”", "„": "“", "«": "»", "”": "”", "‘": "’", "'": "'", "`": "`"}
_QUOTED = re.compile(r'"([^"]*)"|“([^”"]*)[”"]|„([^“”"]*)[“”"]|«([^»]*)»|”([^”]*)”')
_LINE = re.compile(r"\s*[*_`]{0,3}[!！][A-Za-z]+[\s*_`:：,.]*(.*)", re.DOTALL)
_PARTED = re.compile(r"\s*(?:[,;|/]|\bor\b)\s*")
_TURNS = re.compile(r"[\s:,(]*(?:for\s+)?(\d{1,4})?\s*(?:turns?|rounds?)?[\s).!]*", re.IGNORECASE)
_MODEL = re.compile(r"[\"'“`]?([^\s\"'“”`,]+)[\"'”`]?[\s:：,]*(.*)", re.DOTALL)
_CALLED = re.compile(r"\s*[,:：]?\s*(?:as|named|called)?\s*[\"'“‘`(]?([^\"'“”‘’`()\[\]]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; the fields are those of `RequestMade`. `model` is what the agent calls it, `persona` and
    `called` are for the one that is invited; `turns` 0 is a round."""

    to: int = 0
    said: str = ""
    options: tuple[str, ...] = ()
    vote: str = ""
    turns: int = 0
    model: str = ""
    persona: str = ""
    called: str = ""


class NotUnderstoodError(Exception):
    """What is asked for cannot be made out, or is not possible; the text says why, for the agent."""


def understood(request: Request, state: SessionState, seat: int) -> Wish:
    """What the agent on `seat` asks for. Raises NotUnderstoodError."""
    match = _LINE.match(request.text)
    rest = match[1].strip() if match is not None else ""
    rest = rest.rstrip("*_` ") if request.text.lstrip()[:1] in "*_`" else rest
    match request.name:
        case "whisper":
            return _whisper(rest, state, seat)
        case "vote":
            return _vote(rest, state.requests.vote)
        case "invite":
            return _invite(rest)
        case "leave":
            return Wish(said=_word(rest))
        case "mute":
            return _mute(rest, state)
        case "note":
            return Wish(said=_needed(_word(rest), 'write the note behind it: !note "text"'))


def _whisper(rest: str, state: SessionState, seat: int) -> Wish:
    to, text = _named(rest, state, '!whisper NAME "text"')
    if to == seat:
        raise NotUnderstoodError("that is your own name")
    if state.agents[to].is_world:
        raise NotUnderstoodError(f"{_plain(state.agents[to].name)} is a world, and hears no whispers")
    return Wish(to=to, said=_needed(_word(text), 'write the text behind the name: !whisper NAME "text"'))


def _mute(rest: str, state: SessionState) -> Wish:
    to, text = _named(rest, state, "!mute NAME 3")
    if state.agents[to].is_world:
        raise NotUnderstoodError(f"{_plain(state.agents[to].name)} is a world, and answers whoever commands it")
    match = _TURNS.fullmatch(text)
    if match is None:
        raise NotUnderstoodError("only a number of turns may stand behind the name: !mute NAME 3")
    number = int(match[1]) if match[1] else 0
    if match[1] and not 1 <= number <= _MOST_TURNS:
        raise NotUnderstoodError(f"it is for 1 to {_MOST_TURNS} turns")
    return Wish(to=to, turns=number)


def _vote(rest: str, open_vote: Vote | None) -> Wish:
    if open_vote is not None:
        quoted = _quoted(rest)
        return Wish(said=_option(quoted[0] if len(quoted) == 1 else rest, open_vote), vote=open_vote.id)
    quoted = _quoted(rest)
    if len(quoted) < 2 and not quoted and "?" in rest:
        question, _, listed = rest.partition("?")
        quoted = [f"{question.strip()}?", *(one for one in _PARTED.split(listed.strip(" :.!")) if one.strip())]
    if len(quoted) == 2 and len(more := [one for one in _PARTED.split(quoted[1]) if one.strip()]) > 1:
        quoted = [quoted[0], *more]
    if len(quoted) == 1:
        raise NotUnderstoodError('no vote is open; one is called with !vote "question" "option" "option"')
    options = list({" ".join(one.split()).casefold(): " ".join(one.split()) for one in reversed(quoted[1:])}.values())
    options.reverse()
    question = " ".join(quoted[0].split()) if quoted else ""
    options = [one for one in options if one]
    if not question or len(options) < 2:
        raise NotUnderstoodError('a vote needs a question and two options: !vote "question" "option" "option"')
    if len(options) > _MOST_OPTIONS:
        raise NotUnderstoodError(f"a vote has at most {_MOST_OPTIONS} options")
    if len(question) > _QUESTION or any(len(one) > _OPTION for one in options):
        raise NotUnderstoodError(f"a question has at most {_QUESTION} characters, an option {_OPTION}")
    return Wish(said=question, options=tuple(options))


def _option(said: str, vote: Vote) -> str:
    wanted = " ".join(said.split()).strip(" \"'“”‘’`.!:*_").casefold()
    known = {option.casefold(): option for option in vote.options}
    near = [option for folded, option in known.items() if wanted and folded.startswith(wanted)]
    if wanted in known:
        return known[wanted]
    if wanted.isdecimal() and 1 <= int(wanted[:6]) <= len(vote.options):
        return vote.options[int(wanted[:6]) - 1]
    if len(near) == 1:
        return near[0]
    listed = ", ".join(f"“{option}”" for option in vote.options)
    raise NotUnderstoodError(f"the vote on “{vote.question}” is open, and its options are {listed}")


def _invite(rest: str) -> Wish:
    how = '!invite MODEL "persona" NAME'
    match = _MODEL.match(rest)
    if match is None:
        raise NotUnderstoodError(f"say which model: {how}")
    quoted = _QUOTED.search(match[2])
    if quoted is None:
        persona, called = match[2], ""
    else:
        persona = next(part for part in quoted.groups() if part is not None)
        name = _CALLED.match(match[2], quoted.end())
        called = _plain(name[1]).strip(" .!,:*_")[:40] if name is not None else ""
    persona = persona.strip().strip("\"'“”„«»`").strip()
    return Wish(model=match[1][:200], persona=_needed(persona, f"say who it is to be: {how}")[:_LONGEST], called=called)


def _named(rest: str, state: SessionState, how: str) -> tuple[int, str]:
    """The seat whose name `rest` begins with, and what is behind the name."""
    text = rest.lstrip("@ \t\n*_")
    closing = _PAIRS.get(text[:1], "")
    inner = text[1:] if closing else text
    names = {seat: _plain(agent.name) for seat, agent in state.agents.items()}
    found = _whose(inner, _aliases(names))
    if found is None:
        there = ", ".join(name for seat, name in names.items() if not state.agents[seat].absent)
        said = " ".join(text.split())[:40]
        raise NotUnderstoodError(
            f"“{said}” begins with nobody's name; here are {there}" if said else f"say to whom: {how}"
        )
    seat, length = found
    behind = inner[length:].lstrip("*_")
    behind = behind.removeprefix(closing) if closing else behind
    if state.agents[seat].absent:
        raise NotUnderstoodError(f"{names[seat]} is away")
    return seat, behind.lstrip(" \t\n:：,;–—-*_")


def _whose(text: str, aliases: Mapping[str, int]) -> tuple[int, int] | None:
    """The seat of the longest of `aliases` that `text` begins with, and how much of it that is."""
    for alias in sorted(aliases, key=len, reverse=True):
        begins = text[: len(alias)]
        if begins.casefold() == alias.casefold() and not text[len(alias) : len(alias) + 1].isalnum():
            return aliases[alias], len(alias)
    return None


def _aliases(names: Mapping[int, str]) -> dict[str, int]:
    """What may be said for whom: the whole name, or its first word where nobody else is called so."""
    known: dict[str, int] = {}
    for seat, name in names.items():
        if name and name.casefold() not in {one.casefold() for one in known}:
            known[name] = seat
    firsts = [name.split()[0].casefold() for name in names.values() if name]
    for seat, name in names.items():
        first = name.split()[0] if name else ""
        if len(first) > 1 and firsts.count(first.casefold()) == 1:
            known.setdefault(first, seat)
    return known


def _word(text: str) -> str:
    """What is said, in one line, without the quotation marks around it."""
    said = " ".join(text.split())
    if len(said) > 1 and said[0] in _PAIRS:
        inner = said[1:].rstrip()
        end = max(inner.rfind(sign) for sign in (_PAIRS[said[0]], '"', "”"))
        said = inner[:end] + inner[end + 1 :] if end >= 0 and not inner[end + 1 :].strip(" .!*_") else inner
        said = said.rstrip(" *_")
    return said[:_LONGEST].strip()


def _quoted(text: str) -> list[str]:
    return [next(part for part in match.groups() if part is not None).strip() for match in _QUOTED.finditer(text)]


def _needed(text: str, otherwise: str) -> str:
    if not text:
        raise NotUnderstoodError(otherwise)
    return text


def _plain(name: str) -> str:
    return " ".join(name.split())
