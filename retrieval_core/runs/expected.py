"""What a run will still take, said before it begins: about how long its trainings are, and how much it writes."""

from dataclasses import dataclass

from retrieval_core.datasets.catalog import is_imported, is_ready, open_dataset
from retrieval_core.presets import Preset, get_preset, lineage
from retrieval_core.runs.settings import Settings, settle
from retrieval_core.search_choices import described_key
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace

LONG, LARGE = 60.0, 1e9  # seconds and bytes from which somebody wants to know
FULLY_CONNECTED = 228e6  # bytes of AlexNet with fc7; the other backbones by their name
BYTES = {"alexnet": 10e6, "resnet18": 45e6, "resnet50": 95e6, "lite0": 14e6}


@dataclass(frozen=True)
class Expected:
    """About how long the trainings of a run take on two CPU cores, None where nobody knows, and how many bytes it writes.

    `described` counts the photographs that are described by every one of `models` models, which comes on top.
    """

    seconds: float | None
    bytes: float
    described: int
    models: int

    @property
    def is_much(self) -> bool:
        """Whether it is worth a word before it begins."""
        return self.seconds is None or self.seconds > LONG or self.bytes > LARGE

    @property
    def words(self) -> str:
        """A sentence for who is about to begin it."""
        if self.seconds is None:
            trains = "It trains for a time that is not known: hours, and without a GPU days"
        else:
            trains = f"It trains for {_minutes(self.seconds)} on two CPU cores" if self.seconds else "It trains nothing"
        models = "1 model" if self.models == 1 else f"{self.models} models"
        on_top = f", describes {self.described:,} photographs with {models}" if self.described else ""
        return f"{trains}{on_top} and writes about {self.bytes / 1e9:.1f} GB."


def expected(workspace: Workspace, dataset: str | None, settings: Settings) -> Expected:
    """What a run of these settings on this dataset will still take; what is here already counts nothing. Reads only.

    RetrievalError as `settle` raises it, or for a dataset that can't be read.
    """
    if dataset and is_imported(workspace, dataset):
        return Expected(0.0, 0.0, 0, 0)
    chosen = settle(workspace, settings)
    stages = {stage.key: stage for key in settings.models for stage in lineage(key)}
    missing = [stage for stage in stages.values() if workspace.record(artefacts.weights_path(workspace, chosen, stage)) is None]
    trained = [stage.schedule(chosen.column).seconds for stage in missing if not origins.is_fetched(chosen, stage)]
    seconds = None if 0.0 in trained else sum(trained)
    written = sum(_bytes(stage) for stage in missing)
    photographs, described = _to_describe(workspace, dataset, chosen, settings)
    written += 4 * photographs * sum(get_preset(key).dim for key in described)
    return Expected(seconds, written, photographs if described else 0, len(described))


def _to_describe(workspace: Workspace, dataset: str | None, chosen: Run, settings: Settings) -> tuple[int, list[str]]:
    """How many photographs a dataset has, as far as that is known, and the models that have not described it."""
    if dataset is None or not is_ready(workspace, dataset):
        return 0, []
    described = dict.fromkeys(map(described_key, settings.models))
    paths = {key: artefacts.descriptors_path(workspace, dataset, chosen.name, key) for key in described}
    return len(open_dataset(workspace, dataset).images), [key for key, path in paths.items() if workspace.record(path) is None]


def _bytes(stage: Preset) -> float:
    """About how large the weights of a stage are; of a network by name nobody knows before it is loaded."""
    head = 4.0 * stage.dim**2 if stage.head else 0.0
    return FULLY_CONNECTED if stage.pooling == "fc7" else BYTES.get(stage.backbone, 0.0) + head


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"about {seconds:.0f} seconds"
    return f"about {seconds / 60:.0f} minutes" if seconds < 5400 else f"about {seconds / 3600:.0f} hours"
