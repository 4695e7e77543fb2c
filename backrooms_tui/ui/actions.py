"""The action registry: everything that a key can do, in one table.

Bindings, footer, command palette, help screen and the README's table come from here, and the person's keymap (`[keys]`
in config.toml, by action id) changes it in one place. To add an action: one row here, and a method `action_NAME` on the
screen (or the app, for "everywhere").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

from backrooms_tui.settings.served import is_served

Place = Literal[
    "everywhere",
    "home",
    "find",
    "moments",
    "new",
    "stage",
    "replay",
    "both",
    "running",
    "branches",
    "compare",
    "trash",
    "judging",
    "repeats",
    "batch",
    "xray",
    "models",
    "templates",
    "settings",
    "help",
]
PLACES: Mapping[Place, str] = {
    "everywhere": "Everywhere",
    "home": "Home",
    "find": "Find in all",
    "moments": "Best moments",
    "new": "New conversation",
    "stage": "Stage",
    "replay": "Replay",
    "both": "Both ways",
    "running": "Running branches",
    "branches": "Branches",
    "compare": "Compare",
    "trash": "Trash",
    "repeats": "Repeats",
    "batch": "A batch of runs",
    "judging": "Judgements",
    "xray": "X-ray",
    "models": "Models",
    "templates": "Templates",
    "settings": "Settings",
    "help": "Help",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done.

    `id` is `place.name`, and the screen's method is `action_name`. `keys` are the default keys, separated by commas.
    `title` is what footer and palette call it, `help` a sentence. `shown` puts it into the footer.
    """

    id: str
    keys: str
    title: str
    help: str
    shown: bool = False

    @property
    def place(self) -> Place:
        """Where it applies."""
        return self.id.partition(".")[0]  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """The name of the method, without `action_`."""
        return self.id.partition(".")[2]


