"""Phase diagrams: an outcome over two factors, and the boundary beyond which it is likely."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from engagesim.analysis.coalitions import formation_probability
from engagesim.errors import EngagementError
from engagesim.report.study_words import choice_name, counted_runs, factor_axis, factor_name, outcome_axis, set_scales
from engagesim.report.style import BLACK, BLUE, FAINT, QUIET, Caption, new_figure
from engagesim.report.text import percent, several
from engagesim.study.description import Factor
from engagesim.study.designs import onto_scale
from engagesim.study.results import Results

if TYPE_CHECKING:
    from engagesim.study.boundary import Fit

MOST_PANELS = 9
"""Maximum number of panels in a map, one for each value of a third factor; of more values, only some are drawn."""

_FEW_CELLS = 150
_FINE = 60
_PANEL_LETTERS = 26
_EVEN = np.array([0.88, 0.88, 0.86])
# From orange (never) through grey (even) to blue (always): colour-blind readers can tell these apart, and lightness
# separates the ends from the middle. An even chance is lighter than a cell without a value, which is dark grey.
COLOURS = ListedColormap(
    np.clip(
        [
            np.array([0.90, 0.62, 0.0]) * (1 - t) ** 1.0 + _EVEN * t if t <= 1 else
            _EVEN * (2 - t) + np.array([0.0, 0.45, 0.70]) * (t - 1)
            for t in np.linspace(0, 2, 257)
        ],
        0, 1,
    )
)  # fmt: skip


def draw_map(results: Results) -> tuple[Figure, Caption]:
    """Draw the share of runs over a grid, with two factors as axes and a third factor or the choices as panels."""
    study = results.plan.study
    across, up, *others = results.varying
    rest = [*(name for name in results.plan.choices if results.runs[name].nunique() > 1), *others]
    is_share = bool(results.runs[study.measure].dropna().isin((0.0, 1.0)).all())
    table = _cells(results, [across, up, *rest], is_share)
    every = list(table.groupby(rest)) if rest else [((), table)]
    picked = np.linspace(0, len(every) - 1, min(len(every), MOST_PANELS)).round().astype(int)
    panels = [every[number] for number in picked]
    figure, grid = _panels(len(panels))
    spread = (0.0, 1.0) if is_share else (float(table["share"].min()), float(table["share"].max()))
    for axes, (values, part) in zip(grid, panels, strict=True):
        set_scales(axes, results.is_log(across), results.is_log(up))
        image = _draw_cells(axes, part, across, up, spread)
        if is_share:
            _draw_limits(axes, part, across, up)
        _name_panel(axes, _panel_title(rest, values))
    _name_axes(figure, grid, factor_axis(across, results.society), factor_axis(up, results.society))
    figure.colorbar(image, ax=grid, label=outcome_axis(study.measure, results.society), shrink=0.8, pad=0.02)
    if is_share:
        _explain(figure, "one half", "one half at the ends of each cell's 95 % interval")
    outcome = outcome_axis(study.measure, results.society)
    few, many = int(table["runs"].min()), int(table["runs"].max())
    text = (
        f"Over {factor_name(across)} and {factor_name(up)}, values range from {table['share'].min():.2f} to "
        f"{table['share'].max():.2f}; "
        f"{several(few, 'run') if few == many else f'{few} to {many} runs'} per cell, {counted_runs(results.runs)}."
        + (" Dark grey: every run of the cell failed." if table["share"].isna().any() else "")
    )
    title = f"{outcome} by {factor_name(across)} and {factor_name(up)}"
    if len(panels) < len(every):
        title += f" ({len(panels)} of {len(every)} panels)"
    return figure, Caption(title, text)


def draw_boundary(results: Results) -> tuple[Figure, Caption]:
    """Draw the points of a boundary study, the smoothed probability, and the line on which it crosses the level."""
    from engagesim.study.boundary import fit_boundary  # noqa: PLC0415 - takes half a second, which other studies save

    study = results.plan.study
    fit = fit_boundary(study, results.runs)
    if fit is None:
        raise EngagementError(f"{results.folder}: no run completed, so there is nothing to draw")
    points = formation_probability(results.runs, ["point", *results.plan.paths], study.measure)
    figure = _boundary_line(fit, points) if len(fit.factors) == 1 else _boundary_map(fit, points)
    across, *up = (factor_axis(factor.path, results.society) for factor in fit.factors)
    if up:
        panels = figure.axes[: 3 if len(fit.factors) == 3 else 1]
        _name_axes(figure, panels, across, up[0])
    else:
        figure.axes[0].set(xlabel=across, ylabel=outcome_axis(study.measure, results.society))
    text = (
        f"{len(points)} points, {counted_runs(results.runs)}. For {percent(fit.unclear())} of the space it is unclear "
        f"whether the probability is above or below {fit.level:g}."
    )
    return figure, Caption(f"{outcome_axis(study.measure, results.society)}: where it crosses {fit.level:g}", text)


def _cells(results: Results, by: list[str], is_share: bool) -> pd.DataFrame:
    """Return one row per cell of the grid, with NaN if all of its runs failed."""
    measure = results.plan.study.measure
    if is_share:
        found = formation_probability(results.runs, by, measure)
    else:
        groups = results.sound.groupby(by)[measure]
        found = pd.DataFrame({"share": groups.mean(), "runs": groups.size()}).reset_index()
    every = results.runs[by].drop_duplicates().sort_values(by, ignore_index=True)
    return every.merge(found, how="left", on=by).fillna({"runs": 0})


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    columns = min(3, count)
    rows = -(-count // columns)
    figure = new_figure(1.2 + 2.2 * rows if columns > 1 else 4.7)
    figure.set_layout_engine("constrained")
    grid: Any = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for spare in grid.ravel()[count:]:
        spare.set_visible(False)
    return figure, list(grid.ravel()[:count])


def _panel_title(columns: list[str], values: Any) -> str:
    values = values if isinstance(values, tuple) else (values,)
    named = [
        f"{factor_name(column)} {choice_name(value)}" if "." in column else choice_name(value)
        for column, value in zip(columns, values, strict=True)
    ]
    return ", ".join(named)


def _name_panel(axes: Axes, title: str) -> None:
    axes.set_title(textwrap.fill(title, _PANEL_LETTERS), fontsize=7.5)


def _edges(values: NDArray[np.float64], is_log: bool) -> NDArray[np.float64]:
    """Return the edges of cells around values: halfway to the next value, on their scale."""
    places = np.log(values) if is_log else values
    half = np.diff(places) / 2
    edges = np.concatenate(([places[0] - half[0]], places[:-1] + half, [places[-1] + half[-1]]))
    return np.exp(edges) if is_log else edges


def _draw_cells(axes: Axes, part: pd.DataFrame, across: str, up: str, spread: tuple[float, float]) -> Any:
    cells = part.pivot(index=up, columns=across, values="share")
    axes.set_facecolor(FAINT)  # shows where all runs failed
    columns, rows = cells.columns.to_numpy(dtype=float), cells.index.to_numpy(dtype=float)
    image = axes.pcolormesh(
        _edges(columns, axes.get_xscale() == "log"), _edges(rows, axes.get_yscale() == "log"), cells.to_numpy(),
        cmap=COLOURS, vmin=spread[0], vmax=spread[1],
    )  # fmt: skip
    if cells.size <= _FEW_CELLS and len(axes.get_figure(root=True).axes) == 1:  # type: ignore[union-attr]
        for (row, column), share in np.ndenumerate(cells.to_numpy()):
            text = "failed" if np.isnan(share) else f"{share:.2f}".removeprefix("0")
            axes.text(float(columns[column]), float(rows[row]), text, ha="center", va="center", fontsize=6)
    return image


def _draw_limits(axes: Axes, part: pd.DataFrame, across: str, up: str) -> None:
    """Draw contours where the cells' values, or the ends of their intervals, equal one half."""
    for column, width, dashes in (("share", 1.4, "-"), ("low", 0.8, ":"), ("high", 0.8, ":")):
        cells = part.pivot(index=up, columns=across, values=column)
        if cells.shape[0] > 1 and cells.shape[1] > 1 and cells.min().min() < 0.5 < cells.max().max():
            axes.contour(
                cells.columns.to_numpy(dtype=float), cells.index.to_numpy(dtype=float), cells.to_numpy(), levels=[0.5],
                colors=BLACK, linewidths=width, linestyles=dashes,
            )  # fmt: skip


