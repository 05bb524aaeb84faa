"""The society as a Mesa model, agent by agent.

It starts at once, can be read, stepped through and subclassed, and gives the same bits as the compiled engine.
"""

from engagesim.engines.mesa.model import EngagementModel

__all__ = ["EngagementModel"]
