"""The search engines, and how one is asked for: NAME, NAME:ADDRESS or NAME:PARAMETER=NUMBER,…"""

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.parameters import read_parameters
from retrieval_core.ranking.exact import EXACT
from retrieval_core.ranking.faiss_engines import FLAT, HNSW, IVFPQ
from retrieval_core.ranking.milvus import MILVUS
from retrieval_core.ranking.search_index import Chosen, Engine

ENGINES: dict[str, Engine] = {"exact": EXACT, "faiss-flat": FLAT, "faiss-ivfpq": IVFPQ, "faiss-hnsw": HNSW, "milvus": MILVUS}
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
    if engine.address:
        return Chosen(text, name, engine.address(behind), engine.fill_in({}))
    if behind and not engine.defaults:
        raise RetrievalError(
            f"The search engine {name} has no address and no parameters, and {text[:80]!r} gives it one. Write {name}."
        )
    return Chosen(text, name, "", engine.fill_in(read_parameters(behind)))
