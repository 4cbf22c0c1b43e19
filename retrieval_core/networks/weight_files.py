"""A person's own files of weights: which file is meant. Paths only: nothing is loaded."""

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
