"""ASMK as its paper writes it, in loops, for one map (C, H, W) of float64 and for two sets of words."""

from math import sqrt

import numpy as np
from naive import places, unit


def word_set(maps: list[np.ndarray], vocabulary) -> dict[int, np.ndarray]:
    """By word: the sum of the residuals (D,) of the positions of one or several maps that are nearest to it."""
    words, found = vocabulary["words"], {}
    for one in maps:
        for y, x in places(one):
            if not one[:, y, x].any():
                continue
            vector = unit((unit(one[:, y, x]) - vocabulary["mean"]) @ vocabulary["projection"])
            nearest = min(range(len(words)), key=lambda k: sum((vector - words[k]) ** 2))
            found[nearest] = found.get(nearest, 0) + vector - words[nearest]
    return found


def signs(found: dict[int, np.ndarray]) -> dict[int, list[bool]]:
    return {word: [bool(x > 0) for x in found[word]] for word in sorted(found)}


def kernel(first: dict[int, list[bool]], second: dict[int, list[bool]], alpha: float = 3.0, threshold: float = 0.0) -> float:
    total = 0.0
    for word, code in first.items():
        for other, other_code in second.items():
            if word == other:
                bits = len(code)
                alike = sum(
                    (1 if a else -1) / sqrt(bits) * (1 if b else -1) / sqrt(bits) for a, b in zip(code, other_code, strict=True)
                )
                total += alike**alpha if alike >= threshold else 0.0
    return total / sqrt(len(first) * len(second)) if first and second else 0.0
