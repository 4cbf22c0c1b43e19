"""`python -m retrieval_core …`: see cli/."""

import sys

from retrieval_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
