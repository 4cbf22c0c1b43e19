"""A dataset whose ground truth says more: unlabelled photographs that a person found to show a landmark."""

from collections.abc import Mapping
from dataclasses import replace

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError


def with_labels(dataset: Dataset, found: Mapping[str, str]) -> Dataset:
    """The dataset in which unlabelled photographs have the landmarks of `found`, by id.

    Every query of the landmark gets them at the end of its ok list, and not as junk any more: good and ok count alike, and nobody has
    said how well they are seen. Ids that the dataset does not have, or that have a label by now, are passed over.
    Raises RetrievalError for a landmark that the dataset does not have.
    """
    for image_id, landmark in found.items():
        if landmark not in dataset.labels:
            raise RetrievalError(f"{image_id!r} was found to show {landmark!r}, which {dataset.name!r} does not have any more. Take "
                                 "the decision back.")  # fmt: skip
    new = {image.id: found[image.id] for image in dataset.images if image.label is None and image.id in found}
    images = tuple(replace(image, label=new.get(image.id, image.label)) for image in dataset.images)
    queries = []
    for query in dataset.queries:
        own = [image_id for image_id, landmark in new.items() if landmark == query.label and image_id not in query.positives]
        queries.append(replace(query, ok=(*query.ok, *own), junk=tuple(one for one in query.junk if one not in own)))
    return replace(dataset, images=images, queries=tuple(queries))
