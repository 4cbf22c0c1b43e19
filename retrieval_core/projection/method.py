"""What a projection is: its title, its parameters with their bounds, and how it places points."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from math import inf, nan
from numbers import Real

import numpy as np

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.progress import Progress

Place = Callable[[np.ndarray, Mapping[str, float], int], Generator[Progress, None, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Method:
    """One projection; a new one is a file that ends with such a value, and a row of `maps.METHODS`.

    `defaults` names the parameters; one whose default is an int takes whole numbers only. `bounds` gives for each the least
    and the greatest allowed value. A parameter "components" is the number of principal components that `place` is given.
    `place(coordinates, parameters, seed)`, a generator, yields Progress and returns places (N, 2) for principal coordinates
    (N, C), C at least 2; `parameters` are complete, in bounds and fitted. `fit(parameters, count)` returns them with those
    lowered that `count` points can't bear; fitted a second time they stay as they are.
    """

    title: str
    defaults: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    place: Place
    fit: Callable[[dict[str, float], int], dict[str, float]] = lambda parameters, count: parameters

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