ACTIONS: tuple[Action, ...] = (
    Action("everywhere.help", "question_mark,f1", "Help", "What every key does here", shown=True),
    Action("everywhere.command_palette", "ctrl+p", "Commands", "Find any action by name", shown=True),
    Action("everywhere.quit", "ctrl+q", "Quit", "Leave; what is being said is kept"),
    Action("everywhere.back", "escape", "Back", "Go back to where you were"),
    # Home
    Action("home.new", "n", "New", "Start a new conversation", shown=True),
    Action("home.open", "enter", "Open", "Open the chosen session and go on from its end", shown=True),
    Action("home.replay", "p", "Replay", "Replay the chosen session as it was", shown=True),
    Action("home.first", "f", "First talk", "Start a first conversation on the embedded model"),
    Action("home.filter", "slash", "Find", "Show only sessions with these words", shown=True),
    Action("home.find_all", "F,ctrl+f", "Find in all", "Find in everything that was ever said, in all sessions"),
    Action("home.rename", "e", "Rename", "Give the chosen session another title"),
    Action("home.delete", "delete,d", "Delete", "Delete the chosen session; undo brings it back"),
    Action("home.branches", "B", "Branches", "The family of the chosen session as a tree: compare, prune, promote"),
    Action("home.judge", "J", "Judge", "What judges say of the chosen session; ask models to judge it by a rubric"),
    Action("home.star", "k", "Star", "Give the chosen session a star, or take it away"),
    Action("home.note", "K", "Star, tags, note", "Mark the chosen session: a star, tags, a note of your own"),
    Action("home.moments", "M", "Best moments", "All turns and sessions with a star, what was starred last first"),
    Action("home.undo", "u", "Undo", "Bring back what was deleted last"),
    Action("home.trash", "T", "Trash", "What was deleted: bring it back, or delete it for good"),
    Action("home.mark", "space", "Choose", "Choose this session beside others, to export them together"),
    Action("home.export", "x,X", "Export", "Write the chosen sessions to files: a page, a log, a recording and more"),
    Action("home.import", "I", "Import", "Bring in a file: a session or a template, of this program or another"),
    Action("home.repeats", "R", "Repeats", "Run a template many times, and see what came of it"),
    Action("home.models", "m", "Models", "Providers, keys and models", shown=True),
    Action("home.templates", "t", "Templates", "What can be played", shown=True),
    Action("home.settings", "s", "Settings", "Theme, keys and defaults", shown=True),
    # Find in all
    Action("find.open", "enter", "Go there", "Replay the session at the chosen place", shown=True),
    # Best moments
    Action("moments.open", "enter", "Go there", "Replay the session at the chosen turn", shown=True),
    Action("moments.filter", "slash", "Find", "Show only what has these words", shown=True),
    Action("moments.star", "k", "No star", "Take the star away; undo gives it back", shown=True),
    Action("moments.note", "K", "Star, tags, note", "Change the mark: star, tags, note", shown=True),
    Action("moments.undo", "u", "Undo", "Give back the star that was taken away last", shown=True),
    # New conversation
    Action("new.start", "ctrl+s", "Start", "Begin the conversation", shown=True),
    Action("new.pick_model", "ctrl+l", "Pick model", "Search the catalogue for this seat", shown=True),
    Action("new.manners", "ctrl+g", "Manners", "This seat's reminder, memory, guard and more", shown=True),
    Action("new.rules", "ctrl+r", "More rules", "Cues, stop texts, the ladder's steps: all rules", shown=True),
    Action("new.preview", "ctrl+o", "Preview", "What each agent would receive", shown=True),
    Action("new.save_template", "ctrl+t", "Save as template", "Write this form as a template of your own", shown=True),
    # Stage
    Action("stage.run", "space", "Run / pause", "Let them talk, or pause after this turn", shown=True),
    Action("stage.step", "n", "Step", "Let one agent speak one turn", shown=True),
    Action("stage.interject", "i", "Interject", "Say something to all agents", shown=True),
    Action("stage.whisper", "w", "Whisper", "Say something to one agent only", shown=True),
    Action("stage.into_council", "I", "Into the council", "Say something to the members of a council that is held now"),
    Action("stage.stop_speaking", "s", "Stop", "Cut short the one who speaks; its words are kept", shown=True),
    Action("stage.retry", "r", "Retry", "Have the last turn spoken again", shown=True),
    Action("stage.edit", "e", "Edit turn", "Change what a turn says; the original is kept"),
    Action("stage.original", "o", "Original", "Show what an edited or cut turn said at first"),
    Action("stage.seat", "m", "Change seat", "Give an agent another model or other parameters"),
    Action("stage.agents", "a", "Agents", "Who speaks next, who is muted or away; add one, change memory and manners"),
    Action("stage.rules", "u", "Rules", "Who speaks next, when it ends, and what happens by itself: change it"),
    Action("stage.permissions", "P", "Worlds", "What worlds may do and agents may ask for: allow it, ask, or deny it"),
    Action("stage.undo_request", "U", "Undo request", "Take back what an agent asked for last, such as a whisper"),
    Action("stage.reasoning", "t", "Reasoning", "Show or fold the models' reasoning"),
    Action("stage.unfold", "d", "Unfold", "Unfold the chosen council: one level deeper each time, then fold it"),
    Action("stage.unfold_all", "D", "Unfold all", "The same for all councils"),
    Action("stage.council", "enter", "Go in", "Open the chosen council on a screen of its own"),
    Action("stage.goto", "g", "Go to turn", "Go to a turn by number"),
    Action("stage.search", "slash", "Search", "Find words in this session"),
    Action("stage.next_hit", "asterisk", "Next hit", "Go to the next place where the words occur"),
    Action("stage.zoom", "z", "Zoom", "Give one pane the whole screen"),
    Action("stage.layout", "l", "Layout", "Panes, timeline, both, or stacked"),
    Action("stage.copy", "c", "Copy turn", "Copy the chosen turn"),
    Action("stage.copy_code", "C", "Copy code", "Copy a code block of the chosen turn"),
    Action("stage.xray", "x", "X-ray", "Exactly what the agent was sent for a turn, and what came back"),
    Action("stage.fork", "f", "Branch", "Go on from the chosen turn in a session of its own", shown=True),
    Action("stage.vary", "F", "Branch, changed", "Other models, words, texts or rules from the chosen turn on"),
    Action("stage.both", "v", "Both ways", "Go on from the chosen turn without the ladder and with it, side by side"),
    Action("stage.branches", "B", "Branches", "The family of this session as a tree: compare, prune, promote"),
    Action("stage.judge", "J", "Judge", "What judges say of this session; ask models to judge it by a rubric"),
    Action("stage.export", "X", "Export", "Write this session to a file: a page, a log, a recording and more"),
    Action("stage.star", "k", "Star", "Give the chosen turn a star, or take it away"),
    Action("stage.note", "K", "Star, tags, note", "Mark the chosen turn: a star, tags, a note of your own"),
    Action("stage.follow", "end", "Follow", "Go to the newest words and follow them"),
    Action("stage.next_pane", "tab", "Next pane", "Go to the next pane"),
    # Replay
    Action("replay.play", "space", "Play / pause", "Play the session, or stand still", shown=True),
    Action("replay.next_turn", "n,right", "Next", "One turn forward", shown=True),
    Action("replay.previous_turn", "b,left", "Previous", "One turn back", shown=True),
    Action("replay.forward", "full_stop", "+1 s", "One second forward"),
    Action("replay.back_second", "comma", "-1 s", "One second back"),
    Action("replay.faster", "plus,equals_sign", "Faster", "Twice as fast, up to 64 times", shown=True),
    Action("replay.slower", "minus", "Slower", "Half as fast, down to 0.5 times"),
    Action("replay.at_once", "a", "At once", "Show all of it at once"),
    Action("replay.restart", "home,0", "From the start", "Go back to the beginning"),
    Action("replay.continue_here", "f", "Go on here", "Open a live branch from this turn", shown=True),
    Action("replay.vary", "F", "Branch, changed", "Other models, words, texts or rules from the chosen turn on"),
    Action("replay.both", "v", "Both ways", "Go on from the chosen turn without the ladder and with it, side by side"),
    Action("replay.branches", "B", "Branches", "The family of this session as a tree: compare, prune, promote"),
    Action("replay.judge", "J", "Judge", "What judges say of this session; ask models to judge it by a rubric"),
    Action("replay.goto", "g", "Go to turn", "Go to a turn by number"),
    Action("replay.search", "slash", "Search", "Find words in this session"),
    Action("replay.next_hit", "asterisk", "Next hit", "Go to the next place where the words occur"),
    Action("replay.reasoning", "t", "Reasoning", "Show or fold the models' reasoning"),
    Action("replay.unfold", "d", "Unfold", "Unfold the chosen council: one level deeper each time, then fold it"),
    Action("replay.unfold_all", "D", "Unfold all", "The same for all councils"),
    Action("replay.council", "enter", "Go in", "Open the chosen council on a screen of its own"),
    Action("replay.undo_request", "U", "Undo request", "Take back what was asked for last, in a council held now"),
    Action("replay.original", "o", "Original", "Show what an edited or cut turn said at first"),
    Action("replay.zoom", "z", "Zoom", "Give one pane the whole screen"),
    Action("replay.layout", "l", "Layout", "Panes, timeline, both, or stacked"),
    Action("replay.copy", "c", "Copy turn", "Copy the chosen turn"),
    Action("replay.copy_code", "C", "Copy code", "Copy a code block of the chosen turn"),
    Action("replay.xray", "x", "X-ray", "Exactly what the agent was sent for a turn, and what came back"),
    Action("replay.export", "X", "Export", "Write this session to a file: a page, a log, a recording and more"),
    Action("replay.star", "k", "Star", "Give the chosen turn a star, or take it away"),
    Action("replay.note", "K", "Star, tags, note", "Mark the chosen turn: a star, tags, a note of your own"),
    Action("replay.follow", "end", "Follow", "Go to the newest words and follow them"),
    Action("replay.next_pane", "tab", "Next pane", "Go to the next pane"),
    # Both ways
    Action("both.run", "space", "Run / pause", "Let both go on, or pause after the turns that are spoken", shown=True),
    Action("both.other", "tab", "Other side", "Go to the other side", shown=True),
    Action("both.open", "enter", "Open", "Leave, and go on with this side on the stage", shown=True),
    Action("both.xray", "x", "X-ray", "Exactly what was sent for a turn of this side, and what came back", shown=True),
    # Running branches
    Action("running.stop", "x", "Stop", "Stop all of them; what was said is kept", shown=True),
    Action("running.open", "enter", "Open", "Go on with the chosen branch on the stage", shown=True),
    Action("running.tree", "B", "Branches", "The family as a tree: compare, prune, promote", shown=True),
    Action("running.compare", "c", "Compare", "Read the chosen branch beside the next one", shown=True),
    # Branches
    Action("branches.open", "enter", "Open", "Go on with the chosen session from its end", shown=True),
    Action("branches.replay", "p", "Replay", "Replay the chosen session from where it parts", shown=True),
    Action("branches.compare", "c", "Compare", "Choose one, and then another to read beside it", shown=True),
    Action("branches.vary", "F", "Branch, changed", "Go on from the end of the chosen session in other ways"),
    Action("branches.rename", "e", "Rename", "Give the chosen session another title", shown=True),
    Action("branches.promote", "P", "Promote", "Let the chosen branch have the title of the whole family", shown=True),
    Action("branches.prune", "delete,d", "Prune", "Delete the chosen session; its branches stay", shown=True),
    Action("branches.undo", "u", "Undo", "Bring back what was pruned last", shown=True),
    Action("branches.export", "x,X", "Export", "Write the chosen session to a file: a page, a log and more"),
    # Compare
    Action("compare.next", "n,right", "Next", "The next turn in which they differ", shown=True),
    Action("compare.previous", "b,left", "Previous", "The turn before in which they differ", shown=True),
    Action("compare.replay", "p", "Replay", "Replay the first of them from where they part", shown=True),
    Action("compare.replay_other", "o", "Replay other", "Replay the second of them from where they part", shown=True),
    # Trash
    Action("trash.bring_back", "enter,b", "Bring back", "Take the chosen session out of the trash", shown=True),
    Action("trash.delete", "delete,d", "Delete for good", "Delete the chosen session for good", shown=True),
    Action("trash.empty", "E", "Empty", "Delete everything in the trash for good", shown=True),
    # Judgements
    Action("judging.new", "n", "New", "Ask models to judge what was said, by a rubric", shown=True),
    Action("judging.open", "enter", "Go there", "From a score to the turn that it rests on", shown=True),
    Action("judging.other", "tab", "Scores", "From the judgements to the scores, and back", shown=True),
    Action("judging.stop", "s", "Stop", "Stop judging; verdicts that are there are kept", shown=True),
    Action("judging.report", "x", "Report", "Write a file: the scores first, then what was said", shown=True),
    Action("judging.delete", "delete,d", "Delete", "Delete the chosen judgement; undo brings it back"),
    Action("judging.undo", "u", "Undo", "Bring back the judgement that was deleted last"),
    # Repeats
    Action("repeats.open", "enter", "Open", "What came of the chosen batch: measures, a plot, its runs", shown=True),
    Action("repeats.new", "n", "New", "Run a template many times, each time with another seed", shown=True),
    Action("repeats.delete", "delete,d", "Delete", "Forget the chosen batch, with its sessions or without", shown=True),
    # A batch of runs
    Action("batch.run", "space", "Run / stop", "Go on with what is not over, or stop after this turn", shown=True),
    Action("batch.other", "tab", "Measures / runs", "From the measures to the runs, or back", shown=True),
    Action("batch.open", "enter", "Open", "Replay the session of the chosen run", shown=True),
    Action("batch.csv", "x", "CSV", "Write the measures and the runs as tables to this folder", shown=True),
    # X-ray
    Action("xray.next_turn", "n,right", "Next", "The turn after this one", shown=True),
    Action("xray.previous_turn", "b,left", "Previous", "The turn before this one", shown=True),
    Action("xray.next_part", "tab", "Next part", "Go to the next message, or to what came back", shown=True),
    Action("xray.previous_part", "shift+tab", "Part before", "Go to the message before"),
    Action("xray.copy", "c", "Copy", "Copy all that is shown as plain text", shown=True),
    # Models
    Action("models.test", "t", "Test", "Send one tiny request and say what came back", shown=True),
    Action("models.offered", "o", "Offered", "Ask the provider itself what it offers", shown=True),
    Action("models.pull", "p", "Pull", "Fetch a model to this machine", shown=True),
    Action("models.cancel", "x", "Cancel", "Stop fetching"),
    Action("models.add_file", "a", "Add file", "Use a GGUF file that is on this machine", shown=True),
    Action("models.add_endpoint", "e", "Add endpoint", "Use a server that speaks as OpenAI does", shown=True),
    Action("models.filter", "slash", "Filter", "Show only models with these words"),
    # Templates
    Action("templates.play", "enter", "Play", "Start a conversation from this template", shown=True),
    Action("templates.edit", "e", "Edit", "Change the file; findings are shown at their lines", shown=True),
    Action("templates.duplicate", "d", "Duplicate", "Make a copy of your own", shown=True),
    Action("templates.new", "n", "New", "Start a template of your own", shown=True),
    Action("templates.save", "ctrl+s", "Save", "Write the file", shown=True),
    Action("templates.next_finding", "f8", "Next finding", "Go to the next line with a mistake", shown=True),
    # Settings
    Action("settings.next_part", "f2", "Next part", "Look, keys, defaults", shown=True),
    Action("settings.change_key", "enter", "Change key", "Give the chosen action another key", shown=True),
    Action("settings.default_key", "backspace", "Default key", "Give the action its default keys back", shown=True),
    Action("settings.save", "ctrl+s", "Save", "Write config.toml, with its comments kept", shown=True),
)


