"""Make the starts that come with the program."""

import json
from collections.abc import Generator, Sequence
from dataclasses import asdict

import torch

from retrieval_core.networks.distilled import packed
from retrieval_core.networks.distilled_files import FOLDER
from retrieval_core.networks.network import normalise
from retrieval_core.networks.weights import save_weights
from retrieval_core.progress import Progress
from retrieval_core.training.checkpoint import replacing
from retrieval_core.training.distillation.distil import LESSONS, distil, make_pictures, resized
from retrieval_core.training.distillation.pictures import teaching_pictures
from retrieval_core.workspace import Workspace

FITTED_TO = 8  # batches of pictures that AlexNet's FC6 and FC7 are fitted to


def build_starts(workspace: Workspace, backbones: Sequence[str]) -> Generator[Progress, None, None]:
    """Teach backbones and write each into the folder of the starts, as soon as it is done.

    Pictures and checkpoints lie in `starts/` of the cache: a lesson that was stopped goes on from there.
    """
    folder = workspace.ensure_writable(workspace.folder("starts"))
    groups = yield from teaching_pictures(folder / "pictures")
    for backbone in backbones:
        lessons, state, seconds = LESSONS[backbone], None, 0.0
        for number, lesson in enumerate(lessons):
            state, more = yield from distil(backbone, lesson, groups, folder / backbone / str(number), number, state)
            seconds += more
        pictures = [make_pictures(groups, lessons[-1], len(lessons), number) for number in range(FITTED_TO)]
        stored = packed(backbone, state, normalise(resized(torch.cat(pictures), lessons[-1].side)))
        about = {"teacher": "EfficientNet-Lite0", "lessons": [asdict(lesson) for lesson in lessons], "seconds": round(seconds)}
        FOLDER.mkdir(exist_ok=True)
        with replacing(FOLDER / f"{backbone}.safetensors") as temporary:
            save_weights(stored, temporary, {name: json.dumps(value) for name, value in about.items()})
