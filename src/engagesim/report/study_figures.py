"""The figures that fit a study's design: sensitivity, hysteresis, phase diagrams, curves."""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engagesim.analysis.hysteresis import Threshold, find_loop, moving_setting
from engagesim.analysis.sensitivity import main_effects, morris_indices, sobol_indices
from engagesim.errors import EngagementError
from engagesim.report.study_maps import draw_boundary, draw_map
from engagesim.report.study_times import by_choice, draw_curve, draw_fans, draw_formation_times, pooled
from engagesim.report.study_words import (
    capital_name,
    choice_name,
    counted_runs,
    factor_axis,
    factor_name,
    idle_words,
    outcome_axis,
    set_scales,
)
from engagesim.report.style import BLACK, BLUE, FAINT, LINES, QUIET, VERMILION, Caption, drawing, new_figure, save
from engagesim.report.text import percent, several
from engagesim.study.argument_checks import checked
from engagesim.study.designs import DUMMY
from engagesim.study.observed import check_mean
from engagesim.study.results import Results

_COLUMNS, _LETTERS = 3, 32


def draw_indices(results: Results, where: Mapping[str, str]) -> tuple[Figure, Caption]:
    """Draw Sobol indices as bars, or Morris's measures as points, by choice; a dummy factor shows the noise floor."""
    study = results.plan.study
    if study.design.kind == "sobol":
        figure, caption = _draw_sobol(results, sobol_indices(study, results.runs, study.measure, where))
    else:
        figure, caption = _draw_morris(results, morris_indices(study, results.runs, study.measure, where))
    mine = results.runs.loc[(results.runs[list(where)] == pd.Series(dict(where), dtype=object)).all(axis=1)]
    choices = ", ".join(choice_name(label) for label in where.values())
    title = f"{caption.title} ({choices})" if choices else caption.title
    return figure, Caption(
        title, " ".join(f"{caption.description} {idle_words(results)} {counted_runs(mine)}.".split())
    )


