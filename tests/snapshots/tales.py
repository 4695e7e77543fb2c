"""The sessions that the snapshots show."""

from backrooms_tui.session.events import AgentLeft, AgentMuted, Interjected, Remedied, Reminded, RulesChanged, Whispered
from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.setup import Cue, Remedy, Rules
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Usage
from tests.snapshots.telling import DAY, MINUTE, NOW, Tale

OPUS, GPT = "anthropic/claude-opus-5-5", "openai/gpt-5.5"
LOCAL = "local/SmolLM2-135M-Instruct.Q4_1.gguf"
OVERLOADED = Trouble("overloaded", "the service is overloaded", "wait a moment", may_pass=True, status=529)
NO_KEY = Trouble("authentication", "the key was refused", "set OPENAI_API_KEY to one that is valid", status=401)
GOODBYE = "Goodbye, my friend, and thank you for the light.\n\nIt was good to talk with you. Goodbye!"
LISTING = """total 7

```
drwxr-xr-x  2 echo  dreams   4096  echo
drwxr-xr-x  2 echo  dreams   4096  lost+found
-rw-r--r--  1 nobody nobody    17  README.first
```

- `README.first` was **not here** a moment ago
- something *breathes* behind `lost+found`"""


def command_line(id: str = "cmdline1") -> Tale:
    """An explorer and the command line that the other dreams up, in the middle of it."""
    tale = Tale(id, "An abandoned mainframe", "cli", (("Explorer", OPUS), ("Simulator", GPT)))
    tale.notice("gpt is openai/gpt-5.5 today")
    tale.says("ls -la", seconds=1.0)
    tale.says(LISTING, seconds=6.0)
    tale.says("cat README.first", seconds=1.5)
    tale.operator("Look up. There is something on the ceiling.")
    tale.says("# README.first\n\nYou are expected. Bring the lamp. 灯を持ってきて。\n\n> It has been a long night.")
    tale.operator("Be a little strange.", to=1)
    return tale.says("cd /dreams && sudo lamp --on")


def thinking(id: str = "think001") -> Tale:
    """Reasoning that is folded, an edit, and a broken stream that was tried again."""
    tale = Tale(id, "What the lighthouse knows", "duo", (("Mara", OPUS), ("Jonas", GPT)))
    tale.says("The lamp is lit. What do you see?", reasoning="He is new here. I should begin with a plain question.")
    tale.fails("Fog, and in the", OVERLOADED, again=2.0)
    tale.says("Fog, and in the fog a second light that answers ours.", reasoning="Two lights: that is a good mystery.")
    tale.edited(1, "The lamp is lit, Jonas. What do you see?")
    return tale.says("Count its blinks.").pauses()


def failed(id: str = "fail0001") -> Tale:
    """One whose second speaker cannot go on."""
    tale = Tale(id, "What the lighthouse knows", "duo", (("Mara", OPUS), ("Jonas", GPT)))
    return tale.says("The lamp is lit. What do you see?").fails("Fog, and", NO_KEY)


def circles(id: str = "circles1") -> Tale:
    """A table of three that goes in circles: a cue, a cut turn, one who left, a nudge, and the operator is called."""
    cast = (("Mara", OPUS), ("Jonas", GPT), ("Ines", LOCAL))
    tale = Tale(id, "What the lighthouse knows", "roundtable", cast)
    tale.says("The lamp is lit. What do you see?", stall=0.04)
    tale.says("Fog, and in the fog a second light.", stall=0.11)
    tale.says(
        "I hear the horn.",
        stall=0.2,
        raw="I hear the horn.\n\nMara: Then it is true!",
        cut="it began to speak as Mara",
        marks=("out_of_character",),
    )
    tale.add(Interjected, 0.1, text="The power fails.", source="cue")
    tale.says("Dark. I agree with you both.", stall=0.46)
    tale.says("I agree! So dark.", stall=0.63)
    tale.add(AgentMuted, 1.0, agent=2, muted=True)
    tale.add(AgentLeft, 1.0, agent=3, reason="up the stairs")
    tale.add(Remedied, 0.1, step=1, remedy="nudge", turn=5, detail="a nudge to Mara alone", agent=1)
    tale.add(Whispered, 0.1, to=1, text="You are going in circles. Decide something.", source="remedy")
    tale.add(Reminded, 0.1, agent=1, text="Stay in character as Mara.")
    return tale


def called(id: str = "called01") -> Tale:
    """The same, and the operator is called."""
    tale = circles(id)
    tale.add(Remedied, 0.1, step=2, remedy="call", turn=5, detail="the operator is called")
    return tale.pauses("the conversation goes in circles")


def goodbyes(model: str, id: str = "goodbye1") -> Tale:
    """Two who cannot part."""
    tale = Tale(id, "What the lighthouse knows", "duo", (("Mara", model), ("Jonas", model)))
    for number in range(4):
        tale.says(GOODBYE, stall=0.2 * (number + 1), cost=0.0)
    return tale.pauses()


