"""Files of weights, a person's own and those in torch's cache: which are meant. Paths only: nothing is loaded."""

import os
from pathlib import Path

from retrieval_core.errors import RetrievalError

ENDINGS = (".pth", ".safetensors")


def local_file(path: Path, backbone: str) -> Path:
    """The weights file of a backbone: `path` itself, or the one in the folder `path` whose name starts with the backbone's.

    Raises RetrievalError if there is none, or more than one.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise RetrievalError(f"{path} does not exist. Give a file of weights, or a folder with a file for each backbone.")
    found = [file for file in sorted(path.iterdir()) if file.name.lower().startswith(backbone) and file.suffix in ENDINGS]
    if len(found) != 1:
        raise RetrievalError(
            f"{path} holds {len(found)} files of weights of {backbone}. Put exactly one there, named {backbone}….pth or "
            f"{backbone}….safetensors, as torchvision names them."
        )
    return found[0]


def may_be_in_torch_cache(backbone: str) -> bool:
    """Whether torch's cache holds a file whose name starts with the backbone's; torch itself, which loads for seconds, knows which."""
    home = os.environ.get("TORCH_HOME") or os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "torch")
    return any((Path(home).expanduser() / "hub" / "checkpoints").glob(f"{backbone}-*"))