# They take the name of a file or of a key from the person, or put a file on this machine. A person in a browser, who is
# somewhere else, does not have them: no key, no row in palette and help.
AT_THE_MACHINE = frozenset(
    {
        "home.mark",
        "home.export",
        "home.import",
        "stage.export",
        "replay.export",
        "branches.export",
        "judging.report",
        "models.pull",
        "models.add_file",
        "models.add_endpoint",
    }
)


def actions_of(*places: Place) -> list[Action]:
    """The actions of these places, in the order of the table."""
    away = AT_THE_MACHINE if is_served() else frozenset()
    return [action for action in ACTIONS if action.place in places and action.id not in away]


def bindings_of(place: Place) -> list[BindingType]:
    """What a screen's BINDINGS are."""
    return [
        Binding(
            action.keys,
            action.name,
            action.title,
            show=action.shown,
            id=action.id,
            tooltip=action.help,
            # A dialog hides the application's keys, but one can leave from there, too.
            priority=action.id == "everywhere.quit",
        )
        for action in actions_of(place)
    ]


def keymap_of(chosen: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The person's keymap as Textual takes it, and what is wrong with it: ids that no action has."""
    known = {action.id for action in ACTIONS}
    wrong = [f"[keys] {name}: no action has this id" for name in chosen if name not in known]
    return {name: key for name, key in chosen.items() if name in known}, wrong


def table(actions: Iterable[Action]) -> list[tuple[str, str, str]]:
    """Key, title and help of each action, for the help screen and the README."""
    return [(spoken_keys(action.keys), action.title, action.help) for action in actions]


_SPOKEN = {
    "question_mark": "?",
    "slash": "/",
    "asterisk": "*",
    "full_stop": ".",
    "comma": ",",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "escape": "esc",
}


def spoken_keys(keys: str) -> str:
    """Keys as people write them: `question_mark,f1` is `? f1`."""
    return " ".join(_SPOKEN.get(key, key) for key in keys.split(","))
