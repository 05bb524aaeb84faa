"""The society as a Mesa model, agent by agent.

It starts at once, can be read, stepped through and subclassed, and gives the same bits as the compiled ensemble.
:mod:`~engagesim.model.society` puts a society together and keeps it; :mod:`~engagesim.model.month` lets it live.
"""

from engagesim.model.month import EngagementModel

__all__ = ["EngagementModel"]
