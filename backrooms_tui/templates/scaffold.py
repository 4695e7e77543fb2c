"""The starting file that a person gets for a template of their own."""

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
history = [
  { role = "user", text = "(comes in and sits down)" },
  { role = "assistant", text = "Good morning. What do you see from where you are sitting?" },
]

[agents.params]
max_tokens = 400

[rules]
stop = ["^C^C"]                    # a line that is one of these texts ends the session
max_turns = 0                      # 0: no limit
# budget = 0.50                    # optional: the most that a session may cost, in USD
order = "round-robin"              # who speaks next: everybody in seat order
'''


def starting_file(title: str) -> str:
    """A complete template with the given title that explains each of its keys, as the text of a TOML file.

    A title of several lines becomes one line; an empty one becomes “Untitled”.
    """
    return _FILE.replace("title = TITLE", f"title = {_quoted(' '.join(title.split()) or 'Untitled')}", 1)


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
