"""What a user should know before believing a result: too few seeds, and intervals that hide a gain or a loss."""

import logging

import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import IDLE, POWERLESS, UNCLEAR
from engagesim.study.description import Study

_log = logging.getLogger(__name__)

FEW_SEEDS = 10
"""With fewer seeds the share of runs at a point is not known to within a third."""

SEEDS_FOR_INTERVALS = 20
"""The fewest seeds for which the intervals of a comparison were checked (see ``analysis.differences``)."""

_POINT_BY_POINT = ("grid", "list")


def caution_of_study(study: Study) -> None:
    """Warn where single points of a study will be read, and have few seeds."""
    if study.design.kind in _POINT_BY_POINT and study.replicates != "auto" and study.replicates < FEW_SEEDS:
        _log.warning(
            "replicates = %s: so few seeds a point say little of what is luck; 20 are usual, replicates=auto finds out",
            study.replicates,
        )


def caution_of_comparison(compared: Comparison, least_gain: float) -> None:
    """Warn where a comparison has few seeds, or intervals so wide that a gain or loss that matters hides in them."""
    seeds = len(compared.seeds)
    if seeds < SEEDS_FOR_INTERVALS:
        _log.warning("seeds = %d: intervals of fewer than %d seeds are too narrow", seeds, SEEDS_FOR_INTERVALS)
    mine = compared.differences[compared.differences["outcome"] == compared.outcome]
    for row in mine[mine["verdict"].isin((IDLE, POWERLESS))].itertuples():
        _log.warning("packages.%s: %s within these months in %s", row.package, row.verdict, row.context)
    hidden = _hiding(mine, least_gain)
    if len(hidden):
        _log.warning(
            "%d of %d differences in %s are not clear, and may be as large as %.2g; more seeds tell more",
            len(hidden), len(mine), compared.outcome, hidden[["low_all", "high_all"]].abs().to_numpy().max(),
        )  # fmt: skip


def _hiding(rows: pd.DataFrame, least_gain: float) -> pd.DataFrame:
    """Return the rows that show no clear difference, while one that matters would fit into their interval."""
    fits = rows[["low_all", "high_all"]].abs().max(axis=1) >= least_gain
    return rows[(rows["verdict"] == UNCLEAR) & fits]