def draw_effects(results: Results) -> tuple[Figure, Caption]:
    """Draw the mean outcome along each factor, over all values of the other factors, with the strongest factor first.

    Each choice has its own line, so that a band shows uncertainty, not the difference between choices.
    """
    measure = results.plan.study.measure
    paths = [path for path in results.varying if path != DUMMY]
    groups = [(name, part) for name, part in by_choice(results) if part["failed"].isna().any()]
    tables = {name: main_effects(part, paths, measure) for name, part in groups}
    if results.runs[measure].dropna().isin((0.0, 1.0)).all():
        for table in tables.values():
            table[["low", "high"]] = table[["low", "high"]].clip(
                0.0, 1.0
            )  # Student's interval ignores that a share ends at 0 and 1
    reach = pd.DataFrame({
        name: table.groupby("factor", sort=False)["mean"].agg(lambda means: means.max() - means.min())
        for name, table in tables.items()
    })  # fmt: skip
    paths = reach.max(axis=1).sort_values(ascending=False, kind="stable").index.tolist()
    rows = -(-len(paths) // _COLUMNS)
    figure = new_figure(0.7 + 2.1 * rows + 0.2 * (len(groups) > 1))
    figure.set_layout_engine("constrained")
    grid: Any = figure.subplots(rows, min(_COLUMNS, len(paths)), sharey=True, squeeze=False)
    for spare in grid.ravel()[len(paths) :]:
        spare.set_visible(False)
    looks = [LINES[number % len(LINES)] for number in range(len(groups))]
    for axes, path in zip(grid.ravel(), paths, strict=False):
        for (name, table), (colour, dashes, width) in zip(tables.items(), looks, strict=True):
            part = table[table["factor"] == path]
            axes.fill_between(part["value"], part["low"], part["high"], color=colour, alpha=0.2, linewidth=0)
            axes.plot(
                part["value"], part["mean"], color=colour, linestyle=dashes, linewidth=width, marker="o",
                markersize=2.5, label=name,
            )  # fmt: skip
        set_scales(axes, results.is_log(str(path)))
        axes.set_xlabel(factor_axis(str(path), results.society, _LETTERS), fontsize=7)
    if len(groups) > 1:
        handles, names = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower right", ncols=4)
    figure.supylabel(outcome_axis(measure, results.society), fontsize=8)
    text = " ".join(_reached(rank, str(path), reach.T[path]) for rank, path in enumerate(paths, 1))
    over = f"{several(results.runs['point'].nunique(), 'point')}, {counted_runs(results.runs)}."
    said = _joined("With 95 % intervals, strongest factor first.", text, idle_words(results), over, pooled(results))
    return figure, Caption(f"Effect of each factor on: {outcome_axis(measure, results.society)}", said)


def _reached(rank: int, path: str, sizes: "pd.Series[float]") -> str:
    """State how far the mean moves along a factor for each choice."""
    if len(sizes) == 1:
        return f"{rank}. Along {factor_name(path)} the mean changes by {sizes.iloc[0]:.2f}."
    each = ", ".join(f"{size:.2f} with {name}" for name, size in sizes.items())
    return f"{rank}. Along {factor_name(path)} the mean changes by {each}."


def _joined(*sentences: str) -> str:
    return " ".join(each.strip() for each in sentences if each)


def _draw_sobol(results: Results, table: pd.DataFrame) -> tuple[Figure, Caption]:
    table = table.sort_values("total")
    figure = new_figure(1.1 + 0.32 * len(table))
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    rows = np.arange(len(table))
    for shift, name, colour, label in (
        (0.19, "total", FAINT, "total (alone and in combination)"),
        (-0.19, "first", BLUE, "alone"),
    ):
        around = [table[name] - table[f"{name}_low"], table[f"{name}_high"] - table[name]]
        axes.barh(rows + shift, table[name], 0.36, xerr=around, color=colour, label=label, error_kw={"linewidth": 0.8})
    floor = float(table["total_high"][DUMMY])
    axes.axvline(floor, color=BLACK, linestyle=":", linewidth=0.9, label="noise floor: chance alone")
    axes.set_yticks(rows, labels=[capital_name(path) for path in table.index])
    axes.set_xlabel("Share of the variance of: " + outcome_axis(results.plan.study.measure, results.society))
    axes.legend(loc="lower right")
    text = " ".join(
        f"{capital_name(str(path))}: alone {row['first']:.2f}, in total {row['total']:.2f}."
        for path, row in table[::-1].iterrows()
    )
    return figure, Caption(
        f"Which factors matter for: {outcome_axis(results.plan.study.measure, results.society)}",
        f"Sobol indices with 95 % intervals. {text}",
    )


def _draw_morris(results: Results, table: pd.DataFrame) -> tuple[Figure, Caption]:
    figure = new_figure(3.6)
    figure.set_layout_engine("constrained")
    axes: Axes = figure.subplots()
    around = [table["mu_star"] - table["mu_star_low"], table["mu_star_high"] - table["mu_star"]]
    axes.errorbar(table["mu_star"], table["sigma"], xerr=around, fmt="o", color=BLUE, markersize=4, linewidth=0.8)
    for path, row in table.iterrows():
        axes.annotate(
            capital_name(str(path)),
            (row["mu_star"], row["sigma"]),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=7,
        )
    floor = float(table["mu_star_high"][DUMMY])
    axes.axvline(floor, color=QUIET, linestyle=":", linewidth=0.9, label="noise floor: chance alone")
    measure = outcome_axis(results.plan.study.measure, results.society)
    axes.set(
        xlabel=f"Mean size of the effect on: {measure}",
        ylabel="Spread of the effect (how much it depends on other factors)",
    )
    axes.set(xlim=(0, None), ylim=(0, 1.08 * float(table["sigma"].max()) or None))
    axes.legend(loc="lower right")
    text = " ".join(f"{capital_name(str(path))}: {row['mu_star']:.3f}." for path, row in table.iterrows())
    return figure, Caption(
        f"Which factors matter for: {measure}",
        f"Morris screening: mean size of each effect, with its 95 % interval. {text}",
    )


def draw_loop(results: Results, months: pd.DataFrame) -> tuple[Figure, Caption]:
    """Draw the hysteresis loop of the first point in both directions, with both thresholds and their intervals."""
    measure = results.plan.study.measure
    points = months["point"].unique()
    first = months[months["point"] == points.min()]
    row = results.runs[results.runs["point"] == points.min()].iloc[0]
    loop = find_loop(first, results.plan.parameters_of(row.to_dict()), measure)
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
    axes.legend(title="mean, with the middle 80 % of societies")
    text = (
        f"On the way there, the mean crosses {loop.level:.2f} at a {factor_name(loop.path)} of {_said(loop.there)}; on "
        f"the way back, at {_said(loop.back)}. Width of the loop: {_said(loop.width)}. "
        f"{first['seed'].nunique()} societies."
        + (f" This is the first of {len(points)} points." if len(points) > 1 else "")
    )
    return figure, Caption(f"There and back (hysteresis): {outcome_axis(measure, results.society)}", text)


def _said(threshold: Threshold) -> str:
    if not np.isfinite(threshold.value):
        return f"no value (it crosses in {percent(threshold.crossing)} of resamples)"
    if not np.isfinite(threshold.low):
        return f"{threshold.value:.2f} (one seed: no interval)"
    often = f", in the {percent(threshold.crossing)} of resamples that cross" if threshold.crossing < 1 else ""
    return f"{threshold.value:.2f} (95 % interval {threshold.low:.2f} to {threshold.high:.2f}{often})"


_TITLE_WIDTH = 80
"""Maximum number of characters in a line of a figure's title."""

type Drawn = tuple[str, Figure, Caption]


def draw_study(results: Results, folder: Path) -> list[Path]:
    """Draw the figures that fit the design of a study, each as SVG and as PNG.

    Parameters
    ----------
    results : Results
        A study, from ``load``.
    folder : Path
        Folder for the files; created if it does not exist.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    EngagementError
        If no run completed, or if the study's measure has no mean.
    """
    checked(results, Results, "results")
    folder = checked(Path(folder) if isinstance(folder, str) else folder, Path, "folder")
    if results.sound.empty:
        raise EngagementError(f"{results.folder}: no run completed, so there is nothing to draw")
    check_mean(results.plan.study.measure)
    with drawing():
        return [path for drawn in figures(results) for path in _keep(*drawn, folder)]


def _keep(name: str, figure: Figure, caption: Caption, folder: Path) -> list[Path]:
    figure.suptitle(textwrap.fill(caption.title, _TITLE_WIDTH), x=0.01, ha="left")
    return save(figure, folder, name, caption)


def figures(results: Results) -> Iterator[Drawn]:
    """Yield the name, figure and caption of each figure that fits the design of a study; draw within ``drawing()``."""
    kind = results.plan.study.design.kind
    match kind:
        case "sobol" | "morris":
            for variant in results.plan.variants:
                yield "_".join(("indices", *variant.labels.values())), *draw_indices(results, variant.labels)
        case "boundary":
            yield "boundary", *draw_boundary(results)
        case "grid" if len(results.varying) > 1 and not results.plan.study.design.zipped:
            yield "map", *draw_map(results)
        case "grid":
            yield "outcome", *draw_curve(results)
    if results.varying and kind not in {"grid", "boundary"}:
        yield "effects", *draw_effects(results)
    yield "time_to_coalition", *draw_formation_times(results)
    if results.months is not None:
        yield "over_time", *draw_fans(results, results.months)
        if moving_setting(results.plan.variants[0].parameters):
            yield "loop", *draw_loop(results, results.months)
