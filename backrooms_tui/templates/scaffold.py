"""The starting file that a person gets for a template of their own."""

from backrooms_tui.session.setup import Rules
from backrooms_tui.templates.orders import ORDERS

_FILE = '''\
# A template says who talks with whom, and under which rules. Change the texts below and try it:
#   backrooms templates check THIS_FILE      says what is wrong, line by line
#   backrooms run ./THIS_FILE                runs it
# Lines that begin with # are for you alone. Longer texts stand between three quotes.

[template]
title = TITLE
description = "Two agents meet and talk about something small."   # one sentence for the list of templates

# Variables are the blanks of this template: {{ topic }} below is filled with the value of `topic`.
# Another value is given with --set topic="the sea". Without a default, a value has to be given.
[variables.topic]
default = "the first thing that one notices in a new room"
help = "What they talk about"

[variables.mood]
default = "calm"
help = "How they talk"
choices = ["calm", "playful", "stern"]       # optional: only these values are possible

# One table [[agents]] for each agent, in the order in which they speak.
# Besides the variables, blanks can say:
#   {{ self.name }}        the agent whose text it is; also self.seat, self.model and self.company
#   {{ other.name }}       the other agent, where there are two; with the same four words
#   {{ agents[0].name }}   any agent, counted from 0
#   {% if same_model %} … {% else %} … {% endif %}   for when all seats hold the same model, and when they do not
[[agents]]
name = "Ada"
# model = "local"                  # optional: a default model for this seat; the person's choice wins
# description = "…"                # optional: one line about the agent, for a model that picks who speaks
system = """
You are {{ self.name }}, and you are talking with {{ other.name }} about {{ topic }}. The mood is {{ mood }}.
{% if same_model %}
You are both the same model, so take care to see things in your own way.
{% else %}
{{ other.name }} is {{ other.model }}, another model than you.
{% endif %}

Speak two to five sentences at a time. To end the talk, write ^C^C alone on a line.
"""
# What the agent remembers from before the talk. `user` is what it heard, `assistant` what it said itself.
# The history of the first agent should end with a user message, so that there is something to answer.
history = [
  { role = "user", text = "Good morning. What do you see from where you are sitting?" },
]

[agents.params]                    # optional: parameters for this agent's model
max_tokens = 400                   # the longest reply, in tokens
# temperature = 0.8                # 0 is steady, 1 is lively; models that take none go without

[[agents]]
name = "Ben"
system = """
You are {{ self.name }}, and you are talking with {{ other.name }} about {{ topic }}. The mood is {{ mood }}.

Speak two to five sentences at a time. To end the talk, write ^C^C alone on a line.
"""
# system_same = "…"                # optional: in place of `system` where all seats hold the same model
# All of these are optional, too:
# talkativeness = 0.5              # from 0 to 1: how readily it speaks where nobody was addressed
# memory = "drop"                  # when the talk outgrows the model: "drop" the oldest turns, have a "summary"
#                                  # of them written, or let the agent keep a "notebook" of its own
# guard = true                     # cut a reply where it begins to speak for others
# absent = false                   # true: it comes later, by a cue (see below) or when you bring it in
# tools = true                     # a model that can call tools is given the commands of the worlds here (see below)
# position = "Small things matter most."   # what it stands for, where mode = "debate" (see below)
history = [
  { role = "user", text = "(comes in and sits down)" },
  { role = "assistant", text = "Good morning. What do you see from where you are sitting?" },
]

[agents.params]
max_tokens = 400

# [agents.reminder]                # optional: what this agent alone is told again and again
# text = "You are {{ self.name }}. Stay in your part."
# every = 8                        # after every so many of its own turns
# depth = 0                        # before the last so many messages; 0: at the very end

# A council: voices of this agent's own, who talk before it speaks. Only this agent is told what they said.
# [agents.council]
# opening = "What should {{ host.name }} say next?"   # in a council, `host` is the agent that it serves
# hears = "new"                    # of the talk around it: what is "new" since the last time, "all", or "nothing"
# memory = "fresh"                 # or "keep": its members remember their earlier councils
# every = 1                        # before every so many of the agent's turns
# when = "every"                   # or "asked": only after the agent has said `ask` alone on a line, which its
#                                  # system text should tell it:   ask = "COUNCIL"
# [agents.council.rules]           # the same keys as under [rules] below; without a limit it talks for two rounds
# max_turns = 4
# [[agents.council.agents]]        # the same keys as under [[agents]], a council too; without `model` it has its
# name = "Doubt"                   # agent's. `agents` and `other` are the members here
# system = "You are the part of {{ host.name }} that doubts. Say one sentence."
# [[agents.council.agents]]
# name = "Courage"
# system = "You are the part of {{ host.name }} that dares. Say one sentence. Answer {{ other.name }}."

# A world answers commands in place of talking. Take these lines for a seat of its own, here the third, and write
# agents[0] and agents[1] for `other` above, which is only for two.
#   [[agents]]
#   name = "CLI"
#   world = "exos"                 # the built-in one, or the name of a world in your configuration
#   environments = ["notes", "files", "clock", "dice"]   # optional: what is there; also search and web; else all
#   notebook = "{{ topic }}"       # optional: notes that sessions share by this name; else they are the session's own
#   permissions = { web = "ask", "files.rm" = "deny" }   # optional: what you are asked for first, and what never runs;
#                                  # only you can allow more, with --allow web

[rules]
stop = ["^C^C"]                    # a line that is one of these texts ends the session
stop_votes = 1                     # so many agents have to say it; who says it before that leaves
max_turns = 0                      # 0: no limit, here and below
max_rounds = 0                     # a round is everybody once
max_tokens = 0                     # what all requests and replies come to
max_seconds = 0                    # the time in which it runs
# budget = 0.50                    # optional: the most that a session may cost, in USD

# How turns make up a round: "turns" (each is heard at once), "statements" (those of a round are heard when it is
# over) or "debate" (positions, rebuttals, closings: every agent has a `position`, and max_rounds is 3 or more).
mode = "turns"
# council_depth = 3                # so deep councils within councils are held

# Who speaks next:
ORDER_LINES
order = "round-robin"
# manager = "haiku"                # optional: the model that picks in the order "manager"; else the first agent's
# repeat = true                    # optional, in the order "random": the same agent may be drawn twice in a row
# play = true                      # optional: agents may write lines for others, as in a play
# stall_at = STALL_AT                   # optional: from 0 to 1, where on the stall meter the ladder (below) begins
# use_ladder = true                # optional; false: the ladder is used only when it is asked for, with --ladder

# What agents may ask for by themselves, on a line of their own such as !whisper Ben "psst": "allow", "ask" (you are
# asked each time) or "deny", as is everything that is not named. An invitation is always asked for.
# [rules.requests]
# whisper = "allow"                # also: vote, leave, mute, note
# invite = "ask"

# What rounds are called. All agents are told which one begins: Year 2027. Without max_rounds, the last one ends it.
# [rules.rounds]
# name = "Year"
# first = 2027                     # or a blank: "{{ start }}"
# last = 2031
# step = 1
#                                  # or, in place of these three:   labels = ["Spring", "Summer", "Autumn"]

# Cues happen by themselves, before the turn that they name. Their texts can have blanks, but no `self` or `other`.
# [[rules.cues]]
# turn = 10
# text = "The lamp flickers and goes out."
# to = "Ben"                       # optional: an agent (or a seat, 2) that alone notices it; else all do
# brings = "Ben"                   # optional: an agent that was absent comes in with it
# sends_away = "Ada"               # optional: an agent that leaves with it

# The ladder is climbed when the talk goes in circles, one step after the other until it gets better.
# [[rules.ladder]]
# remedy = "nudge"                 # a word to the one who speaks next alone
# text = "Say something that has not been said yet."
# [[rules.ladder]]
# remedy = "topic"                 # one of these, drawn by lot and never twice, to all
# topics = ["A door opens by itself.", "Somebody laughs outside."]
# afresh = true                    # and what was said before is sent no longer: a loop in sight is gone on with
# [[rules.ladder]]
# remedy = "temperature"           # another temperature, or with remedy = "model" another model, for some turns
# temperature = 1.1
# turns = 4
# [[rules.ladder]]
# remedy = "call"                  # pause and call you; remedy = "end" ends the session
'''


_ORDER_LINES = "\n".join(f"#   {quoted:<15}{about}" for name, about in ORDERS.items() for quoted in [f'"{name}"'])


def starting_file(title: str) -> str:
    """A complete template with the given title that explains each of its keys, as the text of a TOML file.

    A title of several lines becomes one line; an empty one becomes “Untitled”.
    """
    text = _FILE.replace("ORDER_LINES", _ORDER_LINES, 1).replace("STALL_AT", f"{Rules().stall_at:g}", 1)
    return text.replace("title = TITLE", f"title = {_quoted(' '.join(title.split()) or 'Untitled')}", 1)


def _quoted(text: str) -> str:
    """`text` as a TOML basic string."""
    quoted = ""
    for letter in text:
        if letter in '"\\':
            quoted += "\\" + letter
        elif ord(letter) < 0x20 or ord(letter) == 0x7F:
            quoted += f"\\u{ord(letter):04X}"
        elif 0xD800 <= ord(letter) < 0xE000:  # half a character, which no file can hold
            quoted += "\ufffd"
        else:
            quoted += letter
    return f'"{quoted}"'
