"""The search engines, and how one is asked for: NAME, NAME:ADDRESS or NAME:PARAMETER=NUMBER,…"""

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.parameters import read_parameters
from retrieval_core.ranking.exact import EXACT
from retrieval_core.ranking.search_index import Chosen, Engine

ENGINES: dict[str, Engine] = {"exact": EXACT}
"""All engines by name."""
USUAL = "exact"


def read_engine(text: str) -> Chosen:
    """The engine that a text asks for.

    Raises RetrievalError for an unknown name, an address or a parameter that the engine does not have, and a missing package.

    >>> read_engine("exact").name
    'exact'
    """
    name, _, behind = text.partition(":")
    engine = ENGINES[check_choice("search engine", name, ENGINES)]
    if engine.addressed:
        return Chosen(text, name, behind, engine.fill_in({}))
    if behind and not engine.defaults:
        raise RetrievalError(
            f"The search engine {name} has no address and no parameters, and {text[:80]!r} gives it one. Write {name}."
        )
    return Chosen(text, name, "", engine.fill_in(read_parameters(behind)))
