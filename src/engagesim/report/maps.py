"""Phase diagrams: where in the space of two factors something happens, and where the boundary lies."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from engagesim.analysis.coalitions import formation_probability
from engagesim.errors import EngagementError
from engagesim.report.palette import BLACK, QUIET
from engagesim.report.paper import Caption, new_figure
from engagesim.report.study_words import choice_name, factor_axis, factor_name, outcome_axis
from engagesim.study.boundary import Fit, fit_boundary
from engagesim.study.description import Factor
from engagesim.study.designs import onto_scale
from engagesim.study.results import Results

MOST_PANELS = 6
"""Panels of a map at most, for values of a third factor or choices."""

_FEW_CELLS = 150
_FINE = 60

# From orange (never) over white (even) to blue (always): told apart by the colour-blind and, by lightness, the ends
# from the middle in grey.
_COLOURS = ListedColormap(
    np.clip(
        [
            np.array([0.90, 0.62, 0.0]) * (1 - t) ** 1.0 + np.array([1.0, 1.0, 1.0]) * t if t <= 1 else
            np.array([1.0, 1.0, 1.0]) * (2 - t) + np.array([0.0, 0.45, 0.70]) * (t - 1)
            for t in np.linspace(0, 2, 257)
        ],
        0, 1,
    )
)  # fmt: skip


def draw_map(results: Results) -> tuple[Figure, Caption]:
    """Draw the share of runs over a grid: two factors as axes, a third factor or the choices as panels."""
    study = results.plan.study
    across, up = (factor.path for factor in list(study.factors.values())[:2])
    rest = [column for column in (*results.plan.choices, *results.plan.paths) if column not in (across, up)]
    is_share = bool(results.runs[study.measure].dropna().isin((0.0, 1.0)).all())
    table = _cells(results, [across, up, *rest], is_share)
    panels = list(table.groupby(rest)) if rest else [((), table)]
    panels = panels[:: max(1, -(-len(panels) // MOST_PANELS))]
    figure, grid = _panels(len(panels))
    spread = (0.0, 1.0) if is_share else (float(table["share"].min()), float(table["share"].max()))
    for axes, (values, part) in zip(grid, panels, strict=True):
        image = _draw_cells(axes, part, across, up, spread)
        if is_share:
            _draw_limits(axes, part, across, up)
        axes.set_title(_panel_title(rest, values), fontsize=7.5)
    _name_axes(figure, grid, across, up)
    figure.colorbar(image, ax=grid, label=outcome_axis(study.measure), shrink=0.8, pad=0.02)
    if is_share:
        _explain(figure, "even odds, and their 95 % interval cell by cell")
    sound = int(results.runs["failed"].isna().sum())
    text = (
        f"Over {factor_name(across)} and {factor_name(up)}: {outcome_axis(study.measure)[0].lower()}"
        f"{outcome_axis(study.measure)[1:]} lies between {table['share'].min():.2f} and {table['share'].max():.2f}; "
        f"{sound} runs, {int(table['runs'].min())} to {int(table['runs'].max())} a cell."
    )
    return figure, Caption(f"When is it likely? {outcome_axis(study.measure)}", text)


def draw_boundary(results: Results) -> tuple[Figure, Caption]:
    """Draw the points of a boundary study, the smoothed probability, and where it crosses the level."""
    study = results.plan.study
    fit = fit_boundary(study, results.runs)
    if fit is None:
        raise EngagementError(f"{results.folder}: no run went well; there is nothing to draw")
    points = formation_probability(results.runs, ["point", *results.plan.paths], study.measure)
    figure = _boundary_line(fit, points) if len(fit.factors) == 1 else _boundary_map(fit, points)
    axes = figure.axes[0]
    if len(fit.factors) == 1:
        axes.set_ylabel(outcome_axis(study.measure))
    text = (
        f"{len(points)} points, {int(points['runs'].sum())} runs. {fit.unclear():.0%} of the space may lie on "
        f"either side of a probability of {fit.level:g}."
    )
    return figure, Caption(f"Where is the boundary? {outcome_axis(study.measure)}", text)


def _cells(results: Results, by: list[str], is_share: bool) -> pd.DataFrame:
    measure = results.plan.study.measure
    if is_share:
        return formation_probability(results.runs, by, measure)
    groups = results.runs[results.runs["failed"].isna()].groupby(by)[measure]
    return pd.DataFrame({"share": groups.mean(), "runs": groups.size()}).reset_index()


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    columns = min(3, count)
    rows = -(-count // columns)
    figure = new_figure(0.9 + 2.2 * rows if columns > 1 else 4.4)
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


def _draw_cells(axes: Axes, part: pd.DataFrame, across: str, up: str, spread: tuple[float, float]) -> Any:
    cells = part.pivot_table(index=up, columns=across, values="share")
    image = axes.pcolormesh(
        cells.columns.to_numpy(dtype=float), cells.index.to_numpy(dtype=float), cells.to_numpy(),
        cmap=_COLOURS, vmin=spread[0], vmax=spread[1], shading="nearest",
    )  # fmt: skip
    if cells.size <= _FEW_CELLS and len(axes.get_figure(root=True).axes) == 1:  # type: ignore[union-attr]
        across_values, up_values = (list(map(float, values)) for values in (cells.columns, cells.index))
        for (row, column), share in np.ndenumerate(cells.to_numpy()):
            text = f"{share:.2f}".lstrip("0") or "0"
            axes.text(across_values[column], up_values[row], text, ha="center", va="center", fontsize=6)
    return image


def _draw_limits(axes: Axes, part: pd.DataFrame, across: str, up: str) -> None:
    """Draw the line of even odds through the cells, and through the ends of their intervals."""
    for column, width, dashes in (("share", 1.4, "-"), ("low", 0.8, ":"), ("high", 0.8, ":")):
        cells = part.pivot_table(index=up, columns=across, values=column)
        if cells.shape[0] > 1 and cells.shape[1] > 1 and cells.min().min() < 0.5 < cells.max().max():
            axes.contour(
                cells.columns.to_numpy(dtype=float), cells.index.to_numpy(dtype=float), cells.to_numpy(), levels=[0.5],
                colors=BLACK, linewidths=width, linestyles=dashes,
            )  # fmt: skip


def _name_axes(figure: Figure, grid: list[Axes], across: str, up: str) -> None:
    if len(grid) == 1:
        grid[0].set(xlabel=factor_axis(across), ylabel=factor_axis(up))
        return
    figure.supxlabel(factor_axis(across), fontsize=8)
    figure.supylabel(factor_axis(up), fontsize=8)


def _explain(figure: Figure, line: str) -> None:
    handles = [Line2D([], [], color=BLACK, linewidth=1.4), Line2D([], [], color=BLACK, linewidth=0.8, linestyle=":")]
    first, _, second = line.partition(", and ")
    figure.legend(handles, [first, second], loc="outside upper right", ncols=2)


def _boundary_line(fit: Fit, points: pd.DataFrame) -> Figure:
    figure = new_figure(3.2)
    figure.set_layout_engine("constrained")
    axes, factor = figure.subplots(), fit.factors[0]
    fine = pd.DataFrame({factor.path: _axis(factor)})
    found = fit.probability(fine)
    axes.fill_between(fine[factor.path], found["low"], found["high"], color=QUIET, alpha=0.25, linewidth=0)
    axes.plot(fine[factor.path], found["probability"], color=BLACK)
    around = [points["share"] - points["low"], points["high"] - points["share"]]
    axes.errorbar(
        points[factor.path], points["share"], yerr=np.clip(around, 0, 1), fmt="o", markersize=3, linewidth=0.7
    )
    axes.axhline(fit.level, color=QUIET, linestyle=":")
    axes.set(xlabel=factor_axis(factor.path), ylim=(-0.02, 1.02))
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
        smooth = found["probability"].to_numpy().reshape(shape)
        image = axes.pcolormesh(x, y, smooth, cmap=_COLOURS, vmin=0, vmax=1, rasterized=True)
        for column, width, dashes in (("probability", 1.4, "-"), ("low", 0.8, ":"), ("high", 0.8, ":")):
            surface = found[column].to_numpy().reshape(shape)
            if surface.min() < fit.level < surface.max():
                axes.contour(x, y, surface, levels=[fit.level], colors=BLACK, linewidths=width, linestyles=dashes)
        if len(fit.factors) == 3:
            third = fit.factors[2]
            axes.set_title(f"{factor_name(third.path)} {onto_scale(third, np.array([share]))[0]:.3g}")
        else:
            axes.scatter(
                points[across.path], points[up.path], c=points["share"], cmap=_COLOURS, vmin=0, vmax=1, s=14,
                edgecolors=BLACK, linewidths=0.5,
            )  # fmt: skip
    _name_axes(figure, grid, across.path, up.path)
    figure.colorbar(image, ax=grid, label="Smoothed probability", shrink=0.8, pad=0.02)
    _explain(figure, f"probability {fit.level:g}, and its 95 % interval")
    return figure


def _surface(fit: Fit, share: float) -> pd.DataFrame:
    across, up, *rest = fit.factors
    x, y = np.meshgrid(_axis(across), _axis(up))
    columns = {across.path: x.ravel(), up.path: y.ravel()}
    for factor in rest:
        columns[factor.path] = np.full(x.size, onto_scale(factor, np.array([share]))[0])
    return pd.DataFrame(columns)


def _axis(factor: Factor) -> NDArray[np.float64]:
    """Return evenly spread values of a factor, between whole numbers too, for a line or a surface."""
    low, high = float(factor.low or 0.0), float(factor.high or 0.0)
    return np.geomspace(low, high, _FINE) if factor.log else np.linspace(low, high, _FINE)
