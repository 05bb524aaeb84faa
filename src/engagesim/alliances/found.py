"""The complete answer: candidates, the path, its gain on fresh futures, and where everybody stands."""

from typing import NamedTuple

import pandas as pd

from engagesim.alliances.futures import Future, Horizon, Lives
from engagesim.alliances.search import (
    Candidate,
    Judged,
    Lengths,
    Pull,
    candidates,
    cost_of,
    greedy,
    judge,
    paired,
    path_of,
    pulls,
    worth,
)
from engagesim.alliances.standing import Standing, standings
from engagesim.alliances.today import Actor


class Effort(NamedTuple):
    """The number of futures for the search, and the number of fresh futures for judging the result."""

    futures: int = 100
    fresh: int = 200


class Allies(NamedTuple):
    """Whom to bring together, and why.

    Attributes
    ----------
    name : str
        The society or place, in words.
    district : str
    is_open : bool
        Whether a form of engagement is open in the district today.
    is_named : bool
        Whether files name actors; otherwise, they are distinguished by kind.
    actors : tuple of Actor
    standings : tuple of Standing
        In the order of the actors.
    pulls : tuple of Pull
        The effect of each lever on each actor's own membership.
    candidates : tuple of Candidate
        Actors whom at least one lever moves, each with the cheapest.
    judged : Judged
    lengths : Lengths
    horizon : Horizon
    effort : Effort
    """

    name: str
    district: str
    is_open: bool
    is_named: bool
    actors: tuple[Actor, ...]
    standings: tuple[Standing, ...]
    pulls: tuple[Pull, ...]
    candidates: tuple[Candidate, ...]
    judged: Judged
    lengths: Lengths
    horizon: Horizon
    effort: Effort

    @property
    def table(self) -> pd.DataFrame:
        """One row per actor, starting with those to approach, in the order of approach.

        Columns: ``actor``, ``name``, ``kind``, ``order`` (from 1; 0: not approached), ``lever`` and ``cost`` (US
        dollars; empty if no lever moves the actor), ``belongs_today``, ``alone`` (gain of approaching only this actor),
        ``in_company`` (gain that the actor adds to the others on the path), each with ``_low`` and ``_high``, and
        ``missing`` (share of the months without the actor in futures where the path fails).
        """
        rows = []
        order = {each.actor: place for place, each in enumerate(self.judged.path, 1)}
        known = {each.actor: each for each in self.candidates}
        for actor, stands in zip(self.actors, self.standings, strict=True):
            mine = known.get(actor.key)
            row = {
                "actor": actor.key, "name": actor.name, "kind": actor.kind, "order": order.get(actor.key, 0),
                "lever": mine.lever if mine else "", "cost": mine.cost if mine else None,
                "belongs_today": stands.belongs,
            }  # fmt: skip
            for column, gains in (("alone", self.judged.alone), ("in_company", self.judged.without)):
                gain = gains.get(actor.key)
                row |= {
                    column: gain and gain.value,
                    f"{column}_low": gain and gain.low,
                    f"{column}_high": gain and gain.high,
                }
            rows.append({**row, "missing": self.judged.missing.get(actor.key)})
        rows.sort(key=lambda row: (row["order"] == 0, row["order"]))
        return pd.DataFrame(rows)

    @property
    def path(self) -> pd.DataFrame:
        """One row per step: its ``month`` from today, the ``chance`` after it, and its gain ``adds`` with interval."""
        names = {actor.key: actor.name for actor in self.actors}
        rows = [
            {
                "step": place + 1, "month": place * self.lengths.every, "actor": each.actor, "name": names[each.actor],
                "lever": each.lever, "cost": each.cost, "chance": self.judged.chances[place + 1], "adds": gain.value,
                "adds_low": gain.low, "adds_high": gain.high,
            }
            for place, (each, gain) in enumerate(zip(self.judged.path, self.judged.steps, strict=True))
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=_PATH)

    @property
    def levers(self) -> pd.DataFrame:
        """One row per actor and lever: ``cost``, and membership ``without`` the lever and with it (``belongs``)."""
        return pd.DataFrame(self.pulls, columns=list(Pull._fields))

    @property
    def smaller(self) -> pd.DataFrame:
        """The smallest winning coalitions: ``allies`` (keys joined by ";"), ``size``, ``gain`` and its interval."""
        rows = [("; ".join(keys), len(keys), *gain) for keys, gain in self.judged.smaller]
        return pd.DataFrame(rows, columns=["allies", "size", "gain", "gain_low", "gain_high"])

    @property
    def blows(self) -> pd.DataFrame:
        """What changes if an ally is transferred or defects: ``actor``, ``blow``, ``change`` and its interval."""
        rows = [(actor, blow, *gain) for (actor, blow), gain in self.judged.shocks.items()]
        return pd.DataFrame(rows, columns=["actor", "blow", "change", "change_low", "change_high"])

    @property
    def cost(self) -> float:
        """Cost of the whole path, in US dollars."""
        return cost_of(self.judged.path)


_PATH = ["step", "month", "actor", "name", "lever", "cost", "chance", "adds", "adds_low", "adds_high"]


def find(name: str, future: Future, lengths: Lengths, effort: Effort, lives: Lives | None = None) -> Allies:
    """Find whom to bring together in a district.

    Parameters
    ----------
    name : str
        Name of the society or place.
    future : Future
    lengths : Lengths
    effort : Effort
        Size of the search; it uses the societies 1, 2 ..., and the result is judged on those that follow.
    lives : callable, optional
        Function that simulates futures like ``future.of``, perhaps from stored ones.
    """
    of = lives or future.of
    ground, searched = future.ground, range(1, effort.futures + 1)
    fresh = range(effort.futures + 1, effort.futures + effort.fresh + 1)
    tried = pulls(future, searched, of)
    known = candidates(tried)
    chosen = greedy(known, lengths, lambda paths: worth(of(searched, paths)))
    whole = path_of(chosen, lengths.every)
    holds = of(searched, [(), whole]).holds
    judged = judge(
        chosen, known, lengths.every, paired(holds[:, 1], holds[:, 0]), lambda paths: of(fresh, paths),
        [actor.key for actor in ground.actors],
    )  # fmt: skip
    return Allies(
        name, ground.district_name, ground.is_open, ground.is_named, ground.actors, tuple(standings(ground, fresh)),
        tuple(tried), known, judged, lengths, future.horizon, effort,
    )  # fmt: skip
