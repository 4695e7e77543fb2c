"""The keymap as the settings show it: each action's keys, and where one key would do two things."""

from collections import defaultdict
from collections.abc import Mapping

from textual.keys import _character_to_key

from backrooms_tui.ui.actions import ACTIONS, Action


def keys_of(action: Action, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of `action` by Textual's names, the person's in place of the default ones."""
    keys = (key.strip() for key in (chosen.get(action.id) or action.keys).split(","))
    return tuple(_character_to_key(key) if len(key) == 1 else key for key in keys if key)


def conflicts(chosen: Mapping[str, str]) -> dict[str, list[Action]]:
    """By action id, the other actions that answer to one of its keys in the same place, or everywhere."""
    holders: dict[str, list[Action]] = defaultdict(list)
    for action in ACTIONS:
        for key in dict.fromkeys(keys_of(action, chosen)):
            holders[key].append(action)
    found: dict[str, list[Action]] = defaultdict(list)
    for actions in holders.values():
        for one in actions:
            for other in actions:
                meet = one.place == other.place or "everywhere" in (one.place, other.place)
                if one is not other and meet and other not in found[one.id]:
                    found[one.id].append(other)
    return {name: others for name, others in found.items() if others}
