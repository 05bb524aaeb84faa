"""Run the command line as ``python -m engagesim``."""

import sys

from engagesim.cli import main

if __name__ == "__main__":  # a process of a launcher's imports this module once more
    sys.exit(main())
