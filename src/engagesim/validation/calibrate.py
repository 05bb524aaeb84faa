"""Calibration, from a prior over parameters to an ensemble of sets that meet the facts.

The method is history matching in waves (Vernon, Goldstein and Bower 2010, doi:10.1214/10-BA524; Andrianakis et al.
2015, doi:10.1371/journal.pcbi.1003968). The first wave covers the prior evenly (a Latin hypercube). After each wave,
emulators learn from everything simulated so far, and the next wave is a uniform sample of the part of the prior that
they do not rule out. The cutoff falls from wave to wave. Finally, those sets of the last wave that came nearest to the
facts are simulated at full size on fresh seeds, and the sets that meet the facts there form the ensemble. This is
approximate Bayesian computation by rejection in two stages, a cheap one and an expensive one (delayed acceptance:
Christen and Fox 2005, doi:10.1198/106186005X76983; Prangle 2016, doi:10.1007/s11222-014-9544-3), with a tolerance as
small as the number of sets allows (Beaumont et al. 2009, doi:10.1093/biomet/asp052).

The ensemble is therefore an equally weighted sample of the prior, restricted to sets that emulators do not rule out and
that both simulations accept. No set is moved. A parameter on which no fact depends keeps the width of the prior.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest, qmc
from threadpoolctl import threadpool_limits

from engagesim.analysis.sensitivity import morris_indices, sobol_indices
from engagesim.study.description import Study
from engagesim.study.designs import DUMMY, design_points
from engagesim.validation.emulators import Emulators, Trials, fitted, table_of
from engagesim.validation.experiments import SIZES, Laboratory, ParameterSet, Size, observe
from engagesim.validation.facts import Fact
from engagesim.validation.history_matching import Region, joint_implausibility, not_ruled_out
from engagesim.validation.left_out import left_out
from engagesim.validation.parameter_sets import PRIOR, from_unit, to_unit
from engagesim.validation.scoring import Outcome, closeness, distances, judge_each, meets_jointly, outcomes, shortfall

WAVE_SIZE = Size(4, 5)
"""Size of the experiments in the waves and the screening; the ensemble is judged at full size."""

FRESH = 1_000_000
"""Distance of the seeds for the final judgement from those of the first wave."""

_APART = 10_000
"""Distance between the seeds of successive waves, so that no two waves share their luck."""

_TOGETHER = 16
"""Number of parameter sets that are tried together."""

CUTOFFS = (2.0, -1.0)
"""The implausibility above which a set is ruled out: the cutoff after the first wave, and the lowest cutoff.

