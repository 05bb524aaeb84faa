"""Who is in a society stays in it; and it is copied whole, with everybody in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import mesa
from mesa.agentset import _HardKeyAgentSet

from engagesim.agents import Actor
from engagesim.errors import EngagementError


class Residents(_HardKeyAgentSet):  # type: ignore[misc]
    """A set of agents as Mesa keeps them, which no citizen, official or politician joins or leaves.

    Posts, ties and shares count on everybody's place. Agents of a user's own kind, such as an observer, come and go.
    """

    def add(self, agent: mesa.Agent) -> None:
        """Take in an agent of the user's own kind."""
        if isinstance(agent, Actor):
            raise EngagementError(
                f"{type(agent).__name__}: nobody joins a society, as posts and ties are fixed; "
                "allowed are more people from the start, by the parameters of population"
            )
        super().add(agent)

    def remove(self, agent: mesa.Agent) -> None:
        """Take out an agent of the user's own kind."""
        self._check_stays(agent)
        super().remove(agent)

    def discard(self, agent: mesa.Agent) -> None:
        """Take out an agent of the user's own kind, if it is here."""
        self._check_stays(agent)
        super().discard(agent)

    def _update(self, agents: Iterable[mesa.Agent]) -> Self:
        kept = dict.fromkeys(agents)
        for agent in self:
            if agent not in kept:
                self._check_stays(agent)
        self._agents = kept
        return self

    def _check_stays(self, agent: mesa.Agent) -> None:
        if isinstance(agent, Actor) and agent in self:
            raise EngagementError(
                f"{type(agent).__name__} {agent.unique_id}: nobody leaves a society, as posts and ties are fixed; "
                "allowed are fewer people from the start, by the parameters of population, or a subclass who is idle"
            )


def peopled(kind: type[mesa.Model], kinds: Sequence[type[Actor]]) -> Any:
    """Return a society of which everybody is there and knows nothing yet, to be filled from a copy."""
    model: Any = object.__new__(kind)
    model.actors = [object.__new__(actor) for actor in kinds]
    return model
