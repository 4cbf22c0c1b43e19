"""Keys of models as names of files and folders."""

from retrieval_core.named_networks import LIBRARIES


def in_path(key: str) -> str:
    """A model's key as the name of a file or folder: `timm:name` as `timm.name`, since not every file system takes a colon."""
    return key.replace(":", ".", 1)


def from_path(name: str) -> str:
    """The key that `in_path` gave a name for."""
    library, _, rest = name.partition(".")
    return f"{library}:{rest}" if library in LIBRARIES else name
