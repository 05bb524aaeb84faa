"""Out-of-sample prediction within a calibration: leave one fact out, calibrate on the others, and predict it.

Nothing is simulated. The emulators of a calibration represent the model; they learned from simulations, not from
findings in the field. A sample is drawn from the part of the prior that the other facts do not rule out, and emulated.
The prediction is the share of emulated runs that meet the fact left out, among those that jointly meet the others.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.validation.emulators import Emulators
from engagesim.validation.history_matching import Places, joint_implausibility, not_ruled_out
from engagesim.validation.scoring import shortfalls

COLUMNS = ("fact", "prior", "predicted", "score")

_PLACES, _DRAWS = 200, 60
"""Number of parameter sets sampled when a fact is left out, and number of emulated runs of each set."""

_ACCEPTED = 100
"""Smallest number of emulated runs that form an ensemble."""

_RESAMPLES = 2000


def left_out(emulators: Emulators, parameters: int, cutoff: float, seed: int) -> pd.DataFrame:
    """Predict each calibration fact from all other facts.

    Parameters
    ----------
    emulators : Emulators
    parameters : int
        Number of parameters in the prior.
    cutoff : float
        The implausibility above which the other facts rule a set out.
    seed : int

    Returns
    -------
    DataFrame
        One row per calibration fact: ``prior`` (share of emulated runs of the prior that meet it), ``predicted`` (share
        among runs that meet the others jointly), both from 0 to 1, and ``score``. The score is quadratic (Brier 1950):
        0 for a forecast that is certain of the fact, 1 for one that is certain of the opposite.
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
    """Return which facts are met in emulated runs that meet some facts jointly, or come nearest to doing so."""
    facts = [emulators.facts[each] for each in others]

    def implausibility(places: Places) -> NDArray[np.float64]:
        return joint_implausibility(facts, emulators.implausibility(places)[:, others])

    region = not_ruled_out(implausibility, parameters, cutoff, _PLACES, generator)
    met = emulators.meets(region.places, generator, _DRAWS)
    short = shortfalls(met[:, others], facts)
    return np.asarray(met[short <= np.sort(short)[_ACCEPTED - 1]], dtype=np.bool_)


def predicted(table: pd.DataFrame) -> int:
    """Return how many facts are met by more than half of the ensemble that was calibrated without them."""
    return int((table["predicted"] > 0.5).sum())


def difference(table: pd.DataFrame, rival: pd.DataFrame, seed: int = 0) -> tuple[float, float, float]:
    """Return how much worse than the model a rival predicts left-out facts, with an interval.

    Parameters
    ----------
    table, rival : DataFrame
        Results of :func:`left_out` for the same facts in any order.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    tuple of float
        The mean difference of scores, from -1 to 1, which is above 0 if the rival is worse, and its 90 percent interval
        over resampled facts.
    """
    worse = (rival.set_index("fact")["score"] - table.set_index("fact")["score"]).to_numpy(dtype=np.float64)
    resampled = np.random.default_rng(seed).choice(worse, (_RESAMPLES, len(worse))).mean(axis=1)
    low, high = np.quantile(resampled, [0.05, 0.95])
    return float(worse.mean()), float(low), float(high)
