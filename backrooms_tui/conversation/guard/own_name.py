"""Taking off the speaker's own name where a reply begins with it."""

from backrooms_tui.conversation.guard.cast import Cast
from backrooms_tui.conversation.guard.label import LabelReader
from backrooms_tui.conversation.guard.speech import counted, field, listed, terse

FIRST_LINE = 280


def without_own_name(text: str, cast: Cast) -> str:
    """`text` without the speaker's name before its first words; how it is said ("(softly)") stays. A list or tally
    that begins with the speaker's own line is left as it is, and so is a text without such a name."""
    body = text.lstrip()
    head, _, rest = body.partition("\n")
    label = LabelReader(cast).read(head[:FIRST_LINE])
    if label is None or not (
        label.who.kind == "own" or label.who.kind == "assistant" or _answers(label.spelling, label.level)
    ):
        return text
    if label.form in ("dash", "heading") and label.who.kind == "own" and not label.spelling.isupper():
        return text
    said = head[label.end :].strip()
    if label.who.kind == "own" and said:
        following = rest[:FIRST_LINE].partition("\n")[0]
        if counted(said[:FIRST_LINE]) or (terse(said[:FIRST_LINE]) and field(following)):
            return text
    elif label.who.kind == "own" and listed(rest.lstrip()[:8]):
        return text
    words = body[label.end :].lstrip()
    # Bold that went round the whole line, **Mara: like this**, has lost its beginning with the name.
    if head.startswith("**") and said.endswith("**") and said.count("**") % 2 == 1:
        words = words.replace("**", "", 1)
    return f"{label.aside} {words}".strip(" ") if label.aside else words


def _answers(spelling: str, level: int) -> bool:
    return level == 3 and spelling.casefold() == "response"
