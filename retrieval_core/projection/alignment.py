"""Turn one layout so that it lies on another as well as it can: the eye can then follow the points."""

from dataclasses import replace

import numpy as np

from retrieval_core.projection.maps import ProjectedMap


def align(layout: ProjectedMap, reference: ProjectedMap) -> ProjectedMap:
    """Move, turn or mirror, and scale `layout` onto `reference` by the ids they share; neighbourhoods stay as they are.

    Orthogonal Procrustes (Schönemann, 1966). The scale makes the shared points spread equally in both: the
    least-squares one would shrink a layout the more, the less it resembles the reference.
    With fewer than two shared ids the layout comes back unchanged.
    """
    place = {image_id: row for row, image_id in enumerate(reference.ids)}
    pairs = [(row, place[image_id]) for row, image_id in enumerate(layout.ids) if image_id in place]
    if len(pairs) < 2:
        return layout
    ours, theirs = np.array(pairs).T
    source, target = layout.xy[ours].astype(np.float64), reference.xy[theirs].astype(np.float64)
    source_centre, target_centre = source.mean(axis=0), target.mean(axis=0)
    source, target = source - source_centre, target - target_centre
    spread = np.linalg.norm(source)
    if spread == 0:
        return layout
    left, _, right = np.linalg.svd(source.T @ target)
    turn = (left @ right) * np.linalg.norm(target) / spread
    return replace(layout, xy=((layout.xy - source_centre) @ turn + target_centre).astype(np.float32))
