"""Citizens, officials and politicians: Mesa agents that call the rules.

Each agent keeps its own state under the names of the columns in ``engagesim.society.state`` and acts in the phases of
the month that concern it. To replace a decision, subclass an agent and override one method, or hand the model another
set of rules (which the compiled ensemble follows, too).
"""

from engagesim.agents.actor import Actor, District
from engagesim.agents.citizen import Citizen
from engagesim.agents.official import Official
from engagesim.agents.politician import Politician

__all__ = ["Actor", "Citizen", "District", "Official", "Politician"]
