"""Run the command line as ``python -m engagesim``."""

import sys

from engagesim.cli import main

if __name__ == "__main__":  # a launcher's processes import this module again
    sys.exit(main())
