"""Words that people know from other command lines, and what there is here instead."""

from backrooms_tui.worlds.exos.heads import Heads

# Words, the environments that have to be there, and what is said.
_ELSEWHERE: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (
        ("exit", "quit", "logout", "bye", "shutdown", "reboot", "halt"),
        (),
        "There is nothing to leave: who gives no more commands is not held here.",
    ),
    (("clear", "cls", "reset"), (), "There is nothing to clear: every screen stands by itself."),
    (
        ("nano", "vim", "vi", "emacs", "ed", "edit"),
        ("files",),
        "There is no editor. files write FILE TEXT writes a file, files append FILE TEXT adds to it.",
    ),
    (
        ("echo", "printf", "print", "tee"),
        ("files",),
        "It only writes into a file here: echo TEXT > FILE, or files write FILE TEXT.",
    ),
    (
        ("head", "tail", "wc", "sed", "awk", "sort", "more"),
        ("files",),
        "files cat FILE shows a file, files grep WORDS FILE lines of it.",
    ),
    (("stat", "du", "df"), ("files",), "files ls shows how long each file is, files tree all there are."),
    (
        ("curl", "wget", "ping", "ssh", "telnet", "nc", "lynx"),
        ("web",),
        "Only web open ADDRESS leads out of here, where it is allowed.",
    ),
    (
        ("python", "python3", "bash", "sh", "zsh", "node", "gcc", "make", "perl", "ruby", "pip", "npm", "apt", "git"),
        (),
        "Nothing is executed or installed here.",
    ),
    (
        ("whoami", "who", "id", "uname", "hostname", "env", "set", "export", "ps", "top", "kill", "su", "ifconfig"),
        (),
        "There are no users, processes or settings here, only what help names.",
    ),
)


def known_elsewhere(word: str, heads: Heads) -> str:
    """What there is here instead of the command `word` of another command line; "" where it is not known."""
    word = word.casefold()
    if word.startswith("./"):
        word = "sh"
    for words, needed, instead in _ELSEWHERE:
        if word in words and all(heads.environment(name) for name in needed):
            return instead
    return ""
