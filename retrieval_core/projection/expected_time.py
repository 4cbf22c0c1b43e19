"""How long a map will take, judged by one that was made before."""

from collections.abc import Iterable


def expected_time(past: Iterable[tuple[int, float]], count: int) -> tuple[int, float, float] | None:
    """Seconds that a map of `count` points takes if time grows in proportion to the points.

    `past` holds points and seconds of maps by the same method, the latest last; the one nearest in size, by ratio, is taken,
    of equals the latest. Returns its points, its seconds and the expected seconds; None without a map to go by.
    """
    latest_first = [(points, seconds) for points, seconds in past][::-1]
    if not latest_first:
        return None
    points, seconds = min(latest_first, key=lambda one: max(one[0] / count, count / one[0]))
    return points, seconds, seconds * count / points
