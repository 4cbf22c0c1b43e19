"""A command on the tiny town as torchrun starts it, with a checkpoint after every step."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import tiny

from retrieval_core.cli.main import main
from retrieval_core.training import loop

if __name__ == "__main__":
    tiny.shrink()
    loop.CHECKPOINT_EVERY = 0.0
    sys.exit(main())
