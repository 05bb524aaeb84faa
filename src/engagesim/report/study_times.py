"""Figures of outcomes over one factor or over time: curves, fan charts, and the time until a coalition forms."""

from collections.abc import Iterator
from itertools import batched
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engagesim.analysis.coalitions import formation_probability, formation_time, mean_time_without, median_time
from engagesim.analysis.intervals import means, student
from engagesim.analysis.sensitivity import main_effects
from engagesim.measures import MEASURES
from engagesim.report.study_words import choice_name, counted_runs, factor_axis, factor_name, outcome_axis, set_scales
from engagesim.report.style import LINES, Caption, new_figure
from engagesim.report.text import capital, month_name, percent, plain
from engagesim.study.designs import DUMMY
from engagesim.study.observed import check_mean
from engagesim.study.results import Results

MOST_LINES = 4
"""Maximum number of lines in one pair of axes; more lines are spread over several pairs."""

MOST_GROUPS = 12
"""Maximum number of combinations of choices drawn one by one; if there are more, the last choices are pooled."""

FAN_MEASURES = ("quality", "engaged", "members", "coalition_districts", "trust")
"""Measures drawn over time if every month was kept."""

_FIRST = "In each run, this is about the first district, which represents any district."

_MOST_OWN = 4
"""Maximum number of measures from mechanisms that are drawn beside the built-in ones."""

type Group = tuple[str, pd.DataFrame]


def draw_curve(results: Results) -> tuple[Figure, Caption]:
    """Draw the outcome along one factor, with one line per choice, or by choice if no factor varies."""
    measure, runs = results.plan.study.measure, results.runs
    paths = results.varying[:1]
    groups = by_choice(results) if paths else [("", runs)]
    figure, panels = _side_by_side(groups, 2.9)
    by = paths or results.plan.choices or ["point"]
    drawn = []
    for axes, shown in panels:
        for (name, part), (colour, dashes, width) in zip(shown, LINES, strict=False):
            table = with_interval(part, by, measure)
            drawn.append(table["share"])
            place = table[paths[0]] if paths else np.arange(len(table))
            around = np.clip([table["share"] - table["low"], table["high"] - table["share"]], 0, None)
            line = dashes if paths else "none"
            axes.errorbar(
                place, table["share"], yerr=around, color=colour, linestyle=line, linewidth=width, marker="o",
                markersize=3, elinewidth=0.7, label=name,
            )  # fmt: skip
        if paths:
            set_scales(axes, results.is_log(paths[0]))
        else:
            labels = [", ".join(choice_name(value) for value in row) for row in table[by].itertuples(index=False)]
            axes.set_xticks(place, labels=labels, rotation=30, ha="right")
            axes.set_xlim(-0.5, len(table) - 0.5)
        _legend(axes, shown)
    panels[0][0].set_ylabel(outcome_axis(measure, results.society))
    if paths:
        figure.supxlabel(factor_axis(paths[0], results.society), fontsize=8)
    ends = pd.concat(drawn)
    together = [factor_name(path) for path in results.varying[1:]]
    text = (
        f"From {ends.min():.2f} to {ends.max():.2f}, with 95 % intervals; {counted_runs(runs)}."
        + (f" {capital(' and '.join(together))} changes with it." if len(together) == 1 else "")
        + (f" {capital(' and '.join(together))} change with it." if len(together) > 1 else "")
        + pooled(results)
    )
    return figure, Caption(f"{outcome_axis(measure, results.society)}{_along(results)}", text)


def _along(results: Results) -> str:
    """Return the part of a curve's title that names what varies along it."""
    by = [factor_name(path) for path in results.varying[:1]] or [plain(name) for name in results.plan.choices]
    return f" by {' and '.join(by)}" if by else ""


def draw_formation_times(results: Results) -> tuple[Figure, Caption]:
    """Draw the share of runs that have had a coalition by each month, per choice or per range of the main factor."""
    groups, sentences = _groups(results), []
    figure, panels = _side_by_side(groups, 2.9)
    for axes, shown in panels:
        for (name, part), look in zip(shown, LINES, strict=False):
            times = formation_time(part, results.plan.months)
            _draw_formation(axes, times, look, name)
            sentences.append(_said_of_times(name, part, times))
        axes.set(ylim=(0, 1), xlim=(0, results.plan.months), xlabel="Month")
        _legend(axes, shown)
    panels[0][0].set_ylabel("Share of runs with a lasting coalition so far")
    text = f"{' '.join(sentences)} {_FIRST} {counted_runs(results.runs)}.{pooled(results)}"
    return figure, Caption("Time until a district has a lasting coalition (Kaplan-Meier, 95 % interval)", text)


def draw_fans(results: Results, months: pd.DataFrame) -> tuple[Figure, Caption]:
    """Draw measures over time: the median, and bands that contain 50 % and 90 % of the runs."""
    groups = _groups(results)
    columns = list(batched(groups, MOST_LINES))
    names = (*FAN_MEASURES, *results.plan.measure_names[len(MEASURES) :][:_MOST_OWN])
    figure = new_figure(0.9 + 1.6 * len(names))
    figure.set_layout_engine("constrained")
    grid: Any = figure.subplots(len(names), len(columns), sharex=True, sharey="row", squeeze=False)
    keyed = months.set_index("point")
    sentences = []
    for row, measure in zip(grid, names, strict=True):
        for axes, shown in zip(row, columns, strict=True):
            for (name, part), look in zip(shown, LINES, strict=False):
                last = _draw_fan(axes, keyed.loc[part["point"].unique()].groupby("month")[measure], look, name)
                sentences.append(
                    f"{capital(plain(measure))}{', ' + name if name else ''}: median {last:.2f} at the end."
                )
        says, _, measured_in = outcome_axis(measure, results.society).rpartition(" (")
        row[0].set(title=says, ylabel=measured_in.rstrip(")"))
    for axes, shown in zip(grid[0], columns, strict=True):
        _legend(axes, shown)
    figure.supxlabel("Month", fontsize=8)
    text = f"{' '.join(sentences)} {counted_runs(results.runs)}.{pooled(results)}"
    return figure, Caption("Month by month: medians, with bands for 50 % and 90 % of the runs", text)


