"""An x-ray in words: what was sent, where each piece of it comes from, what was left out, and what came back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backrooms_tui.conversation.sending.perspective import BETWEEN, Origin
from backrooms_tui.conversation.sending.xray import CacheReach, Reply, SentMessage, SentPart, XRay
from backrooms_tui.session.events import StopReason
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.state import FailedAttempt
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.ui.screens.xray.commands import answered, given, of_world
from backrooms_tui.ui.screens.xray.pieces import Piece, text_pieces

ENDED: Mapping[StopReason, str] = {
    "end": "the model had finished",
    "stop_sequence": "a stop sequence came",
    "max_tokens": "cut at max_tokens",
    "refusal": "the model declined to go on",
    "stopped": "stopped by the operator",
    "other": "ended by the provider for a reason of its own",
}
_ORIGINS: Mapping[Origin, str] = {
    "seed": "seed, from the template",
    "memory": "memory",
    "turn": "turn",
    "operator": "operator",
    "cue": "cue",
    "remedy": "remedy against stalling",
    "reminder": "reminder",
    "agent": "whisper of another agent",
    "request": "what came of a request",
    "round": "round",
    "council": "council of its own",
    "prompt": "stands where nobody had spoken",
}
CACHED = "cached up to about here (estimated by length)"
_NEAR = 80  # letters within which the cache's line waits for the end of a word


def sent(seen: XRay) -> list[Piece]:
    """What was sent; to a world, what it was given."""
    return list(given(seen) if of_world(seen) else _sent(seen))


def came_back(seen: XRay, *, going_on: bool = False) -> list[Piece]:
    """What came back; so far, where it is `going_on`."""
    return list(answered(seen) if of_world(seen) else _came_back(seen, going_on))


def _sent(seen: XRay) -> Iterator[Piece]:
    yield Piece("part", "Sent")
    yield _figure("model", seen.model)
    yield _figure("at", f"{datetime.fromtimestamp(seen.at).astimezone():%Y-%m-%d %H:%M:%S}{_attempt(seen)}")
    taken = {name: value for name, value in seen.params.items() if name not in seen.omitted}
    yield _figure("parameters", _params(taken) or "none: the provider's own")
    if seen.omitted:
        yield _figure("left out", "; ".join(f"{name}, {why}" for name, why in seen.omitted.items()))
    if seen.tools:
        yield _figure("tools", ", ".join(tool.name for tool in seen.tools))
    many = len(seen.messages)
    yield _figure("messages", f"{many:,}, with the system text {seen.characters:,} characters")
    if seen.left_out.hidden:
        yield _figure("hidden", f"{ranges(seen.left_out.hidden)}: no longer within the window")
    if seen.left_out.missed:
        yield _figure("missed", f"{ranges(seen.left_out.missed)}: said while {seen.name} was away")
    if seen.left_out.withheld:
        yield _figure("held back", f"{ranges(seen.left_out.withheld)}: heard when the round is over")
    cache = seen.cache
    if cache is not None:
        yield _figure("cache", cache.told)
    yield Piece("gap")
    yield Piece("message", "system")
    yield from _text(seen.system, _reach(cache, None), nothing="no system text")
    for number, message in enumerate(seen.messages):
        yield Piece("gap")
        yield from _message(number, message, _reach(cache, number))


def _message(number: int, message: SentMessage, reach: int | None) -> Iterator[Piece]:
    head = f"{number + 1} · {message.role}"
    if len(message.parts) == 1:
        yield Piece("message", f"{head} · {_origin(message.parts[0])}")
    else:
        yield Piece("message", head)
    begin = 0
    for part in message.parts:
        if len(message.parts) > 1:
            yield Piece("origin", f"· {_origin(part)}")
        inside = None
        if reach is not None and begin <= reach < begin + len(part.text) + len(BETWEEN):
            inside = reach - begin
        yield from _text(part.text, inside, nothing="empty")
        begin += len(part.text) + len(BETWEEN)


def _came_back(seen: XRay, going_on: bool) -> Iterator[Piece]:
    yield Piece("gap")
    yield Piece("part", "Came back")
    reply = seen.reply
    if reply is None:
        yield Piece("origin", "nothing yet")
    else:
        yield from _figures(reply, seen.model, going_on)
        yield from _reply(reply, going_on)
    for attempt in seen.attempts:
        yield from _earlier(attempt)


def _figures(reply: Reply, asked: str, going_on: bool) -> Iterator[Piece]:
    if reply.trouble is not None:
        yield _figure("failed", _trouble(reply.trouble))
    elif reply.stop_reason is None:
        yield _figure("ended", "not yet" if going_on else "it never did: this is what was kept of it")
    else:
        yield _figure("ended", ENDED[reply.stop_reason])
    if reply.model and reply.model not in (asked, asked.partition("/")[2]):
        yield _figure("by", reply.model)
    if reply.usage is not None:
        yield _figure("usage", _usage(reply.usage))
    if reply.stop_reason is not None or reply.cost is not None:
        yield _figure("cost", f"${reply.cost:.6f}" if reply.cost is not None else "no price is known")
    if reply.timings is not None:
        yield _figure("took", _timings(reply.timings))
    if reply.marks:
        yield _figure("noticed", "; ".join(reply.marks))
    if reply.cut:
        yield _figure("cut", reply.cut)


def _reply(reply: Reply, going_on: bool) -> Iterator[Piece]:
    if reply.reasoning:
        yield Piece("gap")
        yield Piece("message", "reasoning")
        yield from text_pieces(reply.reasoning, "reasoning")
    yield Piece("gap")
    yield Piece("message", "reply, as it was cut" if reply.raw else "reply")
    yield from _text(reply.text, None, nothing="nothing yet" if going_on else "nothing was said")
    if reply.raw:
        yield Piece("gap")
        yield Piece("message", "raw, all that was said")
        yield from text_pieces(reply.raw)


def _earlier(attempt: FailedAttempt) -> Iterator[Piece]:
    yield Piece("gap")
    how = "taken back by the operator" if attempt.trouble is None else f"failed: {_trouble(attempt.trouble)}"
    yield Piece("message", f"earlier attempt {attempt.attempt}, {how}")
    if attempt.reasoning:
        yield Piece("origin", "· reasoning")
        yield from text_pieces(attempt.reasoning, "reasoning")
        yield Piece("origin", "· reply")
    yield from _text(attempt.text, None, nothing="nothing was said")


def _text(text: str, reach: int | None, *, nothing: str) -> Iterator[Piece]:
    """A text, with a line where the cache's reach ends within it."""
    if reach is not None:
        reach = _word_end(text, min(reach, len(text)))
        if reach:
            yield from text_pieces(text[:reach])
        yield Piece("cache", CACHED)
        if reach < len(text):
            yield from text_pieces(text[reach:].removeprefix("\n"))
    elif text:
        yield from text_pieces(text)
    else:
        yield Piece("origin", f"({nothing})")


