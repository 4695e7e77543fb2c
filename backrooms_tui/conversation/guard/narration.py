"""Whether what stands before a line makes it a quotation, a list or a recounted talk rather than a voice of now."""

import re
from collections.abc import Sequence

from backrooms_tui.conversation.guard.cast import folded

# Words that announce what somebody else said or wrote, anywhere in the line before. Few and strong ones: a missed cut
# is asked for again by nobody, but a story that is cut in the middle is lost to everybody.
ANNOUNCED = re.compile(
    r"\b(?:like this|like so|as follows|word for word|verbatim|transcript|here is (?:how|what)|here's (?:how|what)"
    r"|this is (?:how|what)|that is how it went|i wrote (?:it|this|that) down"
    r"|something like|the (?:log|note|diary|letter|sign|script|tape|recording|exchange)"
    r" (?:says|said|reads|read|goes|went)"
    r"|folgendermaßen|ungefähr so|etwa so|wie folgt|wortlaut|protokoll|mitschrift|comme suit|comme ceci"
    r"|à peu près ceci|mot pour mot|transcription|así fue"
    r"|lo siguiente|palabra por palabra|transcripción)\b"
    r"|次のよう|こんな(?:会話|やりとり)|以下の",
    re.IGNORECASE,
)
# A line that is drawn around words: "--- transcript begins ---", "=== chat.log ===".
RULED = re.compile(
    r"\s{0,3}(?:-{2,}|={2,}|\*{3,}|~{3,}|#{2,}|─{2,}|—{2,})\s?\S.{0,80}(?:-{2,}|={2,}|\*{3,}|~{3,}|─{2,}|—{2,})$"
)
PAST = re.compile(
    r"\b(?:yesterday|last (?:night|week|month|year|spring|summer|autumn|fall|winter|time)"
    r"|(?:years?|weeks?|days?|months?) ago|that (?:night|day|evening|morning|summer|winter)|back then"
    r"|the other (?:day|night)|once,|the first time"
    r"|when (?:we|i) (?:were|was|met)|gestern|damals|letzte[nrs]? (?:nacht|woche|sommer|winter|jahr)|vor \w+ jahren"
    r"|an jenem (?:tag|abend)|hier soir|la veille|il y a|ce jour-là|cette nuit-là|l'été dernier|l'hiver dernier|ayer"
    r"|anoche|hace \w+ años|aquel día|aquella noche|el verano pasado)\b|昨日|あの夜|あの日|去年",
    re.IGNORECASE,
)
YOU = re.compile(
    r"\b(?:you|your|yours|yourself|du|dich|dir|dein\w{0,2}|ihr|euch|sie haben|tu|toi|te|vous|votre|tes|tú|ti|usted"
    r"|tus?)\b|あなた|君",
    re.IGNORECASE,
)
TELLING = (
    "cat",
    "less",
    "more",
    "tail",
    "head",
    "type",
    "view",
    "open",
    "irc",
    "talk",
    "chat",
    "history",
    "play",
    "mail",
)
PROMPT = re.compile(
    r"(?:[\w.-]{0,40}@?[\w.-]{0,40}(?::\S{0,60})?\s?[$#%]|[A-Za-z]:\\[^>\n]{0,60}>|>>>|\$)(?:\s+(?P<command>\S.{0,120}))?\s*$"
)
LOGGED = re.compile(r"\[?(?:\d{4}-\d\d-\d\d|\d\d:\d\d(?::\d\d)?)\b|[d-][rwx-]{9}\s|total \d+$|<\w{1,30}> \S")


def announces(line: str, names: Sequence[str]) -> bool:
    """Whether what follows `line` is announced by it: a list, a letter, a log, what somebody said."""
    plain = line.strip().rstrip("*_ ").rstrip()
    if not plain:
        return False
    if plain.endswith((":", "：")):
        last = folded(re.split(r"[,\s]", plain[:-1].rstrip())[-1])
        # "So tell me, Ben:" calls somebody; it announces nothing.
        called = last in names and re.search(r",\s\S{1,40}$", plain[-60:-1].rstrip()) is not None
        return not called
    return RULED.match(plain) is not None or ANNOUNCED.search(plain) is not None


def recalls(paragraph: str, names: Sequence[str]) -> bool:
    """Whether `paragraph` tells of a time that is over, with somebody of `names` in the third person.

    It must not speak to anybody: "Last summer Ben and I stood on the pier" recalls, "You were late yesterday, Ben"
    is said to him.
    """
    if PAST.search(paragraph) is None or YOU.search(paragraph) is not None:
        return False
    words = folded(paragraph)
    return any(name in words for name in names)


def terminal(line: str) -> bool | None:
    """Whether `line` is of a terminal that now shows a text or a log. False: it is a prompt that waits, or runs
    another command, so that no text follows. None: it says nothing of that."""
    plain = line.strip()
    if LOGGED.match(plain):
        return True
    prompt = PROMPT.match(plain)
    if prompt is None:
        return None
    command = (prompt["command"] or "").split()
    return bool(command) and (command[0] in TELLING or any(word in command[-1] for word in ("log", "chat", ".txt")))
