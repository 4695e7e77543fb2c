"""The words for a model's parameters: one name for one thing, whatever a provider calls it.

Providers translate these names; what a model does not take is left out and recorded.
"""

import math
from dataclasses import dataclass
from typing import Literal

from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.trouble import OperatorError

ParamType = Literal["int", "float", "bool", "text"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's name, type and inclusive range, with a line of help. `choices` limits a text."""

    name: str
    type: ParamType
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


_TABLE = (
    Parameter("max_tokens", "int", "longest reply, in tokens", low=1),
    Parameter("temperature", "float", "0 is steady, 1 is lively", low=0, high=2),
    Parameter("top_p", "float", "keep the likeliest words up to this share", low=0, high=1),
    Parameter("top_k", "int", "keep the K likeliest words", low=0),
    Parameter("min_p", "float", "drop words below this share of the likeliest one", low=0, high=1),
    Parameter("repeat_penalty", "float", "make repeated words less likely (local and ollama)", low=0),
    Parameter("dry_multiplier", "float", "make repeated phrases less likely (local)", low=0),
    Parameter("frequency_penalty", "float", "make frequent words less likely", low=-2, high=2),
    Parameter("presence_penalty", "float", "make words already said less likely", low=-2, high=2),
    Parameter("seed", "int", "repeat the same reply where the model can", low=0),
    Parameter(
        "effort",
        "text",
        "how long a reasoning model may think",
        choices=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    ),
    Parameter("thinking", "bool", "show a model's reasoning where it can"),
    Parameter("verbosity", "text", "how much a model says (newer OpenAI models)", choices=("low", "medium", "high")),
    Parameter("context", "int", "context window to use, in tokens (local and ollama)", low=256),
    Parameter("rate", "float", "tokens a second of a scripted model; 0 is at once", low=0),
)
PARAMETERS = {parameter.name: parameter for parameter in _TABLE}


def checked(name: str, value: object) -> ParamValue:
    """`value` as the parameter `name` takes it: a number for a number, also when given as text.

    Raises OperatorError that names the nearest parameter, or the range, where it does not fit.
    """
    parameter = PARAMETERS.get(name)
    if parameter is None:
        from difflib import get_close_matches

        near = get_close_matches(name, PARAMETERS, n=3, cutoff=0.5)
        known = ", ".join(near or sorted(PARAMETERS))
        raise OperatorError(f"unknown parameter {name!r}", f"did you mean {known}?" if near else f"known are {known}")
    if parameter.type == "bool":
        return _flag(parameter, value)
    if parameter.type == "text":
        if not isinstance(value, str) or (parameter.choices and value not in parameter.choices):
            raise OperatorError(f"{name} = {value!r} is not possible", f"choose one of {', '.join(parameter.choices)}")
        return value
    return _number(parameter, value)


def _flag(parameter: Parameter, value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise OperatorError(f"{parameter.name} = {value!r} is not possible", "write true or false")


def _number(parameter: Parameter, value: object) -> int | float:
    wanted = "a whole number" if parameter.type == "int" else "a number"
    problem = OperatorError(f"{parameter.name} = {value!r} is not {wanted}", f"{parameter.name}: {parameter.help}")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise problem
    number: int | float
    try:
        number = int(value) if parameter.type == "int" else float(value)
    except (ValueError, OverflowError):
        raise problem from None
    if not math.isfinite(number) or (isinstance(value, float) and number != value):
        raise problem
    low, high = parameter.low, parameter.high
    if (low is not None and number < low) or (high is not None and number > high):
        limits = f"from {low:g} to {high:g}" if low is not None and high is not None else f"at least {low:g}"
        raise OperatorError(f"{parameter.name} = {value} is out of range", f"{parameter.name} is {limits}")
    return number
