"""Citizens, officials and politicians: Mesa agents that take the steps of a month.

Each agent keeps its own state under the names of the columns in ``engagesim.society.state``, and has a method for each
step of the month that concerns it (see :mod:`engagesim.month`). To replace a decision, subclass an agent and override
one method, or hand the model another set of rules (which the compiled clock follows, too).
"""

from engagesim.agents.actor import Actor, District, Society, own_method, taking
from engagesim.agents.citizen import Citizen
from engagesim.agents.official import Official
from engagesim.agents.politician import Politician

__all__ = ["Actor", "Citizen", "District", "Official", "Politician", "Society", "own_method", "taking"]
