"""Files of weights, a person's own and those in torch's cache: which are meant. Paths only: nothing is loaded."""

import os
from pathlib import Path

from retrieval_core.errors import RetrievalError

ENDINGS = (".pth", ".pt", ".bin", ".ckpt", ".tar", ".safetensors")


def local_file(path: Path, backbone: str) -> Path:
    """The weights file of a backbone: `path` itself, or the one in the folder `path` that is named after it.

    It is called like the backbone, with more behind "-" or "_" if wanted, as torchvision's are; one of timm with the tag of its
    weights or without. Raises RetrievalError if there is none, or more than one.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise RetrievalError(f"{path} does not exist. Give a file of weights, or a folder with a file for each backbone.")
    name = backbone.rpartition(":")[2].lower()
    files = [file for file in sorted(path.iterdir()) if file.suffix.lower() in ENDINGS]
    with_tag, without = ([file for file in files if _named_after(file, wanted)] for wanted in (name, name.partition(".")[0]))
    found = with_tag or without
    if len(found) != 1:
        raise RetrievalError(
            f"{path} holds {len(found)} files of weights of {backbone}. Put exactly one there, named {name}.pth or {name}.safetensors; "
            'more may stand behind the name, after a "-".'
        )
    return found[0]


def may_be_in_torch_cache(backbone: str) -> bool:
    """Whether torch's cache holds a file whose name starts with the backbone's; torch itself, which loads for seconds, knows which."""
    home = os.environ.get("TORCH_HOME") or os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "torch")
    return any((Path(os.path.expanduser(home)) / "hub" / "checkpoints").glob(f"{backbone}-*"))


def _named_after(file: Path, name: str) -> bool:
    rest = file.stem.lower().removeprefix(name)
    return file.stem.lower().startswith(name) and (not rest or rest[0] in "-_")
