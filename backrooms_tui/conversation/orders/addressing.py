"""Who is addressed by name in a text, and not merely named.

A name addresses somebody where it stands apart from its sentence: at the beginning with a comma or an exclamation
behind it ("Ada, what do you think?", "Hey Bo!"), at the end behind a comma ("Go on, Ada."), between commas in a
sentence that speaks to somebody ("You know, Ada, it is late."), or after an @. "I agree with Ada." and "Ada's hat" only
name her. What is quoted, code, and the lines of a script ("Ada: ...") address nobody.

Punctuation does most of the work, since it is alike in many languages; the few words that matter are listed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


def _words(text: str) -> list[str]:
    return text.split()


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_COMMA = ",，、،"
_END = ".!?…。！？؟।"
_MARKS = r"\s*_`\"“”„«»'‘’()\[\]「」『』"
# What may stand before a name with which a sentence begins.
_GREETINGS = _words(
    "hey hi hello dear thanks thank you welcome well and but so now oh ah okay ok yes no right sorry good morning "
    "hallo liebe lieber danke und aber also nun ja nein bonjour salut chère cher merci et mais alors oui non "
    "hola querida querido gracias y pero sí ciao cara caro grazie e ma olá oi obrigado obrigada mas "
    "привет спасибо и а но да нет cześć dzięki hej tack och men merhaba peki 你好 嘿 谢谢 那么 ねえ こんにちは 안녕"
)
_AND = _words("and or und oder et ou y o e и или i oraz och eller og en ve 和 と")
# Said after a name by way of courtesy, or to call somebody.
_COURTESY = _words("さん さま 様 くん 君 ちゃん 先生 氏 님 씨 아 야")
_YOU = _words(
    "you your yours yourself du dich dir dein deine deinen deiner sie ihnen ihr euch tu te toi ton ta tes vous votre "
    "vos tú ti tus usted ustedes vosotros lei voi tuo tua você vocês ты тебя тебе вы вас вам твой ваш ty ciebie cię "
    "dig din sen seni senin siz 你 您 あなた 君 너 당신"
)
_WHO = _words("who whose whom which der die das deren dessen qui dont quien cuyo che quem который которая")
_NOT_NAMES = _words("the a an der die das le la les el los las il lo i o os as dr mr mrs ms miss sir lady and und et")
# Scripts that part words without spaces, or hang endings on a name.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


_OPENS = re.compile(
    rf"(?:^|[{_END}:;：；])[{_MARKS}>#¿¡\-–—]*(?:(?:{_any(_GREETINGS)})[\s!{_COMMA}]*){{0,3}}[{_MARKS}¿¡]*$",
    re.IGNORECASE,
)
_AFTER_COMMA = re.compile(rf"[{_COMMA}–—]\s*(?:(?:{_any(_AND)}|dear)\s+)?[{_MARKS}]*$", re.IGNORECASE)
_CALLED = rf"\s?(?:{_any(_COURTESY)})?"
_CLOSES = re.compile(rf"{_CALLED}[{_MARKS}]*(?:[{_COMMA}!！?？؟…:]|\s*[–—])")
_ENDS = re.compile(rf"{_CALLED}[{_MARKS}]*(?:[{_END}]|$)")
_ENDS_OR_COMMA = re.compile(rf"{_CALLED}[{_MARKS}]*[{_COMMA}–—]")
_SENTENCE = re.compile(rf"[^{_END}]*[{_END}]?")
_SPEAKS_TO = re.compile(rf"(?<!\w)(?:{_any(_YOU)})(?!\w)|[?？؟]|[你您]|あなた", re.IGNORECASE)
_TELLS_OF = re.compile(rf"\s*[{_COMMA}]\s*(?:{_any(_WHO)})\b", re.IGNORECASE)
_SEPARATES = re.compile(rf"\s*[{_COMMA}]?\s*(?:({_any(_AND)})\s+|(和|と)|(&)\s*|)", re.IGNORECASE)
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.DOTALL | re.MULTILINE)


# Characters before a name that are looked at.
_NEAR = 120


@dataclass(frozen=True, slots=True)
class _Named:
    """A name in a line, from `start` to `end`."""

    start: int
    end: int
    seat: int


def addressed(text: str, names: Mapping[int, str]) -> list[int]:
    """The seats that `text` addresses, in the order in which it does; `names` are the names of all seats.

    One word of a longer name will do where nobody else has it.
    """
    known = _aliases(names)
    if not known:
        return []
    plain = _FENCED.sub("", unicodedata.normalize("NFC", text))
    pattern = re.compile(_any(list(known)), re.IGNORECASE)
    found: list[int] = []
    for line in plain.splitlines():
        if not line.lstrip().startswith(">"):
            found += _in_line(line, list(_named(line, pattern, known)))
    return found


def _in_line(line: str, named: list[_Named]) -> Iterator[int]:
    for group in _groups(line, named):
        first, last = group[0], group[-1]
        before, after = line[: first.start], line[last.end :]
        if before.endswith("@") or _apart(line, before, after, first.start):
            yield from (one.seat for one in group)


def _apart(line: str, before: str, after: str, place: int) -> bool:
    """Whether what stands between `before` and `after` stands apart from its sentence."""
    # Only what is near matters, and a very long line should not take long.
    near = before if len(before) <= _NEAR else f"x{before[-_NEAR:]}"
    if _OPENS.search(near) is not None and _CLOSES.match(after) is not None:
        opens_line = not before.strip(' \t*_`"“”„#>-–—')
        if opens_line and after.lstrip("*_` ").startswith((":", "：")):
            return False
        return _TELLS_OF.match(after) is None or _sentence(line, place).endswith(("?", "？", "؟"))
    if _AFTER_COMMA.search(near) is None:
        return False
    if _ENDS.match(after) is not None:
        return True
    return _ENDS_OR_COMMA.match(after) is not None and _SPEAKS_TO.search(_sentence(line, place)) is not None


def _sentence(line: str, place: int) -> str:
    """The sentence of `line` that holds `place`."""
    began = max(line.rfind(mark, 0, place) for mark in _END) + 1
    match = _SENTENCE.match(line, place)
    return line[began : match.end() if match is not None else len(line)]


def _named(line: str, pattern: re.Pattern[str], known: Mapping[str, int]) -> Iterator[_Named]:
    """Every name in `line` as a word of its own. A name may begin with a capital where its agent writes it small, and
    not the other way round: "will" is not Will."""
    for match in pattern.finditer(line):
        start, end, word = match.start(), match.end(), match[0]
        at = start > 0 and line[start - 1] == "@"
        alias = next((alias for alias in known if alias.casefold() == word.casefold()), None)
        if alias is None or not (at or _written_as_name(word, alias)):
            continue
        if _inside(line[start - 1 : start], word[0]) or _inside(line[end : end + 1], word[-1]):
            continue
        yield _Named(start, end, known[alias])


def _written_as_name(word: str, alias: str) -> bool:
    pairs = zip(word.split(), alias.split(), strict=False)
    return all(said[0] == called[0] or said[0].isupper() for said, called in pairs)


def _inside(beside: str, edge: str) -> bool:
    """Whether a word goes on beyond the `edge` of a name."""
    if not beside or not (beside.isalnum() or beside == "_"):
        return False
    return edge.isalnum() and _UNSPACED.match(edge) is None


def _groups(line: str, named: list[_Named]) -> Iterator[list[_Named]]:
    """Names that are listed with an "and" belong together: who is addressed with one is addressed with all."""
    run: list[_Named] = []
    joined = False
    for one in named:
        gap = _SEPARATES.fullmatch(line[run[-1].end : one.start]) if run else None
        if run and (gap is None or not line[run[-1].end : one.start].strip()):
            yield from _split(run, joined=joined)
            run, joined = [], False
        elif gap is not None and gap.lastindex:
            joined = True
        run.append(one)
    yield from _split(run, joined=joined)


def _split(run: list[_Named], *, joined: bool) -> list[list[_Named]]:
    if joined:
        return [run]
    return [[one] for one in run]


def _aliases(names: Mapping[int, str]) -> dict[str, int]:
    """What may be said for whom: the whole name, or a word of it that is nobody else's."""
    whole = {seat: unicodedata.normalize("NFC", " ".join(name.split())) for seat, name in names.items()}
    claims: Counter[str] = Counter()
    words: dict[int, set[str]] = {}
    for seat, name in whole.items():
        parts = {word.strip("().,'\"“”") for word in name.split()} if " " in name else set()
        words[seat] = {word for word in parts if len(word) > 1 and not word[0].islower()} - {name}
        words[seat] = {word for word in words[seat] if word.casefold() not in _NOT_NAMES}
        claims.update({name.casefold(), *(word.casefold() for word in words[seat])})
    known: dict[str, int] = {}
    for seat, name in whole.items():
        known |= {said: seat for said in (name, *sorted(words[seat])) if said and claims[said.casefold()] == 1}
    return known
