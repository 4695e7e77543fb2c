# What can be chosen, and what is told.
import os

TURN_DELAY = 2
OUTPUTS = os.path.join("outputs")

AI_MODELS = {
    "Gannet Large": "seabird/gannet-large",
    "Petrel Mini": "seabird/petrel-mini",
}

_SHARED = "Speak softly. "

SYSTEM_PROMPT_PAIRS = {
    "Two rooms": {
        "AI-1": "You are in the left room. "
                "Knock before you speak.",
        "AI-2": """You are in the right room.
Answer with {{one}} knock for yes.""",
        "AI-3": "",
    },
    "Old corridor": {
        "AI_1": "You walk ahead." + " You do not turn round.",
        "AI_2": _SHARED + "You follow.",
        "note": "never shown",
    },
    "Computed": make_prompts(2),
}
