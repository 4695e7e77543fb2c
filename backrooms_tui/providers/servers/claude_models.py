"""What the generations of Claude take: sampling parameters, and which way of thinking.

From Anthropic's migration guides and the SDK's types (anthropic 2.11), as of November 2026: temperature, top_p and
top_k are refused from Opus 4.7 on, and the SDK no longer has them; from Opus 4.1 to the 4.6 models temperature and
top_p exclude one another. Thinking with a budget (`enabled`) ended with the 4.6 models, which were the first with
`adaptive` thinking. Up to Opus 4.8 a model thinks only when asked to; later ones do unless told otherwise.
Effort came with Opus 4.5, replies by a schema with Opus 4.1.
"""

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ClaudeModel:
    """What one Claude model takes. `thinks_unasked` says that it thinks where the request does not mention it."""

    sampling: bool
    both_samplers: bool
    thinking: Literal["none", "budget", "adaptive"]
    thinks_unasked: bool
    effort: bool
    schema: bool = True


_TABLE: tuple[tuple[str, ClaudeModel], ...] = (
    (r"claude-3-7", ClaudeModel(True, True, "budget", False, False, False)),
    (r"claude-(?:[123]|instant)(?:[-.]|$)", ClaudeModel(True, True, "none", False, False, False)),
    (r"claude-(?:opus|sonnet)-4(?:-0|-\d{8})?$", ClaudeModel(True, True, "budget", False, False, False)),
    (r"claude-opus-4-5", ClaudeModel(True, False, "budget", False, True)),
    (r"claude-(?:opus|sonnet|haiku)-4-[1-5](?:-|$)", ClaudeModel(True, False, "budget", False, False)),
    (r"claude-(?:opus|sonnet)-4-6", ClaudeModel(True, False, "adaptive", False, True)),
    (r"claude-opus-4-[78]", ClaudeModel(False, False, "adaptive", False, True)),
    (r"claude-", ClaudeModel(False, False, "adaptive", True, True)),
)
# Something else behind the same API (llama.cpp, a proxy): it is asked everything, and what it refuses is learned.
_STRANGER = ClaudeModel(True, True, "budget", False, False)


def claude_model(name: str) -> ClaudeModel:
    """What the model called `name` takes. A Claude that the table does not know is taken for one of the newest."""
    for pattern, model in _TABLE:
        if re.match(pattern, name):
            return model
    return _STRANGER
