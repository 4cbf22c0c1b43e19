"""Maps of descriptors."""

from colorsys import hls_to_rgb
from dataclasses import dataclass
from html import escape

from retrieval_core.progress import finished
from retrieval_core.projection.maps import METHODS, ProjectedMap, compute_map
from retrieval_core.verbs import html
from retrieval_core.verbs.described import Described

_WIDTH = 480  # pixels of a map in a notebook
_UNLABELLED = "#999"


@dataclass(frozen=True, eq=False, repr=False)
class Projected:
    """A map: `places.xy` (N, 2) float32, row for row with `places.ids`, and how far it can be trusted in `places.quality`."""

    places: ProjectedMap
    labels: tuple[str | None, ...]
    model: str

    def __repr__(self) -> str:
        method, quality = METHODS[self.places.method].title, self.places.quality
        return f"<{method} of {len(self.labels):,} photographs under {self.model}, trustworthiness {quality['trustworthiness']:.2f}>"

    def _repr_html_(self) -> str:
        names = sorted({label for label in self.labels if label is not None})
        colour = {name: _hue(place / len(names)) for place, name in enumerate(names)}
        low, high = self.places.xy.min(axis=0), self.places.xy.max(axis=0)
        scaled = (self.places.xy - low) / max(float((high - low).max()), 1e-9) * (_WIDTH - 20) + 10
        points = "".join(
            f'<circle cx="{x:.1f}" cy="{_WIDTH - y:.1f}" r="4" fill="{colour.get(label, _UNLABELLED)}"><title>{escape(one)}'
            f"{escape(f' ({label})' if label else '')}</title></circle>"
            for one, label, (x, y) in zip(self.places.ids, self.labels, scaled, strict=True)
        )
        drawn = f'<svg role="img" aria-label="map" width="{_WIDTH}" height="{_WIDTH}" xmlns="http://www.w3.org/2000/svg">{points}</svg>'
        return html.heading(repr(self)[1:-1] + "; how far clusters are apart means nothing") + drawn


def project(described: Described, method: str = "tsne", *, seed: int = 0, **parameters: float) -> Projected:
    """Lay descriptors out in the plane. Nothing is written; the app makes and keeps maps of its own.

    Args:
        described: descriptors of at least four photographs.
        method: tsne, umap, pca or pacmap.
        seed: from 0; the same seed gives the same map on the same machine.
        **parameters: of the method, as perplexity=40; what is left out has its default.

    Raises:
        RetrievalError: an unknown method or parameter, a value out of bounds, or too few photographs.

    >>> import retrieval_core as rc
    >>> laid_out = rc.project(rc.describe(rc.open("photos"), "2a"), "pca")
    >>> laid_out.places.xy.shape
    (12, 2)
    """
    places = finished(compute_map(described.ids, described.matrix, method, parameters, seed))
    opened = described.opened
    labels = tuple(opened.dataset.image(one).label for one in described.ids) if opened else (None,) * len(described)
    return Projected(places, labels, described.model)


def _hue(turn: float) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in hls_to_rgb(turn, 0.5, 0.6))
