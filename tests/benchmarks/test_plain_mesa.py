"""The plain Mesa rival, written apart from the rules, tells the same story: a second implementation to compare with."""

import sys
from pathlib import Path

import numpy as np
import pytest

from engagesim import Options, simulate

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from measure import society
from rivals.plain_mesa import MEASURES, PlainModel

MONTHS, PLAIN_SEEDS, SEEDS = 60, 12, 60


@pytest.fixture(scope="module")
def both() -> tuple[np.ndarray, np.ndarray]:
    """Mean over the second half of the months of each common measure: rows for seeds, of the rival and of engagesim."""
    parameters = society(200, MONTHS, incentives__patronage=0.3)
    plain = []
    for seed in range(PLAIN_SEEDS):
        model = PlainModel(citizens=200, patronage=0.3, parameters=parameters, rng=seed)
        for _ in range(MONTHS):
            model.step()
        frame = model.datacollector.get_model_vars_dataframe()
        plain.append(frame[list(MEASURES)].to_numpy()[-MONTHS // 2 :].mean(axis=0))
    ours = simulate([parameters], list(range(SEEDS)), Options())
    means = [ours.measure(name)[0, :, -MONTHS // 2 :].mean(axis=1) for name in MEASURES]
    return np.array(plain), np.array(means).T


@pytest.mark.parametrize("measure", MEASURES)
def test_two_implementations_agree_within_sampling_error(both, measure):
    column = list(MEASURES).index(measure)
    plain, ours = (societies[:, column] for societies in both)
    error = np.sqrt(plain.var(ddof=1) / len(plain) + ours.var(ddof=1) / len(ours))
    # the seeds are fixed; four standard errors leave 39 measures at once some 8 chances in 100 of a false alarm
    assert abs(plain.mean() - ours.mean()) <= 4 * error
