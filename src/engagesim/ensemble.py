"""Former name of ``engines/compiled``, so that scripts written before the name changed still run."""

import sys

from engagesim.engines.compiled import ensemble as simulating

__path__: list[str] = []  # a package, as it was
sys.modules[f"{__name__}.simulating"] = simulating
