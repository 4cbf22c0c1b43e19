"""What a projection is: its title, its parameters with their bounds, and how it places points."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import numpy as np

from retrieval_core.parameters import Parametrised
from retrieval_core.progress import Progress

Place = Callable[[np.ndarray, Mapping[str, float], int], Generator[Progress, None, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Method(Parametrised):
    """One projection; a new one is a file that ends with such a value, and a row of `maps.METHODS`.

    A parameter "components" is the number of principal components that `place` is given.
    `place(coordinates, parameters, seed)`, a generator, yields Progress and returns places (N, 2) for principal coordinates
    (N, C), C at least 2; `parameters` are complete, in bounds and fitted. `fit(parameters, count)` returns them with those
    lowered that `count` points can't bear; fitted a second time they stay as they are.
    """

    place: Place
    fit: Callable[[dict[str, float], int], dict[str, float]] = lambda parameters, count: parameters
