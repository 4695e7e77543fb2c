"""Whether a label and the words after it are another participant's voice."""

from typing import Literal

from backrooms_tui.conversation.guard.cast import Who
from backrooms_tui.conversation.guard.label import Label
from backrooms_tui.conversation.guard.speech import asked, counted, field, instructed, listed, programmed, terse

# "doubt": kept as it stands, but cut with what follows if that proves to be another's voice.
Verdict = Literal["cut", "keep", "doubt"]

REASONS = {
    "operator": "it began to speak as the operator",
    "user": "it began to write the user's part",
    "assistant": "it began another turn of its own",
    "system": "it began to write a system prompt",
    "alpaca": "it began to write instructions for itself",
}


def reason(who: Who) -> str:
    """Why a reply is cut where `who` begins to speak."""
    return f"it began to speak as {who.name}" if who.kind == "other" else REASONS[who.kind]


def needs_following(label: Label, value: str) -> bool:
    """Whether the line after this one has a say. `value` is what stands after the label, "" for nothing."""
    if not value.strip():
        return True
    return label.who.kind == "other" and terse(value)


def judged(label: Label, value: str, following: str, after_field: bool) -> Verdict:
    """The verdict on `label`. `value` are the words after it (the first 48 characters are enough); `following` is the
    line after it, or for an empty value the first line after it that is not blank; "" where nothing follows.
    `after_field`: the line before, in the same paragraph, is a "key: value"."""
    if label.form == "heading" or label.level:
        return _headed(label, value)
    if label.who.kind == "other":
        return _named(label, value, following, after_field)
    return _cast_as(label, value, following)


def _headed(label: Label, value: str) -> Verdict:
    """`### Instruction:` is a template's; `## Ben` is a heading about Ben, and so is `## User`."""
    kind = label.who.kind
    if label.form == "heading":
        headed = label.level == 3 and (
            kind in ("user", "assistant") or label.spelling.casefold() in ("instruction", "response")
        )
        return "cut" if headed else "keep"
    if kind in ("other", "operator"):
        return "cut" if not counted(value) else "keep"
    return "cut" if not value.strip() or asked(value, label.spelling) or instructed(value) else "keep"


def _named(label: Label, value: str, following: str, after_field: bool) -> Verdict:
    said = value.strip()
    if not said:
        # "Ben:" above a list says what is Ben's, and "[Ben]" alone heads a section.
        if label.form == "dash" or listed(following) or programmed(following):
            return "keep"
        return "cut" if following or label.form == "colon" else "keep"
    if label.form == "corner":
        return "cut"
    if counted(said) or programmed(said):
        return "keep"
    if label.form == "dash":
        return _dashed(label, said)
    if label.form == "bracket" and (said.startswith(("(", ":")) or said[:1].islower()):
        return "keep"  # a link; "[Ben] joined the room"
    if label.spelling.islower() and not label.who.name.islower() and said[:1].islower() and terse(said):
        return "keep"  # YAML, or a shell's "explorer: command not found"
    # "Ben: the lamp" beside "Cleo: the rope" is a list; alone it is somebody who says little.
    return "keep" if terse(said) and not label.aside and (after_field or field(following)) else "cut"


def _dashed(label: Label, said: str) -> Verdict:
    """`BEN — I never said that.` is a script's; "Ben — who had been listening — rose" is prose, "BEN — STOP!" a cry."""
    scripted = label.spelling.isupper() and label.who.name != label.spelling and not said.isupper()
    return "cut" if scripted and not said[:1].islower() else "keep"


def _cast_as(label: Label, value: str, following: str) -> Verdict:
    """A role or the operator. Forms, logs and glossaries have such lines too, so that only whole sentences count."""
    kind = label.who.kind
    if label.form in ("dash", "corner") or kind == "alpaca":
        return "keep"
    said = value.strip()
    if label.form == "bracket" and said.startswith(("(", ":")):
        return "keep"
    if not said and not following:
        return "cut" if label.form == "colon" and kind in ("user", "operator") else "keep"
    if not said and listed(following):
        return "keep"
    said = said or following.strip()[:48]
    if kind == "system":
        # Every terminal writes "System: ..."; a system prompt is known by what it tells.
        return "cut" if instructed(said) else "keep"
    if kind == "operator" and label.aside and not terse(said):
        return "cut"
    if counted(said) or programmed(said):
        return "keep"
    return "cut" if asked(said, label.spelling) else "doubt"
