"""How long a screen may be that came from elsewhere: agents read it whole, so it may not fill what they can hold."""

# Characters; about 5,000 tokens.
LONGEST = 20_000


def cut(text: str, longest: int = LONGEST) -> str:
    """`text`, or its beginning and a line that says how much was left out."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n\n… cut: {len(text) - longest:,} more characters"


def size_of(count: int) -> str:
    """A number of bytes, as one reads it."""
    if count < 1_000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"
