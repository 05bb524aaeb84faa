"""Out-of-sample prediction inside a calibration: leave one fact out, calibrate on the others, and predict it.

Nothing is simulated. The emulators of a calibration, which learned what simulations came to and not what was found in
the field, stand in for the model: a sample of the part of the prior that the other facts do not rule out, emulated
runs of it, those that meet the others jointly, and the share of these that also meets the fact left out.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.validation.emulators import Emulators
from engagesim.validation.history_matching import Places, joint_implausibility, not_ruled_out
from engagesim.validation.scoring import shortfalls

COLUMNS = ("fact", "prior", "predicted", "score")

_PLACES, _DRAWS = 200, 60
"""Points in the sample that is drawn without a fact, and emulated runs of each."""

_ACCEPTED = 100
"""The fewest emulated runs that make an ensemble."""

_RESAMPLES = 2000


def left_out(emulators: Emulators, parameters: int, cutoff: float, seed: int) -> pd.DataFrame:
    """Predict each calibration fact from all other facts.

    Parameters
    ----------
    emulators : Emulators
    parameters : int
        How many parameters the prior has.
    cutoff : float
        The implausibility up to which a set is not ruled out by the other facts.
    seed : int

    Returns
    -------
    DataFrame
        One row per calibration fact: ``prior``, the share of emulated runs of the prior that meet it, ``predicted``,
        that of the runs that meet the others jointly, both 0 to 1, and ``score``, the quadratic score of that forecast
        (Brier 1950): 0 if it is certain of the fact, 1 if it is certain of the opposite.
    """
    facts = emulators.facts
    generator = np.random.default_rng(seed)
    before = emulators.meets(generator.random((10 * _PLACES, parameters)), generator, 1).mean(axis=0)
    rows = []
    for place, fact in enumerate(facts):
        if fact.role == "calibration":
            others = np.flatnonzero(np.arange(len(facts)) != place)
            met = _runs_without(emulators, others, parameters, cutoff, np.random.default_rng([seed, place]))
            predicted = float(met[:, place].mean())
            rows.append((fact.id, float(before[place]), predicted, (1 - predicted) ** 2))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _runs_without(
    emulators: Emulators, others: NDArray[np.intp], parameters: int, cutoff: float, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which facts are met in the emulated runs that meet some facts jointly, or come nearest to it."""
    facts = [emulators.facts[each] for each in others]

    def implausibility(places: Places) -> NDArray[np.float64]:
        return joint_implausibility(facts, emulators.implausibility(places)[:, others])

    region = not_ruled_out(implausibility, parameters, cutoff, _PLACES, generator)
    met = emulators.meets(region.places, generator, _DRAWS)
    short = shortfalls(met[:, others], facts)
    return np.asarray(met[short <= np.sort(short)[_ACCEPTED - 1]], dtype=np.bool_)


def predicted(table: pd.DataFrame) -> int:
    """Return how many facts more than half of the ensemble without them meets."""
    return int((table["predicted"] > 0.5).sum())


def difference(table: pd.DataFrame, rival: pd.DataFrame, seed: int = 0) -> tuple[float, float, float]:
    """Return how much worse a rival predicts facts left out than the model, in its mean score, with an interval.

    Parameters
    ----------
    table, rival : DataFrame
        As :func:`left_out` returns them, of the same facts in any order.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of float
        The mean difference of scores (above 0: the rival is worse), and its 90 percent interval over resampled facts,
        which are as few as they are; -1 to 1.
    """
    worse = (rival.set_index("fact")["score"] - table.set_index("fact")["score"]).to_numpy(dtype=np.float64)
    resampled = np.random.default_rng(seed).choice(worse, (_RESAMPLES, len(worse))).mean(axis=1)
    low, high = np.quantile(resampled, [0.05, 0.95])
    return float(worse.mean()), float(low), float(high)
