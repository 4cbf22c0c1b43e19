"""Which models stand side by side: as they come, one with its search-time choices, or all; the chosen model always does."""

from collections.abc import Iterable

from pages.state import link
from retrieval_core.presets import split_key
from retrieval_core.search_choices import described_key

AS_THEY_COME, ALL = "", "all"


def base(model: str) -> str:
    """The key of a model without its search-time choices."""
    return split_key(model)[0]


def by_base(models: Iterable[str]) -> dict[str, list[str]]:
    """Models by the key that they have without search-time choices, in the order of the first of each."""
    found: dict[str, list[str]] = {}
    for key in models:
        found.setdefault(base(key), []).append(key)
    return found


def first_of_each(models: Iterable[str]) -> list[str]:
    """Models without the search-time choices of those that come before."""
    return [keys[0] for keys in by_base(models).values()]


def compared(models: Iterable[str], *also: str) -> list[str]:
    """Those of some models that the link wants side by side, with the chosen one and `also` where they are among them."""
    models, group, chosen = list(models), link.get("group"), link.get("model")
    kept = {chosen, described_key(chosen), *also}
    found = [key for key in models if group == ALL or key in kept or (base(key) == group if group else base(key) == key)]
    return found or models