def _draw_formation(axes: Axes, times: pd.DataFrame, look: tuple[str, Any, float], name: str) -> None:
    """Draw a step line whose last step extends to the end of its month."""
    (colour, dashes, width), end = look, len(times)
    whole = pd.concat([times, times.tail(1).assign(month=end)])
    axes.fill_between(whole["month"], whole["low"], whole["high"], color=colour, alpha=0.15, linewidth=0, step="post")
    axes.step(whole["month"], whole["share"], where="post", color=colour, linestyle=dashes, linewidth=width, label=name)


def _said_of_times(name: str, part: pd.DataFrame, times: pd.DataFrame) -> str:
    median = median_time(times)
    reached = "never in half of them" if np.isnan(median) else f"in half of them by {month_name(round(median))}"
    return (
        f"{capital(name or 'all runs')} ({len(part):,}): one has formed in {percent(times['share'].iloc[-1])} of "
        f"them at the end, {reached}; on average {mean_time_without(times):.0f} of {len(times)} months pass without it."
    )


def _draw_fan(axes: Axes, course: Any, look: tuple[str, Any, float], name: str) -> float:
    colour, dashes, width = look
    bands = course.quantile(np.array([0.05, 0.25, 0.5, 0.75, 0.95])).unstack()
    months = bands.index + 1  # for readers, the first month is month 1
    for low, high, opacity in ((0.05, 0.95, 0.12), (0.25, 0.75, 0.22)):
        axes.fill_between(months, bands[low], bands[high], color=colour, alpha=opacity, linewidth=0)
    axes.plot(months, bands[0.5], color=colour, linestyle=dashes, linewidth=width, label=name)
    return float(bands[0.5].iloc[-1])


def _groups(results: Results) -> list[Group]:
    """Group the completed runs by choice, or into thirds along the factor that affects coalitions most."""
    runs = results.sound
    paths = [path for path in results.varying if path != DUMMY]
    if any(len(found) > 1 for found in results.plan.study.choices.values()):
        return [(name, part[part["failed"].isna()]) for name, part in by_choice(results) if part["failed"].isna().any()]
    if not paths:
        return [("", runs)]
    effects = main_effects(runs, paths, "coalition_formed", bins=3)
    reach = effects.groupby("factor", sort=False)["mean"].agg(lambda means: means.max() - means.min())
    return list(_thirds(runs, str(reach.idxmax())))


def _thirds(runs: pd.DataFrame, path: str) -> Iterator[Group]:
    values = runs[path]
    few = values.nunique() <= MOST_LINES
    levels = values if few else pd.qcut(values, 3, labels=False, duplicates="drop")
    for _, part in runs.groupby(levels):
        low, high = part[path].min(), part[path].max()
        yield f"{factor_name(path)} {low:.3g}" + ("" if low == high else f" to {high:.3g}"), part


def by_choice(results: Results) -> list[Group]:
    """Return the name and the runs of each choice, or all runs under an empty name."""
    columns, _ = _told_apart(results)
    if not columns:
        return [("", results.runs)]
    groups = results.runs.groupby(columns)
    return [(", ".join(choice_name(value) for value in values), part) for values, part in groups]


def _told_apart(results: Results) -> tuple[list[str], list[str]]:
    """Return the choices with their own lines, and those that are pooled to avoid too many lines."""
    choices = {name: len(found) for name, found in results.plan.study.choices.items() if len(found) > 1}
    names = list(choices)
    shown = len(names)
    while shown > 1 and prod(choices[name] for name in names[:shown]) > MOST_GROUPS:
        shown -= 1
    return names[:shown], names[shown:]


def pooled(results: Results) -> str:
    """State which choices share a line to avoid too many lines."""
    _, pooled = _told_apart(results)
    return f" All values of {' and '.join(map(plain, pooled))} are pooled." if pooled else ""


def with_interval(runs: pd.DataFrame, by: list[str], measure: str) -> pd.DataFrame:
    """Return the mean of a measure with a 95 % interval over seeds: Wilson's for values of 0 or 1."""
    check_mean(measure)
    if runs[measure].dropna().isin((0.0, 1.0)).all():
        return formation_probability(runs, by, measure)
    found = means(runs[runs["failed"].isna()], by, measure)
    mean = found["mean"].to_numpy()
    low, high = student(mean, found["error"].to_numpy(), found["seeds"].to_numpy())
    columns = {"share": mean, "low": low, "high": high}
    return pd.concat([found.index.to_frame(index=False), pd.DataFrame(columns)], axis=1)


def _side_by_side(groups: list[Group], height: float) -> tuple[Figure, list[tuple[Axes, tuple[Group, ...]]]]:
    """Return axes with the groups that each shows: one pair of axes for few groups, several side by side for more."""
    shares = list(batched(groups, MOST_LINES))
    figure = new_figure(height + 0.3)
    figure.set_layout_engine("constrained")
    row: Any = figure.subplots(1, len(shares), sharex=True, sharey=True, squeeze=False)[0]
    return figure, list(zip(row, shares, strict=True))


def _legend(axes: Axes, groups: tuple[Group, ...]) -> None:
    if any(name for name, _ in groups):
        axes.legend(loc="best")
