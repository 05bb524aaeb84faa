"""Outcomes over one factor or over time: curves, fans, and how long a coalition takes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engagesim.analysis.coalitions import formation_probability, formation_time, median_time
from engagesim.analysis.sensitivity import main_effects
from engagesim.report.palette import LINES
from engagesim.report.paper import Caption, new_figure
from engagesim.report.study_words import choice_name, factor_axis, factor_name, outcome_axis
from engagesim.study.designs import DUMMY
from engagesim.study.results import Results

MOST_GROUPS = 4
"""Lines in one pair of axes at most."""

FAN_MEASURES = ("quality", "engaged", "coalition_share", "trust")
"""Measures whose course is drawn where every month was kept."""

type Groups = list[tuple[str, pd.DataFrame]]


def draw_curve(results: Results) -> tuple[Figure, Caption]:
    """Draw the outcome along one factor, a line a choice; or by choice, where nothing varies besides."""
    measure, runs = results.plan.study.measure, results.runs
    paths = results.plan.paths[:1]
    figure = new_figure(3.2)
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    groups = _by_choice(results) if paths else [("", runs)]
    by = paths or results.plan.choices or ["point"]
    for (name, part), (colour, dashes, width) in zip(groups, LINES, strict=False):
        table = _with_interval(part, by, measure)
        place = table[paths[0]] if paths else np.arange(len(table))
        around = np.clip([table["share"] - table["low"], table["high"] - table["share"]], 0, None)
        line = dashes if paths else "none"
        axes.errorbar(
            place, table["share"], yerr=around, color=colour, linestyle=line, linewidth=width, marker="o", markersize=3,
            elinewidth=0.7, label=name,
        )  # fmt: skip
        if not paths:
            labels = [", ".join(choice_name(value) for value in row) for row in table[by].itertuples(index=False)]
            axes.set_xticks(place, labels=labels, rotation=30, ha="right")
    axes.set_ylabel(outcome_axis(measure))
    if paths:
        axes.set_xlabel(factor_axis(paths[0]))
        _legend(axes, groups)
    table = _with_interval(runs, by, measure)
    text = f"From {table['share'].min():.2f} to {table['share'].max():.2f}, with 95 % intervals; {len(runs)} runs."
    return figure, Caption(f"What comes out: {outcome_axis(measure)}", text)


def draw_formation_times(results: Results) -> tuple[Figure, Caption]:
    """Draw the share of runs with a coalition by each month, by choice or along the factor that matters most."""
    figure = new_figure(3.2)
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    groups, sentences = _groups(results), []
    for (name, part), (colour, dashes, width) in zip(groups, LINES, strict=False):
        times = formation_time(part, results.plan.months)
        axes.fill_between(
            times["month"], times["low"], times["high"], color=colour, alpha=0.15, linewidth=0, step="post"
        )
        axes.step(
            times["month"], times["share"], where="post", color=colour, linestyle=dashes, linewidth=width, label=name
        )
        median = median_time(times)
        reached = "fewer than half ever have one" if np.isnan(median) else f"half have one by month {median:.0f}"
        last = times.iloc[-1]
        sentences.append(f"{name or 'All runs'}: {last['share']:.0%} at the end, {reached}.")
    axes.set(
        xlabel="Month", ylabel="Share of runs that had a broad coalition", ylim=(0, 1), xlim=(0, results.plan.months)
    )
    _legend(axes, groups)
    return figure, Caption("How long does a broad coalition take? (Kaplan-Meier, 95 % interval)", " ".join(sentences))


def draw_fans(results: Results, months: pd.DataFrame) -> tuple[Figure, Caption]:
    """Draw how measures went over time: the median run, and the bands that hold half and nine tenths of the runs."""
    groups = _groups(results)
    figure = new_figure(0.8 + 1.6 * len(FAN_MEASURES))
    figure.set_layout_engine("constrained")
    panels: Any = figure.subplots(len(FAN_MEASURES), sharex=True)
    keyed = months.set_index("point")
    sentences = []
    for axes, measure in zip(panels, FAN_MEASURES, strict=True):
        for (name, part), (colour, dashes, width) in zip(groups, LINES, strict=False):
            mine = keyed.loc[part["point"].unique()]
            bands = mine.groupby("month")[measure].quantile(np.array([0.05, 0.25, 0.5, 0.75, 0.95])).unstack()
            for low, high, opacity in ((0.05, 0.95, 0.12), (0.25, 0.75, 0.22)):
                axes.fill_between(bands.index, bands[low], bands[high], color=colour, alpha=opacity, linewidth=0)
            axes.plot(bands.index, bands[0.5], color=colour, linestyle=dashes, linewidth=width, label=name)
            sentences.append(f"{measure}{', ' + name if name else ''}: median {bands[0.5].iloc[-1]:.2f} at the end.")
        says, _, measured_in = outcome_axis(measure).rpartition(" (")
        axes.set(title=says, ylabel=measured_in.rstrip(")"))
    panels[-1].set_xlabel("Month")
    _legend(panels[0], groups)
    return figure, Caption("How it went: medians, with half and nine tenths of the runs", " ".join(sentences))


def _groups(results: Results) -> Groups:
    """Sort runs by choice, or into thirds along the factor that moves coalitions most."""
    paths = [path for path in results.plan.paths if path != DUMMY]
    if any(len(found) > 1 for found in results.plan.study.choices.values()):
        return _by_choice(results)
    if not paths:
        return [("", results.runs)]
    effects = main_effects(results.runs, paths, "coalition_formed", bins=3)
    reach = effects.groupby("factor", sort=False)["mean"].agg(lambda means: means.max() - means.min())
    return list(_thirds(results.runs, str(reach.idxmax())))


def _thirds(runs: pd.DataFrame, path: str) -> Iterator[tuple[str, pd.DataFrame]]:
    values = runs[path]
    few = values.nunique() <= MOST_GROUPS
    levels = values if few else pd.qcut(values, 3, labels=False, duplicates="drop")
    for _, part in runs.groupby(levels):
        low, high = part[path].min(), part[path].max()
        yield f"{factor_name(path)} {low:.3g}" + ("" if low == high else f" to {high:.3g}"), part


def _by_choice(results: Results) -> Groups:
    columns = [name for name, found in results.plan.study.choices.items() if len(found) > 1][:1]
    if not columns:
        return [("", results.runs)]
    groups = [(choice_name(value), part) for value, part in results.runs.groupby(columns[0])]
    return groups[:MOST_GROUPS]


def _with_interval(runs: pd.DataFrame, by: list[str], measure: str) -> pd.DataFrame:
    """Return the mean of a measure with a 95 percent interval: Wilson's for what is 0 or 1."""
    if runs[measure].dropna().isin((0.0, 1.0)).all():
        return formation_probability(runs, by, measure)
    groups = runs[runs["failed"].isna()].groupby(by)[measure]
    mean, error = groups.mean(), groups.sem().fillna(0.0)
    return pd.DataFrame({"share": mean, "low": mean - 1.96 * error, "high": mean + 1.96 * error}).reset_index()


def _legend(axes: Axes, groups: Groups) -> None:
    if len(groups) > 1:
        axes.legend(loc="best")
