"""The society as a Mesa model, agent by agent.

It starts at once, and can be read, stepped through and subclassed. Its results are identical, bit for bit, to those of
the compiled engine.
"""

from engagesim.engines.mesa.model import EngagementModel

__all__ = ["EngagementModel"]
