"""The values of a template's variables: what the person gave, else the defaults."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.findings import did_you_mean

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template


def variable_values(template: "Template", given: Mapping[str, str]) -> dict[str, str]:
    """The value of each of the template's variables: what was `given`, else its default.

    Raises OperatorError for names that the template does not have, for values that are not among a variable's choices,
    and for all required variables without a value at once.
    """
    known = template.variables
    unknown = [name for name in given if name not in known]
    if unknown:
        what = f"this template has no variable {' or '.join(repr(name) for name in unknown)}"
        cure = did_you_mean(unknown[0], known, "" if known else "it has no variables; leave --set out")
        raise OperatorError(what, cure)
    missing = [name for name, variable in known.items() if variable.default is None and name not in given]
    if missing:
        needs = "this template needs a value for " + " and ".join(missing)
        raise OperatorError(needs, "give it with " + " ".join(f"--set {name}=…" for name in missing))
    for name, value in given.items():
        choices = known[name].choices
        if choices and value not in choices:
            raise OperatorError(f"{name} cannot be {value!r}", f"choose one of {', '.join(choices)}")
    return {name: given.get(name, variable.default or "") for name, variable in known.items()}
