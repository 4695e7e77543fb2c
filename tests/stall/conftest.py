"""The meter as people have it: with word vectors where they are installed, and without."""

import pytest

from backrooms_tui.stall.meaning import Meaning


@pytest.fixture(params=["with word vectors", "words only"])
def meaning(request: pytest.FixtureRequest) -> Meaning | None:
    """Both ways of measuring likeness."""
    if request.param == "words only":
        return None
    found = Meaning.if_installed()
    if found is None:
        pytest.skip("wordllama is not installed")
    return found
