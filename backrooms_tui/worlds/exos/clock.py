"""The clock: what time it is, in UTC and where the person is, and how long the session goes on."""

from datetime import UTC, datetime

from backrooms_tui.worlds.exos.environment import Call, Command, Environment, Result

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Clock(Environment):
    """`clock now`, `clock date`, `clock elapsed`."""

    name = "clock"
    about = "the time, the date, and how long this session has lasted"
    also = ("time",)

    @property
    def commands(self) -> tuple[Command, ...]:
        """See `Environment.commands`."""
        return (
            Command("now", "the time, in UTC and here", self._now, also=("time", "show", "get"), alone=("time", "now")),
            Command("date", "today's date, with the day of the week and of the year", self._date, alone=("date",)),
            Command("elapsed", "how long this session has lasted", self._elapsed, also=("since",), alone=("uptime",)),
        )

    def reach(self) -> str:
        """See `Environment.reach`."""
        return "reads this computer's clock and time zone"

    async def _now(self, call: Call) -> Result:
        there, here = _moments(call.view.now)
        zone = here.tzname() or "local time"
        return Result("The time", f"{there:%H:%M:%S} UTC\n{here:%H:%M:%S} here ({zone}, UTC{_offset(here)})")

    async def _date(self, call: Call) -> Result:
        there, here = _moments(call.view.now)
        today = f"{_day(there)}, day {there.timetuple().tm_yday} of the year, week {there.isocalendar().week}"
        here_too = f"\n{_day(here)} here (UTC{_offset(here)})" if here.date() != there.date() else ""
        return Result("The date", f"{today}, UTC{here_too}")

    async def _elapsed(self, call: Call) -> Result:
        state = call.view.state
        seconds = max(0, round(call.view.now - state.started)) if state.started else 0
        began = f", since {_moments(state.started)[0]:%H:%M:%S} UTC" if state.started else ""
        return Result("This session", f"{lasting(seconds)}{began}\n{state.turn} turns so far")


def lasting(seconds: int) -> str:
    """A length of time in words: "2 days 3 hours", "4 minutes 5 seconds"."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    parts = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
    told = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts if count]
    return " ".join(told[:2]) or "0 seconds"


def _moments(at: float) -> tuple[datetime, datetime]:
    there = datetime.fromtimestamp(at, UTC)
    return there, there.astimezone()


def _day(moment: datetime) -> str:
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def _offset(moment: datetime) -> str:
    told = f"{moment:%z}"
    return f"{told[:3]}:{told[3:]}"
