"""What a replay is doing, in words."""

import math

from backrooms_tui.ui.screens.replay.playback import Playback
from backrooms_tui.ui.screens.stage.standing import spoken_councils


def spoken_state(playback: Playback) -> str:
    """What kind of watching it is: `▷ replay`, `◉ live`, and whose councils are held at this moment."""
    within = spoken_councils(playback.state)
    held = f" · {within}" if within else ""
    if not playback.live:
        return f"▷ replay{held}"
    return f"◉ live{held}" if playback.following else "▷ replay · end goes live"


def spoken_doing(playback: Playback) -> str:
    """What happens at this moment: `▶ playing 2×`, `■ the end`."""
    if playback.following and playback.live:
        return "◉ live"
    if playback.at_end and not playback.live:
        if not playback.followed or playback.summary is None:
            return "■ the end"
        return "■ ended" if playback.summary.status == "ended" else "■ stopped"
    return f"{'▶ playing' if playback.playing else '‖ paused'} {_spoken_speed(playback.speed)}"


def _spoken_speed(speed: float) -> str:
    if math.isinf(speed):
        return "at once"
    return "½×" if speed == 0.5 else f"{speed:g}×"
