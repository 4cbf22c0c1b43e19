"""The engine that is used unless another is asked for: every photograph is compared, by `search`. Nothing is built or installed."""

from retrieval_core.ranking.search_index import Engine, open_exact

EXACT = Engine("exact search", {}, {}, exact=True, open=open_exact)
