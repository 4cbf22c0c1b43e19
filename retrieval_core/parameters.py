"""Parameters with names, defaults and bounds: those of a projection, and those of what is done after a search."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, nan
from numbers import Real

from retrieval_core.errors import RetrievalError, check_choice


@dataclass(frozen=True, eq=False)
class Parametrised:
    """What has a title and parameters: `defaults` names them; one whose default is an int takes whole numbers only.

    `bounds` gives for each the least and the greatest allowed value.
    """

    title: str
    defaults: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]

    def fill_in(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """All parameters: those given, checked, and the defaults of the others.

        Raises RetrievalError for an unknown name, and for a value of the wrong type or out of bounds.
        """
        for name, value in parameters.items():
            check_choice(f"parameter of {self.title}", name, self.defaults)
            self._check(name, value)
        kinds = {name: int if isinstance(default, int) else float for name, default in self.defaults.items()}
        return {name: kinds[name](parameters.get(name, default)) for name, default in self.defaults.items()}

    def _check(self, name: str, value: object) -> None:
        whole = isinstance(self.defaults[name], int)
        lowest, highest = self.bounds[name]
        try:
            number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else nan
        except OverflowError:  # a whole number beyond every float
            number = inf
        # The bounds come before int(), which fails for what is not finite.
        if lowest <= number <= highest and (not whole or number == int(number)):
            return
        kind = "a whole number" if whole else "a number"
        raise RetrievalError(
            f"{name} of {self.title} must be {kind}, at least {lowest:g} and at most {highest:g}, not {value!r}. "
            f"Choose one in between, or leave it out for {self.defaults[name]:g}."
        )


def read_parameters(text: str) -> dict[str, float]:
    """Parameters written as in "perplexity=40,iterations=200"; RetrievalError for a part that is not name=number."""
    found = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = nan
        if not isfinite(number):
            raise RetrievalError(f"The setting {part[:60]!r} is not name=number. Write it as in perplexity=40, or leave it out.")
        found[name.strip()] = int(value) if value.strip().isdecimal() else number
    return found