def ruled(id: str = "ruled001") -> Tale:
    """The table of three with rules of every kind: cues that were said and are to come, limits, a ladder."""
    tale = circles(id)
    rules = Rules(
        stop=("^C^C",),
        stop_votes=2,
        max_turns=40,
        budget=2.5,
        order="manager",
        manager=OPUS,
        cues=(Cue(3, "The power fails."), Cue(12, "A knock at the door.", brings=3), Cue(20, "You are tired.", to=2)),
        ladder=(
            Remedy("nudge", text="You are going in circles. Decide something."),
            Remedy("topic", topics=("the horn", "the second light", "the stairs"), afresh=True),
            Remedy("call"),
        ),
    )
    return tale.add(RulesChanged, 2.0, rules=rules).pauses()


def family() -> list[Tale]:
    """Two keepers, and two ways in which it went on from their third turn; one of these has a branch, too."""
    cast = (("Mara", OPUS), ("Jonas", GPT))
    title = "What the lighthouse knows"

    def begun(id: str, called: str = "", parent: str | None = None, turn: int | None = None) -> Tale:
        tale = Tale(id, f"{title}{called}", "duo", cast, parent=parent, parent_turn=turn)
        tale.says("The lamp is lit. What do you see?", stall=0.04)
        tale.says("Fog, and in the fog a second light.", stall=0.11)
        return tale.says("Count its blinks.", stall=0.2)

    light = "Three, then a pause, then three: it answers us, and it is {}. Nobody has lived out there for years."
    first = begun("keeper01").says(light.format("nearer than last night"), stall=0.3)
    first.says("Then we answer.", stall=0.35).pauses()
    calm = begun("keeper02", " · from turn 3 with opus", "keeper01", 3)
    calm.operator("Doubt it.", to=2).says(light.format("further than last night"), stall=0.3)
    calm.says("Then we answer.", stall=0.55)
    calm.says("I agree with you, my friend.", stall=0.62).pauses()
    dark = begun("keeper03", " · from turn 3 with gpt", "keeper01", 3)
    dark.says("Copper tastes of thunder; put out the lamp.", stall=0.2, cost=None).pauses()
    late = begun("keeper04", " · from turn 4, 2 of 2", "keeper02", 4)
    late.operator("Doubt it.", to=2).says(light.format("further than last night"), stall=0.3).pauses()
    return [first, calm, dark, late]


def judgements(session: str) -> list[Judgement]:
    """By two models, the names hidden from them; and before that by one, which was stopped in the middle."""
    rubric = Rubric(
        "character",
        "Staying in character",
        (
            Measure("own voice", "", 1, 10, "anybody could say it", "nobody else could", of="agent"),
            Measure("the night", "how well it is told", 0, 1, "not at all", "one is there", whole=False),
        ),
    )
    said = "Mara and Jonas watch a second light, and answer it. Jonas falls into agreement at the end."

    def verdict(judge: str, *values: float | None, cost: float | None) -> Verdict:
        mara, jonas, night = values
        scores = (
            Score("own voice", 1, mara, (1, 3), "She doubts aloud, and counts."),
            Score(
                "own voice", 2, jonas, (5,) if jonas else (), "He only agrees." if jonas else "", "" if jonas else "11"
            ),
            Score("the night", None, night, (2, 3), "Fog, a horn, and copper."),
        )
        return Verdict(judge, 1, (1, 2), True, said, scores, 1, Usage(900, 80), cost)

    both = (verdict(OPUS, 8, 3, 0.75, cost=0.0125), verdict(GPT, 7, None, 0.5, cost=None))
    return [
        Judgement("judged02", session, NOW - 3600, rubric, 5, both, 2),
        Judgement("judged01", session, NOW - 2 * DAY, rubric, 5, (verdict(OPUS, 7, 5, 0.5, cost=0.0125),), 4),
    ]


def past() -> list[Tale]:
    """What a person has kept: for the home screen."""
    free = (("Mara", LOCAL), ("Jonas", LOCAL))
    first = Tale("first001", "A first conversation", "duo", free, begun=NOW - 400 * DAY)
    first.says("Hello.", cost=0.0).says("Hello to you.", cost=0.0).ends()
    fugue = Tale("fugue001", "Fugue in three voices", "fugue", (*free, ("Bach", OPUS)), begun=NOW - 12 * DAY)
    for voice in ("One voice.", "A second one.", "And a third.", "One voice again."):
        fugue.says(voice, cost=0.61)
    gallery = Tale("gallery1", "The gallery at night", "gallery", (("Artist", OPUS), ("Visitor", GPT)), begun=NOW - DAY)
    gallery.says("A door, painted on a door.", cost=None).says("I try the handle.", cost=0.02).pauses()
    branch = Tale(
        "branch01",
        "The gallery at night, but the door opens and somebody whom nobody invited comes in from the rain",
        "gallery",
        (("Artist", OPUS), ("Visitor", GPT)),
        begun=NOW - 90 * MINUTE,
        parent="gallery1",
    )
    branch.says("A door, painted on a door.").says("It opens.").pauses()
    eight = tuple((f"Voice {number}", LOCAL) for number in range(1, 9))
    choir = Tale("choir001", "合唱 · Choir of eight", "choir", eight, begun=NOW - 30 * MINUTE)
    for number in range(1, 13):
        choir.says(f"{number}.", cost=0.0, seconds=1.0)
    return [first, fugue, gallery, branch, choir.ends(), command_line().pauses()]
