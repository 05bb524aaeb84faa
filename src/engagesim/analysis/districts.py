"""Where packages make a difference: the districts of societies, compared with and without packages."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from engagesim.analysis.comparison import points_of
from engagesim.engines.compiled import Options, simulate
from engagesim.parameters import Parameters
from engagesim.study.intervention_packages import BASELINE, Package
from engagesim.study.observed import Observed
from engagesim.study.run_part import Simulate

MOST_SEEDS = 20
"""Seeds over which each district is averaged: enough for a map, and far less work than the comparison itself."""


def by_district(
    contexts: Mapping[str, Parameters],
    packages: Mapping[str, Sequence[Package]],
    seeds: Sequence[int],
    spread: Callable[[Simulate], Simulate],
) -> pd.DataFrame:
    """Simulate contexts with and without packages, and return the service quality of each district at the end.

    Parameters
    ----------
    contexts : mapping of str to Parameters
    packages : mapping of str to sequence of Package
        By context.
    seeds : sequence of int
        Seeds of the comparison; the first ``MOST_SEEDS`` are used.
    spread : callable
        Returns a simulation over parameter sets, or over societies of a place, as in the comparison.

    Returns
    -------
    DataFrame
        One row per context, package and district: ``quality`` (0 to 1, mean over seeds) and ``difference`` from doing
        nothing in the same societies.
    """
    rows = []
    for context, points in points_of(contexts, packages).items():
        found = spread(_observed)(points, list(seeds)[:MOST_SEEDS])
        means = found.metrics[:, :, -1].mean(axis=1)
        for name, quality in zip([BASELINE, *(each.name for each in packages[context])], means, strict=True):
            rows.append(
                pd.DataFrame(
                    {
                        "context": context,
                        "package": name,
                        "district": np.arange(len(quality)),
                        "quality": quality,
                        "difference": quality - means[0],
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def _observed(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
    """Simulate societies, and return each district's final quality as a measure that has this value in every month."""
    found = simulate(points, seeds, Options(last_state=True))
    last = np.array(
        [
            [found.states[point, seed].column("district", "quality")[:, 0] for seed in seeds]  # type: ignore[index]
            for point in range(len(points))
        ]
    )
    months = points[0].months  # a place leaves out the first months, so they must exist
    everywhere = np.broadcast_to(last[:, :, None, :], (*last.shape[:2], months, last.shape[2]))
    return Observed(everywhere, tuple(f"district {number}" for number in range(last.shape[2])), tuple(seeds))
