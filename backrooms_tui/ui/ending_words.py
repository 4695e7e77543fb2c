"""What a conversation will end by, as a person reads it while its rules are filled in."""

from backrooms_tui.session.setup import Rules


def ending_words(rules: Rules) -> str:
    """All limits of `rules`, and the stop texts: `40 turns or $0.50; ^C^C on a line of its own ends it`."""
    counted = (
        (rules.max_turns, "turn"),
        (rules.max_rounds, "round"),
        (rules.max_tokens, "token"),
        (rules.max_seconds, "second"),
    )
    parts = [_counted(number, what) for number, what in counted if number]
    if rules.budget:
        parts.append(f"${rules.budget:,.2f}" if rules.budget >= 0.01 else f"${rules.budget:g}")
    limits = " or ".join(parts) or "no turn limit"
    if not rules.stop:
        return limits if parts else f"{limits}: it goes on until you end it"
    votes = f" from {rules.stop_votes} agents" if rules.stop_votes > 1 else ""
    return f"{limits}; {' or '.join(rules.stop)} on a line of its own{votes} ends it"


def _counted(number: float, what: str) -> str:
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.10g}"
    return f"{text} {what}" if number == 1 else f"{text} {what}s"
