"""mAP of aggregations as they were published: the 2019 report's figure 5, to stand beside ours where network and dataset are the same.

Source: that figure, which took them from the papers that the files of `descriptors/aggregation/` name. Protocol: Oxford.
"""

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.report_2019 import is_oxford5k

PARIS6K_LANDMARKS = (
    "defense", "eiffel", "invalides", "louvre", "moulinrouge", "museedorsay", "notredame", "pantheon", "pompidou", "sacrecoeur",
    "triomphe",
)  # fmt: skip

Figures = tuple[float | None, float | None]

# Network and aggregation: on Oxford5k and on Paris6k, off the shelf and then of fine-tuned networks.
_OFF_THE_SHELF: dict[tuple[str, str], Figures] = {
    ("torchvision:vgg16", "mac"): (56.4, 72.3),
    ("torchvision:vgg16", "spoc"): (68.1, 78.2),
    ("torchvision:vgg16", "crow"): (70.8, 79.7),
    ("torchvision:vgg16", "rmac"): (66.9, 83.0),
    ("torchvision:vgg16", "bow"): (73.9, 82.0),
    ("torchvision:vgg16", "netvlad"): (66.6, 77.4),
    ("torchvision:resnet101", "rmac"): (69.4, 85.2),
}
_FINE_TUNED: dict[tuple[str, str], Figures] = {
    ("torchvision:vgg16", "netvlad"): (71.6, 79.7),
    ("torchvision:vgg16", "fisher"): (81.5, 82.4),
    ("torchvision:vgg16", "gem"): (87.9, 87.7),
    ("torchvision:resnet101", "rmac"): (86.1, 94.5),
    ("torchvision:resnet101", "gem"): (87.8, 92.7),
}


def published(backbone: str, dataset: Dataset, aggregation: str | None) -> Figures:
    """mAP in percent off the shelf, and of a fine-tuned network; None where nothing of this network on this dataset was published."""
    if aggregation is None or (place := _place(dataset)) is None:
        return None, None
    off_the_shelf, fine_tuned = (table.get((backbone, aggregation), (None, None)) for table in (_OFF_THE_SHELF, _FINE_TUNED))
    return off_the_shelf[place], fine_tuned[place]


def _place(dataset: Dataset) -> int | None:
    """Where the figures of a dataset stand."""
    if is_oxford5k(dataset):
        return 0
    paris = [f"{landmark}_{number}" for landmark in PARIS6K_LANDMARKS for number in range(1, 6)]
    return 1 if [query.id for query in dataset.queries] == paris else None