At first it is two standard deviations. In the end, every emulated outcome must pass with one standard deviation to
spare, except for the facts that a set may miss, so that most judged sets pass most checks.
"""

FALL = 0.75
"""The fall of the cutoff from wave to wave; it does not depend on the number of waves, so waves can be added."""

_PLACES = 1000
"""Smallest number of parameter sets sampled from the part of the prior that is not ruled out."""

LEAST = 10
"""Smallest number of sets in an ensemble; if fewer meet the facts, the nearest misses are also accepted."""


class Tried(NamedTuple):
    """A parameter set, with the facts that it meets, its closeness to each fact, and the outcomes of all checks."""

    set: dict[str, float]
    met: tuple[str, ...]
    near: dict[str, float]
    outcomes: dict[str, tuple[Outcome, ...]]


class Effort(NamedTuple):
    """The effort of a calibration: waves, sets per wave, sets judged on fresh seeds, and the largest ensemble size."""

    waves: int
    sets: int
    judged: int
    keep: int
    seed: int


class Calibrated(NamedTuple):
    """The results of a calibration.

    Attributes
    ----------
    members : tuple of Tried
        The ensemble. The first member is the most central: the accepted set nearest to the mean of all accepted sets.
        The others follow in the order in which they were drawn, which has no meaning.
    accepted : tuple of Tried
        All sets that were accepted; the members are the first of them that were drawn.
    short : int
        The largest number of facts that an accepted set lacks to meet enough calibration facts and all patterns; 0 if
        all accepted sets meet them.
    waves : tuple of tuple of Tried
        The sets tried in each wave, starting with the sample of the prior.
    judged : tuple of Tried
        The sets of the last wave that came nearest, tried at full size on fresh seeds.
    regions : tuple of Region
        The part of the prior that was not ruled out after each wave.
    emulators : Emulators
        The emulators of the last wave.
    left_out : DataFrame
        How well each fact is predicted from the others (:func:`engagesim.validation.left_out.left_out`).
    """

    members: tuple[Tried, ...]
    accepted: tuple[Tried, ...]
    short: int
    waves: tuple[tuple[Tried, ...], ...]
    judged: tuple[Tried, ...]
    regions: tuple[Region, ...]
    emulators: Emulators
    left_out: pd.DataFrame


type Try = Callable[[Sequence[ParameterSet], Size, int], list[Tried]]
"""A function that tries parameter sets at a given size and with shifted seeds."""


def trying(facts: Sequence[Fact], laboratory: Laboratory, last: ParameterSet) -> Try:
    """Return a function that tries parameter sets on facts in a laboratory; ``last`` overrides values of the sets."""

    def attempt(sets: Sequence[ParameterSet], size: Size, shift: int) -> list[Tried]:
        base = laboratory.base.changed({"seed": laboratory.base.seed + shift})
        readings = observe(facts, sets, laboratory._replace(base=base, size=size), last)
        cards = judge_each(facts, readings)
        each = [{key: (of_sets[number],) for key, of_sets in readings.items()} for number in range(len(sets))]
        return [
            Tried(dict(some), card.met(), closeness(facts, mine), outcomes(facts, mine, size))
            for some, card, mine in zip(sets, cards, each, strict=True)
        ]

    return attempt


def calibrate(facts: Sequence[Fact], effort: Effort, attempt: Try) -> Calibrated:
    """Find an ensemble of parameter sets.

    The result depends only on the facts, the effort and the outcomes, not on which sets are tried together or in which
    order.

    Parameters
    ----------
    facts : sequence of Fact
        A set must meet four fifths of the facts with the role ``calibration`` and all with the role ``pattern``. Others
        are neither used nor judged.
    effort : Effort
        At least one wave, ten sets in each, and one judged set; no more sets are judged than a wave has.
    attempt : callable
        Function that tries sets, as from :func:`trying`.

    Returns
    -------
    Calibrated
    """
    facts = [fact for fact in facts if fact.role in {"calibration", "pattern"}]
    cutoffs = np.maximum(CUTOFFS[0] - FALL * np.arange(effort.waves), CUTOFFS[1])
    waves = [tuple(in_turn(attempt, _sample(effort.sets, effort.seed), WAVE_SIZE, 0))]
    regions: list[Region] = []
    with threadpool_limits(1):  # sums in another order would give different sets
        for number, cutoff in enumerate(cutoffs, start=1):
            emulators = learned(facts, waves, effort.seed)
            generator = np.random.default_rng([effort.seed, number])
            regions.append(_region(emulators, float(cutoff), max(_PLACES, effort.sets), generator))
            if number < effort.waves:
                waves.append(tuple(in_turn(attempt, _drawn(regions[-1], effort.sets), WAVE_SIZE, number * _APART)))
        judged = in_turn(attempt, _nearest(waves[-1], facts, effort.judged), SIZES["full"], FRESH)
        predictions = left_out(emulators, len(PRIOR), float(cutoffs[-1]), effort.seed)
    accepted, short = _accepted(judged, facts)
    members = _central_first(accepted)[: effort.keep]
    return Calibrated(
        tuple(members), tuple(accepted), short, tuple(waves), tuple(judged), tuple(regions), emulators, predictions
    )


def learned(facts: Sequence[Fact], waves: Sequence[Sequence[Tried]], seed: int) -> Emulators:
    """Return emulators trained on all waves, with their errors in the newest wave."""
    tried = [each for wave in waves for each in wave]
    values, errors = table_of(facts, [each.outcomes for each in tried])
    newest = np.arange(len(tried)) >= len(tried) - len(waves[-1])
    places = np.array([to_unit(each.set) for each in tried])
    return fitted(facts, Trials(places, values, errors, newest, WAVE_SIZE), seed)


def _region(emulators: Emulators, cutoff: float, count: int, generator: np.random.Generator) -> Region:
    def implausibility(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return joint_implausibility(emulators.facts, emulators.implausibility(places))

    return not_ruled_out(implausibility, len(PRIOR), cutoff, count, generator)


def _drawn(region: Region, count: int) -> list[dict[str, float]]:
    """Return the first sets of a region, which descend from different sets in the prior's sample."""
    return [from_unit(place) for place in region.places[:count]]


