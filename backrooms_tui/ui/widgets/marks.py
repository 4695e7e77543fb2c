"""Who is who on the screen: a mark and a name for each seat, and a colour beside them, never alone."""

MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def mark(seat: int) -> str:
    """The mark of a seat (seats count from 1): ① for the first. Past the twentieth, its number in brackets."""
    return MARKS[seat - 1] if 1 <= seat <= len(MARKS) else f"({seat})"


def seat_class(seat: int) -> str:
    """The style class that carries a seat's colour: `seat-1` to `seat-8`, and then again from the first."""
    return f"seat-{(seat - 1) % len(SEAT_COLOURS) + 1}"


# The theme's colours for the seats, in order.
SEAT_COLOURS: tuple[str, ...] = (
    "$text-primary",
    "$text-accent",
    "$text-success",
    "$text-warning",
    "$text-secondary",
    "$text-error",
    "$foreground",
    "$text-muted",
)


def seat_styles(selector: str) -> str:
    """A style sheet that gives each seat's class its colour. `selector` has a `{}` where the class name belongs."""
    rules = (
        f"{selector.format(seat_class(seat))} {{ color: {colour}; text-style: bold; }}"
        for seat, colour in enumerate(SEAT_COLOURS, start=1)
    )
    return "\n".join(rules)
