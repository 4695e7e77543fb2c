"""What a template that is written in a browser may not do: name model files of this machine.

A person there may not have such a file speak. A template that names one would wait for whoever sits at the machine to
play it, even under the name of a built-in template, and its words could be read in the browser afterwards.
"""

from collections.abc import Iterator

from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.checking import checked_template
from backrooms_tui.templates.document import Template


def require_listed_models(text: str, name: str, known: Catalogue) -> None:
    """Raises OperatorError where the template `text` (of the file `name`) names a model file that `known` refuses.

    What means nothing at all, and what cannot be played, is no matter of this.
    """
    template, _ = checked_template(text, name)
    if template is None:
        return
    anywhere = Catalogue(known.aliases, known.endpoints, known.models_dir)
    for model in _models(template):
        try:
            anywhere.resolve(model)
        except OperatorError:
            continue
        known.resolve(model)


def _models(template: Template) -> Iterator[str]:
    rules = template.rules
    for model in (*(agent.model for agent in template.agents), rules.manager, *(step.model for step in rules.ladder)):
        if model:
            yield model