def _nearest(wave: Sequence[Tried], facts: Sequence[Fact], count: int) -> list[dict[str, float]]:
    """Return the sets of a wave that came nearest to meeting enough facts, in the order in which they were drawn."""
    near = np.array([[each.near[fact.id] for fact in facts] for each in wave])
    away = distances(near, facts)
    return [wave[number].set for number in sorted(np.argsort(away, kind="stable")[:count])]


def _accepted(judged: Sequence[Tried], facts: Sequence[Fact]) -> tuple[list[Tried], int]:
    """Return the sets that meet the facts, or else enough of the nearest misses, and how many more facts these need."""
    short = [shortfall(each.met, facts) for each in judged]
    most = sorted(short)[min(LEAST, len(short)) - 1]
    return [each for each, mine in zip(judged, short, strict=True) if mine <= most], most


def _central_first(accepted: Sequence[Tried]) -> list[Tried]:
    places = np.array([to_unit(each.set) for each in accepted])
    centre = int(np.linalg.norm(places - places.mean(axis=0), axis=1).argmin())
    return [accepted[centre], *accepted[:centre], *accepted[centre + 1 :]]


def share_of_prior(tried: Sequence[Tried], facts: Sequence[Fact]) -> tuple[int, float, float]:
    """Return how many sets in the prior's sample qualify, and the 95 percent interval of their share (Wilson 1927)."""
    belonging = sum(meets_jointly(each.met, facts) for each in tried)
    interval = binomtest(belonging, len(tried)).proportion_ci(method="wilson")
    return belonging, float(interval.low), float(interval.high)


def in_turn(attempt: Try, sets: Sequence[ParameterSet], size: Size, shift: int) -> list[Tried]:
    """Try sets a few at a time, so that results can be stored as they arrive."""
    return [
        tried
        for begin in range(0, len(sets), _TOGETHER)
        for tried in attempt(sets[begin : begin + _TOGETHER], size, shift)
    ]


def _sample(count: int, seed: int) -> list[dict[str, float]]:
    shares = qmc.LatinHypercube(len(PRIOR), rng=seed).random(count)
    return [from_unit(row) for row in shares]


MATTERING = 8
"""Number of parameters for which Sobol indices are computed: those with the largest effects on the facts."""

_NEAR = "quality"
"""The name of the column that holds the closeness; indices are computed for a named column of runs."""


def screen(attempt: Try, paths: int, seed: int) -> pd.DataFrame:
    """Return Morris's measures of every parameter of the prior, starting with those that affect the facts most.

    Returns
    -------
    DataFrame
        Columns ``parameter``, ``mu_star`` with its 95 percent interval, and ``sigma``, in shares of all facts.
    """
    study = _study(PRIOR, "morris", paths, seed)
    table = morris_indices(study, _runs(attempt, study), _NEAR)
    columns = ["mu_star", "mu_star_low", "mu_star_high", "sigma"]
    return _named(table[columns].sort_values("mu_star", ascending=False))


def indices(attempt: Try, parameters: Sequence[str], samples: int, seed: int) -> pd.DataFrame:
    """Return first-order and total Sobol indices of some parameters, with all others fixed.

    Returns
    -------
    DataFrame
        Columns ``parameter``, ``first`` and ``total`` with their 95 percent intervals.
    """
    study = _study(parameters, "sobol", samples, seed)
    return _named(sobol_indices(study, _runs(attempt, study), _NEAR).sort_values("total", ascending=False))


def _study(parameters: Iterable[str], kind: str, samples: int, seed: int) -> Study:
    factors = {path: {"path": path, "low": PRIOR[path][0], "high": PRIOR[path][1]} for path in parameters}
    return Study.of({"factors": factors, "design": {"kind": kind, "samples": samples, "seed": seed}, "replicates": 1})


def _runs(attempt: Try, study: Study) -> pd.DataFrame:
    """Try every point of a design, and return results in the form of a study's runs."""
    points = design_points(study)
    sets = points.drop(columns=DUMMY).to_dict(orient="records")
    tried = in_turn(attempt, [{str(path): float(value) for path, value in some.items()} for some in sets], WAVE_SIZE, 0)
    near = [float(np.mean(list(each.near.values()))) for each in tried]
    return points.assign(point=range(len(points)), seed=0, failed=None, **{_NEAR: near})


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename_axis("parameter").reset_index()
