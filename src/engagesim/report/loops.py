"""A loop: an outcome over a setting that moves one way and back."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from engagesim.analysis.hysteresis import Threshold, find_loop
from engagesim.report.palette import BLUE, QUIET, VERMILION
from engagesim.report.paper import Caption, new_figure
from engagesim.report.study_words import factor_axis, factor_name, outcome_axis
from engagesim.study.results import Results


def draw_loop(results: Results, months: pd.DataFrame) -> tuple[Figure, Caption]:
    """Draw the way there and the way back of the first point, with both thresholds and their intervals."""
    measure = results.plan.study.measure
    first = months[months["point"] == months["point"].min()]
    loop = find_loop(first, results.plan.variants[0].parameters, measure)
    outcome = first.groupby("month")[measure]
    mean, low, high = (outcome.quantile(q).to_numpy() if q else outcome.mean().to_numpy() for q in (0, 0.1, 0.9))
    figure = new_figure(3.6)
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    legs = (
        (slice(0, loop.turn + 1), BLUE, "-", "there", loop.there),
        (slice(loop.turn, None), VERMILION, "--", "back", loop.back),
    )
    for leg, colour, dashes, name, threshold in legs:
        way = loop.course[leg]
        axes.fill_between(way, low[leg], high[leg], color=colour, alpha=0.12, linewidth=0)
        axes.plot(way, mean[leg], color=colour, linestyle=dashes, label=name)
        if np.isfinite(threshold.value):
            axes.plot([threshold.low, threshold.high], [loop.level] * 2, color=colour, linewidth=4, alpha=0.6)
            axes.plot(threshold.value, loop.level, "o", color=colour, markersize=5)
    axes.axhline(loop.level, color=QUIET, linestyle=":", linewidth=0.8)
    axes.set(
        xlabel=factor_axis(loop.path, results.society), ylabel=outcome_axis(measure, results.society), ylim=(0, None)
    )
    axes.legend(title="mean, and eight tenths of the societies")
    text = (
        f"As {factor_name(loop.path)} moves there, the mean crosses {loop.level:.2f} at {_said(loop.there)}, on the "
        f"way back at {_said(loop.back)}. Width of the loop: {_said(loop.width)}. {first['seed'].nunique()} societies."
    )
    return figure, Caption(f"Does the way matter? {outcome_axis(measure, results.society)}", text)


def _said(threshold: Threshold) -> str:
    if not np.isfinite(threshold.value):
        return f"no point (of resamples, {threshold.crossing:.0%} cross)"
    if not np.isfinite(threshold.low):
        return f"{threshold.value:.2f} (one seed: no interval)"
    return f"{threshold.value:.2f} (95 % interval {threshold.low:.2f} to {threshold.high:.2f})"
