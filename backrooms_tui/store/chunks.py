"""How a turn's text fell into deltas, as one compact value: a few bytes a delta instead of a row each.

The value is zlib-compressed JSON of whole numbers in columns: the first delta's sequence number and time, then, for
every delta, the steps of both from the delta before, its channel and its length in characters. The characters
themselves are the turn's text and reasoning, which are cut up again on reading. No deltas are an empty value.
"""

import json
import zlib
from collections.abc import Sequence

from backrooms_tui.session.events import Channel, Delta

_MICROSECONDS = 1_000_000
_CHANNELS: tuple[Channel, ...] = ("text", "reasoning")


def packed(deltas: Sequence[Delta]) -> bytes:
    """The compact value of one turn's deltas, in order. Their times are kept to the microsecond."""
    if not deltas:
        return b""
    seqs = [delta.seq for delta in deltas]
    times = [round(delta.at * _MICROSECONDS) for delta in deltas]
    columns = {
        "first": [seqs[0], times[0]],
        "seq": _steps(seqs),
        "at": _steps(times),
        "channel": [_CHANNELS.index(delta.channel) for delta in deltas],
        "length": [len(delta.text) for delta in deltas],
    }
    return zlib.compress(json.dumps(columns, separators=(",", ":")).encode())


def unpacked(value: bytes, turn: int, agent: int, text: str, reasoning: str) -> list[Delta]:
    """The deltas that `packed` was given. `text` and `reasoning` are all their characters, by channel."""
    if not value:
        return []
    columns = json.loads(zlib.decompress(value))
    seq, at = columns["first"]
    streams = (text, reasoning)
    places = [0, 0]
    deltas = []
    for seq_step, at_step, channel, length in zip(
        columns["seq"], columns["at"], columns["channel"], columns["length"], strict=True
    ):
        seq += seq_step
        at += at_step
        start = places[channel]
        places[channel] = start + length
        piece = streams[channel][start : start + length]
        # Dividing whole microseconds gives back the very float that the time was rounded to.
        deltas.append(
            Delta(seq=seq, at=at / _MICROSECONDS, turn=turn, agent=agent, channel=_CHANNELS[channel], text=piece)
        )
    return deltas


def joined(deltas: Sequence[Delta], channel: Channel) -> str:
    """All characters that arrived in one channel."""
    return "".join(delta.text for delta in deltas if delta.channel == channel)


def _steps(numbers: Sequence[int]) -> list[int]:
    return [after - before for before, after in zip([numbers[0], *numbers[:-1]], numbers, strict=True)]