def _name_axes(figure: Figure, grid: list[Axes], across: str, up: str) -> None:
    if len(grid) == 1:
        grid[0].set(xlabel=across, ylabel=up)
        return
    figure.supxlabel(f"{across}\n ", fontsize=8)  # the extra line makes room for the legend
    figure.supylabel(up, fontsize=8)


def _explain(figure: Figure, *lines: str) -> None:
    """Name the solid line and the dotted lines under the figure."""
    handles = [Line2D([], [], color=BLACK, linewidth=1.4), Line2D([], [], color=BLACK, linewidth=0.8, linestyle=":")]
    figure.legend(handles, lines, loc="outside lower right", ncols=2)


def _boundary_line(fit: Fit, points: pd.DataFrame) -> Figure:
    figure = new_figure(3.2)
    figure.set_layout_engine("constrained")
    axes, factor = figure.subplots(), fit.factors[0]
    fine = pd.DataFrame({factor.path: _axis(factor)})
    found = fit.probability(fine)
    axes.fill_between(fine[factor.path], found["low"], found["high"], color=QUIET, alpha=0.25, linewidth=0)
    axes.plot(fine[factor.path], found["probability"], color=BLACK, label="smoothed, with 95 % interval")
    around = [points["share"] - points["low"], points["high"] - points["share"]]
    axes.errorbar(
        points[factor.path], points["share"], yerr=np.clip(around, 0, 1), fmt="o", markersize=3, linewidth=0.7,
        color=BLUE, label="simulated points, with 95 % intervals (Wilson)",
    )  # fmt: skip
    axes.axhline(fit.level, color=QUIET, linestyle=":", label=f"probability {fit.level:g}")
    axes.set(ylim=(-0.02, 1.02))
    set_scales(axes, factor.log)
    axes.legend(loc="best")
    return figure