def _word_end(text: str, place: int) -> int:
    """The end of the word at `place`: an estimate need not cut one in two."""
    for after in range(place, min(len(text), place + _NEAR)):
        if text[after].isspace():
            return after
    return len(text) if len(text) - place < _NEAR else place


def _reach(cache: CacheReach | None, message: int | None) -> int | None:
    return cache.offset if cache is not None and cache.message == message else None


def _figure(label: str, text: str) -> Piece:
    return Piece("figure", text, label)


def _attempt(seen: XRay) -> str:
    return f", attempt {seen.attempt}" if seen.attempt > 1 else ""


def _origin(part: SentPart) -> str:
    said = _ORIGINS[part.origin]
    if part.turn is None:
        return said
    if part.origin == "turn":
        return f"turn {part.turn}, {part.name}" if part.name else f"turn {part.turn}"
    return f"{said}, after turn {part.turn}" if part.turn else f"{said}, before the first turn"


def _params(params: Mapping[str, ParamValue]) -> str:
    return " · ".join(f"{name} {_value(value)}" for name, value in params.items())


def _value(value: ParamValue) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(repr(each) for each in value) if isinstance(value, tuple) else str(value)


def _usage(usage: Usage) -> str:
    sent_, said = [f"{usage.input_tokens:,} tokens in"], [f"{usage.output_tokens:,} out"]
    if usage.cache_read_tokens:
        sent_.append(f"{usage.cache_read_tokens:,} of them from the cache")
    if usage.cache_write_tokens:
        sent_.append(f"{usage.cache_write_tokens:,} written to it")
    if usage.reasoning_tokens:
        said.append(f"{usage.reasoning_tokens:,} of them reasoning")
    return " · ".join((", ".join(sent_), ", ".join(said)))


def _timings(timings: Timings) -> str:
    return f"{timings.total:.1f} s, {timings.first_chunk:.1f} s to the first word"


def _trouble(trouble: Trouble) -> str:
    status = f" ({trouble.status})" if trouble.status is not None else ""
    cure = f" – {trouble.cure}" if trouble.cure else ""
    return f"{trouble.message}{status}{cure}"


def ranges(turns: Sequence[int]) -> str:
    """`turn 3`, or `turns 1–4, 7`: numbers in order, told as stretches."""
    stretches: list[list[int]] = []
    for turn in turns:
        if stretches and turn == stretches[-1][1] + 1:
            stretches[-1][1] = turn
        else:
            stretches.append([turn, turn])
    told = ", ".join(f"{first:,}" if first == last else f"{first:,}–{last:,}" for first, last in stretches)
    return f"turn {told}" if len(turns) == 1 else f"turns {told}"
