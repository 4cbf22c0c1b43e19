"""Aggregations as their papers write them, in loops over positions, for one map (C, H, W) of float64."""

from math import exp, floor, isclose, log, sqrt

import numpy as np


def unit(vector: np.ndarray) -> np.ndarray:
    length = sqrt(sum(float(x) ** 2 for x in vector))
    return np.array([x / length for x in vector]) if length > 0 else np.array(vector)


def places(maps: np.ndarray):
    return [(y, x) for y in range(maps.shape[1]) for x in range(maps.shape[2])]


def mac(maps):
    return np.array([max(channel[y, x] for y, x in places(maps)) for channel in maps])


def mean(maps):
    return np.array([sum(channel[y, x] for y, x in places(maps)) / len(places(maps)) for channel in maps])


def gem(maps):
    return np.array([(sum(max(channel[y, x], 1e-6) ** 3 for y, x in places(maps)) / len(places(maps))) ** (1 / 3) for channel in maps])


def spoc(maps):
    _, height, width = maps.shape
    spread = min(height, width) / 6
    total = np.zeros(len(maps))
    for y, x in places(maps):
        far = (x - (width - 1) / 2) ** 2 + (y - (height - 1) / 2) ** 2
        total += exp(-far / (2 * spread**2)) * maps[:, y, x]
    return total


def crow(maps):
    activity = {place: sum(maps[:, place[0], place[1]]) for place in places(maps)}
    length = sqrt(sum(value**2 for value in activity.values()))
    shares = [sum(channel[y, x] > 0 for y, x in places(maps)) / len(places(maps)) for channel in maps]
    weights = [log(sum(shares) / share) if share > 0 else 0.0 for share in shares]
    total = np.zeros(len(maps))
    for (y, x), value in activity.items():
        total += (sqrt(value / length) if length > 0 else 0.0) * maps[:, y, x]
    return total * weights


def rmac_regions(height, width, levels=3):
    """The published script: the number of steps whose overlap is nearest to 0.4, then a grid at every level."""
    shorter = min(height, width)
    overlaps = {}
    for steps in (2, 3, 4, 5, 6, 7):
        between = (max(height, width) - shorter) / (steps - 1)
        overlaps[steps] = abs((shorter**2 - shorter * between) / shorter**2 - 0.4)
    best = min(overlaps, key=overlaps.get)
    more_down, more_across = (best - 1 if height > width else 0), (best - 1 if width > height else 0)
    found = []
    for level in range(1, levels + 1):
        side = floor(2 * shorter / (level + 1))
        if side == 0:
            continue
        starts = []
        for length, more in ((height, more_down), (width, more_across)):
            count = level + more
            step = (length - side) / (count - 1) if count > 1 else 0.0
            # The script takes floor(half + k·step) − half; a whole number that comes out as 2.9999 is meant as 3.
            starts.append([round(k * step) if isclose(k * step, round(k * step)) else floor(k * step) for k in range(count)])
        found += [(top, left, side) for top in starts[0] for left in starts[1]]
    return found


def rmac(maps, whiten=None):
    total = 0.0
    for top, left, side in rmac_regions(*maps.shape[1:]):
        part = unit(mac(maps[:, top : top + side, left : left + side]))
        if part.any():
            total = total + (part if whiten is None else unit(whiten(part)))
    return total if np.ndim(total) else np.zeros(len(maps))


def _local(maps):
    return [unit(maps[:, y, x]) for y, x in places(maps)]


def vlad(maps, centres):
    sums = np.zeros(centres.shape)
    for vector in _local(maps):
        nearest = min(range(len(centres)), key=lambda k: sum((vector - centres[k]) ** 2))
        sums[nearest] += vector - centres[nearest]
    return np.concatenate([unit(row) for row in sums])


def netvlad(maps, centres, sharpness):
    sums = np.zeros(centres.shape)
    for vector in _local(maps):
        scores = [exp(sharpness * float(vector @ unit(centre))) for centre in centres]
        for k, centre in enumerate(centres):
            sums[k] += scores[k] / sum(scores) * (vector - centre)
    return np.concatenate([unit(row) for row in sums])


def fisher(maps, vocabulary):
    weights, means, variances = (vocabulary[name] for name in ("weights", "means", "variances"))
    local = [(vector - vocabulary["mean"]) @ vocabulary["projection"] for vector in _local(maps)]
    by_mean, by_variance = np.zeros(means.shape), np.zeros(means.shape)
    for vector in local:
        logs = [
            log(w) - 0.5 * sum((vector - m) ** 2 / v + np.log(2 * np.pi * v)) for w, m, v in zip(weights, means, variances, strict=True)
        ]
        shares = np.exp(np.array(logs) - max(logs))
        shares /= shares.sum()
        for k in range(len(weights)):
            away = (vector - means[k]) / np.sqrt(variances[k])
            by_mean[k] += shares[k] * away / sqrt(weights[k]) / len(local)
            by_variance[k] += shares[k] * (away**2 - 1) / sqrt(2 * weights[k]) / len(local)
    # scikit-image gives the gradient by the variance with the other sign, which no dot product sees.
    whole = np.concatenate([by_mean.ravel(), -by_variance.ravel()])
    return np.sign(whole) * np.sqrt(np.abs(whole))


def bow(maps, vocabulary):
    counts = np.zeros(len(vocabulary["words"]))
    for vector in _local(maps):
        whitened = unit((vector - vocabulary["mean"]) @ vocabulary["projection"])
        counts[min(range(len(counts)), key=lambda k: sum((whitened - vocabulary["words"][k]) ** 2))] += 1
    return counts