def _boundary_map(fit: Fit, points: pd.DataFrame) -> Figure:
    across, up = fit.factors[:2]
    slices = [0.1, 0.5, 0.9] if len(fit.factors) == 3 else [0.5]
    figure, grid = _panels(len(slices))
    image: Any = None
    for axes, share in zip(grid, slices, strict=True):
        fine = _surface(fit, share)
        found = fit.probability(fine)
        shape = (_FINE, _FINE)
        x, y = (fine[factor.path].to_numpy().reshape(shape) for factor in (across, up))
        set_scales(axes, across.log, up.log)
        smooth = found["probability"].to_numpy().reshape(shape)
        image = axes.pcolormesh(x, y, smooth, cmap=COLOURS, vmin=0, vmax=1, rasterized=True)
        for column, width, dashes in (("probability", 1.4, "-"), ("low", 0.8, ":"), ("high", 0.8, ":")):
            surface = found[column].to_numpy().reshape(shape)
            if surface.min() < fit.level < surface.max():
                axes.contour(x, y, surface, levels=[fit.level], colors=BLACK, linewidths=width, linestyles=dashes)
        if len(fit.factors) == 3:
            third = fit.factors[2]
            _name_panel(axes, f"{factor_name(third.path)} {onto_scale(third, np.array([share]))[0]:.3g}")
        else:
            axes.scatter(
                points[across.path], points[up.path], c=points["share"], cmap=COLOURS, vmin=0, vmax=1, s=14,
                edgecolors=BLACK, linewidths=0.5,
            )  # fmt: skip
    figure.colorbar(image, ax=grid, label="Smoothed probability", shrink=0.8, pad=0.02)
    _explain(figure, f"probability {fit.level:g}", f"{fit.level:g} at the ends of its 95 % interval")
    return figure


def _surface(fit: Fit, share: float) -> pd.DataFrame:
    across, up, *rest = fit.factors
    x, y = np.meshgrid(_axis(across), _axis(up))
    columns = {across.path: x.ravel(), up.path: y.ravel()}
    for factor in rest:
        columns[factor.path] = np.full(x.size, onto_scale(factor, np.array([share]))[0])
    return pd.DataFrame(columns)


def _axis(factor: Factor) -> NDArray[np.float64]:
    """Return evenly spaced values of a factor for a line or a surface; they need not be whole numbers."""
    low, high = float(factor.low or 0.0), float(factor.high or 0.0)
    return np.geomspace(low, high, _FINE) if factor.log else np.linspace(low, high, _FINE)
