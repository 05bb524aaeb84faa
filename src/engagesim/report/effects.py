"""Which factors matter: main effects, Morris screening and Sobol indices."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engagesim.analysis.sensitivity import main_effects, morris_indices, sobol_indices
from engagesim.report.palette import BLACK, BLUE, FAINT, QUIET, SKY_BLUE
from engagesim.report.paper import Caption, new_figure
from engagesim.report.study_axes import set_scales
from engagesim.report.study_words import capital_name, choice_name, counted_runs, factor_axis, idle_words, outcome_axis
from engagesim.study.designs import DUMMY
from engagesim.study.results import Results

_COLUMNS, _LETTERS = 3, 32


def draw_indices(results: Results, where: Mapping[str, str]) -> tuple[Figure, Caption]:
    """Draw Sobol indices as bars, or Morris's measures as points, with the dummy as noise floor, for some choices."""
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
    """Draw the mean of the outcome along each factor, whatever the others are."""
    measure = results.plan.study.measure
    paths = [path for path in results.varying if path != DUMMY]
    table = main_effects(results.runs, paths, measure)
    if results.runs[measure].dropna().isin((0.0, 1.0)).all():
        table[["low", "high"]] = table[["low", "high"]].clip(0.0, 1.0)  # Student's interval knows no ends of a share
    rows = -(-len(paths) // _COLUMNS)
    figure = new_figure(0.7 + 2.1 * rows)
    figure.set_layout_engine("constrained")
    grid: Any = figure.subplots(rows, min(_COLUMNS, len(paths)), sharey=True, squeeze=False)
    for spare in grid.ravel()[len(paths) :]:
        spare.set_visible(False)
    for axes, (path, part) in zip(grid.ravel(), table.groupby("factor", sort=False), strict=False):
        axes.fill_between(part["value"], part["low"], part["high"], color=SKY_BLUE, alpha=0.35, linewidth=0)
        axes.plot(part["value"], part["mean"], color=BLUE, marker="o", markersize=2.5)
        set_scales(axes, results.is_log(str(path)))
        axes.set_xlabel(factor_axis(str(path), results.society, _LETTERS), fontsize=7)
    figure.supylabel(outcome_axis(measure, results.society), fontsize=8)
    reach = table.groupby("factor", sort=False)["mean"].agg(lambda means: means.max() - means.min())
    text = " ".join(f"Along {path} the mean moves by {size:.2f}." for path, size in reach.items())
    over = f"{results.runs['point'].nunique()} points, {counted_runs(results.runs)}."
    said = _said("With 95 % intervals.", text, idle_words(results), over)
    return figure, Caption(f"What each factor does to: {outcome_axis(measure, results.society)}", said)


def _said(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _draw_sobol(results: Results, table: pd.DataFrame) -> tuple[Figure, Caption]:
    table = table.sort_values("total")
    figure = new_figure(1.1 + 0.32 * len(table))
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    rows = np.arange(len(table))
    for shift, name, colour, label in (
        (0.19, "total", FAINT, "total (alone and with others)"),
        (-0.19, "first", BLUE, "alone"),
    ):
        around = [table[name] - table[f"{name}_low"], table[f"{name}_high"] - table[name]]
        axes.barh(rows + shift, table[name], 0.36, xerr=around, color=colour, label=label, error_kw={"linewidth": 0.8})
    floor = float(table["total_high"][DUMMY])
    axes.axvline(floor, color=BLACK, linestyle=":", linewidth=0.9, label="noise floor: the luck of the draw")
    axes.set_yticks(rows, labels=[capital_name(path) for path in table.index])
    axes.set_xlabel("Share of the variance of: " + outcome_axis(results.plan.study.measure, results.society))
    axes.legend(loc="lower right")
    text = " ".join(
        f"{path}: alone {row['first']:.2f}, in total {row['total']:.2f}." for path, row in table[::-1].iterrows()
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
    axes.axvline(floor, color=QUIET, linestyle=":", linewidth=0.9, label="noise floor: the luck of the draw")
    measure = outcome_axis(results.plan.study.measure, results.society)
    axes.set(
        xlabel=f"Mean size of the effect on: {measure}", ylabel="Spread of the effect (how much it depends on the rest)"
    )
    axes.set(xlim=(0, None), ylim=(0, 1.08 * float(table["sigma"].max()) or None))
    axes.legend(loc="lower right")
    text = " ".join(f"{path}: {row['mu_star']:.3f}." for path, row in table.iterrows())
    return figure, Caption(
        f"Which factors matter for: {measure}", f"Morris screening, mean size of effects, with 95 % intervals. {text}"
    )
