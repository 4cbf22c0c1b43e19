"""The files of the starts that come with the program: where they lie, and which they are. Paths only: nothing is loaded."""

from functools import cache
from pathlib import Path

from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import file_hash

FOLDER = Path(__file__).parent / "starts"
TAUGHT = ("alexnet", "resnet18", "resnet50")


def distilled_file(backbone: str) -> Path:
    """The file of a backbone; RetrievalError where it does not come with the program."""
    file = FOLDER / f"{backbone}.safetensors"
    if not file.exists():
        raise RetrievalError(f"{file} is missing: no start of {backbone} comes with the program. Make it with "
                             f"`python -m retrieval_core starts build {backbone}`, or give --start shapes.")  # fmt: skip
    return file


def is_distilled(backbone: str) -> bool:
    """Whether a start of a backbone comes with the program."""
    return (FOLDER / f"{backbone}.safetensors").exists()


def all_distilled() -> bool:
    """Whether a start of every backbone of the seven comes with the program."""
    return all(is_distilled(backbone) for backbone in TAUGHT)


def distilled_hash(backbone: str) -> str | None:
    """SHA-256 of the file of a backbone; None where there is none."""
    if not is_distilled(backbone):
        return None
    file = distilled_file(backbone)
    stat = file.stat()
    return _hash(file, stat.st_mtime_ns, stat.st_size)


@cache
def _hash(file: Path, *_) -> str:
    return file_hash(file)
