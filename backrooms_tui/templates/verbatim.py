"""Writing a text into a template so that it says just that, whatever stands in it."""

import re

_OPENS = re.compile(r"\{(?=[{%#])")


def verbatim(text: str) -> str:
    """`text` as a template's text whose filling is `text` again: nothing in it is taken for a blank."""
    return _OPENS.sub('{{ "{" }}', text)
