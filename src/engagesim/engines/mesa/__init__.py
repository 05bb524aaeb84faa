"""The society as a Mesa model, agent by agent.

It starts at once, can be read, stepped through and subclassed, and its results are identical, bit for bit, to those of
the compiled engine.
"""

from engagesim.engines.mesa.model import EngagementModel

__all__ = ["EngagementModel"]
