"""What was chosen in the form's dialogs: kept beside its fields, and only what is otherwise than in the template."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from backrooms_tui.session.changing import NOTHING, agent_told, rules_told
from backrooms_tui.session.setup import AgentSetup, Rules

if TYPE_CHECKING:
    from backrooms_tui.conversation.casting import Manners, OwnRules

_LIMITS = ("max_turns", "max_rounds", "max_tokens", "max_seconds", "budget")
# The rules that the form has no fields for. The ladder's tick is a field, its steps are not.
_BESIDE = ("stop", "stop_votes", "repeat", "play", "cues", "stall_at", "requests")
_MANNERS = ("description", "talkativeness", "reminder", "memory", "guard", "absent", "system")


@dataclass(frozen=True, slots=True)
class Beside:
    """`rules` and `manners` (by seat) overrule the template's, as in `Choices`. `told` says in a few words what they
    change, by the key of the field where it is said: `rules`, or a seat's `params:SEAT`."""

    rules: "OwnRules" = field(default_factory=lambda: cast("OwnRules", {}))
    manners: Mapping[int, "Manners"] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)

    def ruled(self, own: Rules, new: Rules) -> "Beside":
        """Go by `new`, where the template alone comes to `own` with what stands in the form's fields.

        Without steps in `new` the ladder is only not climbed: those that were chosen before are kept for it.
        """
        new = _stripped(new)
        rules = {name: getattr(new, name) for name in _BESIDE if getattr(new, name) != getattr(own, name)}
        steps = new.ladder if new.ladder else self.rules.get("ladder", own.ladder)
        if steps != own.ladder:
            rules["ladder"] = steps
        said = rules_told(own, replace(own, **{**rules, "ladder": new.ladder or own.ladder}))
        return replace(self, rules=cast("OwnRules", rules), told=_with(self.told, "rules", said))

    def mannered(self, own: AgentSetup, new: AgentSetup) -> "Beside":
        """Give the seat of `new` its manners, where the template alone comes to `own`."""
        manners = {name: getattr(new, name) for name in _MANNERS if getattr(new, name) != getattr(own, name)}
        said = agent_told(own, new)
        if new.absent != own.absent:
            comes = "comes later" if new.absent else "there from the beginning"
            said = comes if said == NOTHING else f"{said}, {comes}"
        seats = {seat: before for seat, before in self.manners.items() if seat != new.seat}
        if manners:
            seats[new.seat] = cast("Manners", manners)
        return replace(self, manners=seats, told=_with(self.told, f"params:{new.seat}", said))


def fields_of(now: Rules, new: Rules, first: str) -> dict[str, str | bool]:
    """What has to be typed into which of the form's own fields so that they say `new` in place of `now`.

    `first` is what the manager's field says where the first agent's model is to pick.
    """
    found: dict[str, str | bool] = {}
    if new.order != now.order:
        found["order"] = new.order
    if new.order == "manager" and (new.order, new.manager) != (now.order, now.manager):
        found["manager"] = new.manager or first
    for name in _LIMITS:
        limit = getattr(new, name) or 0
        if limit != (getattr(now, name) or 0):
            found[name] = str(int(limit)) if limit == int(limit) else repr(limit)
    if bool(new.ladder) != bool(now.ladder):
        found["ladder"] = bool(new.ladder)
    return found


def _stripped(rules: Rules) -> Rules:
    """Texts as a template gives them when it is filled, so that a saved one says the same."""
    return replace(
        rules,
        cues=tuple(replace(cue, text=cue.text.strip()) for cue in rules.cues),
        ladder=tuple(replace(step, text=step.text.strip()) for step in rules.ladder),
    )


def _with(told: Mapping[str, str], key: str, said: str) -> dict[str, str]:
    others = {name: text for name, text in told.items() if name != key}
    return others if said == NOTHING else {**others, key: said}
