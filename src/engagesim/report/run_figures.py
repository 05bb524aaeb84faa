"""The figures of a run: its measures month by month, and a map of the society."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator
from numpy.typing import NDArray

from engagesim.errors import ParameterError
from engagesim.measures import MEASURES, Measure
from engagesim.mechanisms.design import measures_of
from engagesim.parameters import Parameters
from engagesim.report.network_figure import arrange, draw_society, picture_caption
from engagesim.report.style import (
    ACT_COLOURS,
    BLACK,
    GREEN,
    LINES,
    PAGE_WIDTH,
    PALE,
    QUIET,
    VERMILION,
    Caption,
    drawing,
    new_figure,
    save,
)
from engagesim.report.text import (
    CAUSES,
    MEASURE,
    Mark,
    act,
    actors,
    capital,
    openings,
    plain,
    unit,
    wrapped,
)
from engagesim.study.argument_checks import one_of

type Series = NDArray[np.float64]


class Panel(NamedTuple):
    """One pair of axes.

    Lines and stacked areas share a scale from 0 to 1; ``close`` lines, which stay low, have a narrower scale.
    For ``events``, each measure has a row, with a mark in each month in which it is not 0.
    """

    title: str
    quantity: str
    measures: tuple[str, ...]
    kind: Literal["lines", "close", "stack", "events"] = "lines"


class History(NamedTuple):
    """One figure: stacked panels with a common axis of months."""

    name: str
    title: str
    panels: tuple[Panel, ...]


BEHAVIOUR = History(
    "behaviour",
    "What citizens, officials and politicians do",
    (
        Panel("Strategies of citizens", "", ("collaborate", "confront", "abstain", "client"), "stack"),
        Panel("Responses of officials", "", ("cocreate", "accommodate", "token", "resist"), "stack"),
        Panel("Platforms of politicians", "", ("sponsor", "arms_length", "patronage"), "stack"),
    ),
)
OUTCOMES = History(
    "outcomes",
    "Services, beliefs and morale",
    (
        Panel("Quality of the service, and what people expect", "quality", ("quality", "aspiration")),
        Panel("Beliefs of citizens", "belief", ("trust", "efficacy_collaborate", "efficacy_confront")),
        Panel("Morale of officials", "morale", ("morale", "morale_reform_minded", "morale_clientelist")),
    ),
)
COMMITMENT = History(
    "commitment",
    "Who commits, and who reaches an agreement",
    (
        Panel("Users who organise", "organisation", ("organisation", "members", "leaders"), "close"),
        Panel(
            "Users and officials at service points",
            "service points",
            ("promises_open", "disputes", "agreements"),
            "close",
        ),
        Panel("Positions held by officials and politicians", "positions", ("responsive", "patronage", "sponsor")),
    ),
)
COALITION = History(
    "coalition",
    "Coalitions of districts",
    (
        Panel("Districts with a coalition", "districts", ("coalition_districts", "coalition_ever")),
        Panel(
            "Members of coalitions",
            "members",
            ("coalition_citizens", "coalition_officials", "coalition_politicians"),
            "close",
        ),
        Panel(
            "Coalitions that formed, and that ended because \u2026",
            "coalitions",
            ("coalition_births", *CAUSES),
            "events",
        ),
    ),
)
HISTORIES = (BEHAVIOUR, OUTCOMES, COMMITMENT, COALITION)


def histories(measures: Sequence[Measure] = MEASURES) -> tuple[History, ...]:
    """Return the figures of a run over time; measures of mechanisms have their own figure, with one panel for each."""
    panels = tuple(
        Panel(wrapped(each.description), plain(each.name), (each.name,)) for each in measures[len(MEASURES) :]
    )
    return (*HISTORIES, History("mechanisms", "Measures of your own mechanisms", panels)) if panels else HISTORIES


_GROUPS = {"morale_reform_minded": ("reform_minded", 0.0), "morale_clientelist": ("reform_minded", 1.0)}
"""Measures averaged over a group that may be empty, each with the group's share and its value if the group is empty."""

_TOPS = (0.1, 0.25, 0.5, 1.0)
"""Possible upper limits of the scale for lines that stay low."""

_RUG = 0.06
"""Height of the tick for an election, as a share of the panel."""

_PANEL_HEIGHT = 1.65
_YEAR = 12


def draw_history(history: History, metrics: pd.DataFrame, parameters: Parameters) -> Figure:
    """Draw one figure of measures over time.

    Parameters
    ----------
    history : History
    metrics : pandas.DataFrame
        As in ``EngagementModel.metrics``; at least one month.
    parameters : Parameters
    """
    figure = new_figure(_PANEL_HEIGHT * len(history.panels) + 0.75)
    figure.set_layout_engine("constrained")
    figure.suptitle(history.title, x=0.01, ha="left")
    months = len(metrics)
    marks = openings(parameters, months)
    panels = figure.subplots(len(history.panels), sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(panels, history.panels, strict=True):
        draw_panel(axes, panel, metrics, _measures(parameters))
        draw_marks(axes, metrics, marks)
        _explain(axes, panel)
    _name_marks(panels[0], marks, months)
    count_months(panels[-1], months)
    if metrics["elections"].any():
        panels[-1].set_xlabel("month (ticks inside the panels: elections in districts)")
    return figure


def caption(history: History, metrics: pd.DataFrame, parameters: Parameters) -> Caption:
    """Return the alternative text of a figure: where each measure starts and ends."""
    about = _measures(parameters)
    sentences = [f"Months 1 to {len(metrics)} of the run {plain(parameters.name)!r}."]
    for panel in history.panels:
        for name in panel.measures:
            sentences.append(f"{about[name].description}: {_course(panel, _values(metrics, name), parameters)}.")
    sentences += [f"{capital(mark.text)}." for mark in openings(parameters, len(metrics))]
    return Caption(history.title, " ".join(sentences))


def _course(panel: Panel, values: Series, parameters: Parameters) -> str:
    if panel.kind == "events":
        return f"{round(values.sum() * parameters.population.districts)} in all"
    first, last = ("none" if np.isnan(each) else f"{each:.2f}" for each in values[[0, -1]])
    return f"{first} in the first month, {last} in the last"


def draw_panel(axes: Axes, panel: Panel, metrics: pd.DataFrame, about: Mapping[str, Measure] = MEASURE) -> None:
    """Draw measures over all months on a pair of axes, without a legend."""
    series = [_values(metrics, name) for name in panel.measures]
    axes.set(title=panel.title, xlim=(0, len(metrics)), ylabel=_scale(panel, about))
    if panel.kind == "events":
        _date(axes, panel, series, about)
        return
    if panel.kind == "stack":
        _stack(axes, panel, series)
    else:
        _trace(axes, panel, series, about)
    most = max(float(np.nanmax(values, initial=0)) for values in series)
    if most <= 1 and all(np.nanmin(values, initial=0) >= 0 for values in series):
        top = next(top for top in _TOPS if most <= top) if panel.kind == "close" else 1
        axes.set_ylim(0, top)
        axes.set_yticks(np.linspace(0, top, 5), labels=("0", "", f"{top / 2:g}", "", f"{top:g}"))


def draw_marks(axes: Axes, metrics: pd.DataFrame, marks: Iterable[Mark]) -> None:
    """Draw a line for each mark that has a dash pattern, and a tick at the end of each month with an election."""
    for mark in marks:
        if mark.dash:
            axes.axvline(mark.month, color=BLACK, linewidth=0.9, linestyle=mark.dash)
    months = np.flatnonzero(metrics["elections"].to_numpy()) + 1
    axes.vlines(months, 0, _RUG, colors=QUIET, linewidths=0.7, transform=axes.get_xaxis_transform())


def _measures(parameters: Parameters) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures_of(type(parameters))}


def _stack(axes: Axes, panel: Panel, series: list[Series]) -> None:
    """Stack shares, with each month filling the space up to the next, so that no change appears too early."""
    months = np.arange(len(series[0]) + 1)
    axes.stackplot(
        months,
        [np.append(values, values[-1]) for values in series],
        colors=[ACT_COLOURS[name] for name in panel.measures],
        labels=[act(name) for name in panel.measures],
        step="post",
        linewidth=0,
    )


def _trace(axes: Axes, panel: Panel, series: list[Series], about: Mapping[str, Measure]) -> None:
    """Draw lines through the middle of each month, extended horizontally to both ends so that even one month shows."""
    count = len(series[0])
    months = np.concatenate(((0.0,), np.arange(count) + 0.5, (count,)))
    axes.grid(axis="y", color=PALE, linewidth=0.5)
    for name, values, (colour, dashes, width) in zip(panel.measures, series, LINES[: len(series)], strict=True):
        padded = np.concatenate((values[:1], values, values[-1:]))
        label = wrapped(about[name].description)
        look = {"color": colour, "linestyle": dashes, "linewidth": width}
        axes.plot(months, padded, label=label, clip_on=False, **look)


def _date(axes: Axes, panel: Panel, series: list[Series], about: Mapping[str, Measure]) -> None:
    """Put a mark in the middle of each month in which a measure is not 0, and the name of each row to its right."""
    for row, (name, values) in enumerate(zip(panel.measures, series, strict=True)):
        months = np.flatnonzero(values)
        colour, shape = (GREEN, "^") if name not in CAUSES else (VERMILION, "X")
        axes.scatter(
            months + 0.5,
            np.full(len(months), row),
            s=26,
            marker=shape,
            color=colour,
            linewidth=0,
            zorder=3,
            clip_on=False,
        )
    axes.set_ylim(len(series) - 0.4, -0.6)
    axes.set_yticks(
        range(len(series)),
        labels=[CAUSES.get(name, about[name].description.removeprefix("Coalitions ")) for name in panel.measures],
    )
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0, labelsize=7)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", color=PALE, linewidth=0.5)
    axes.set_axisbelow(True)


def _scale(panel: Panel, about: Mapping[str, Measure]) -> str:
    first = about[panel.measures[0]]
    if panel.kind == "events":
        return ""
    return f"{panel.quantity}\n({first.unit})" if panel.quantity else unit(first)


def _values(metrics: pd.DataFrame, name: str) -> Series:
    values = metrics[name].to_numpy(dtype=np.float64)
    if name in _GROUPS:
        beside, empty_at = _GROUPS[name]
        values = np.where(metrics[beside].to_numpy() == empty_at, np.nan, values)
    return values


def _explain(axes: Axes, panel: Panel) -> None:
    """Put the legend beside the panel, in the order of the stacked areas or of the lines' ends."""
    if panel.kind == "events":
        return
    handles, labels = axes.get_legend_handles_labels()
    is_stack = panel.kind == "stack"
    order = list(range(len(handles)))[::-1] if is_stack else list(range(len(handles)))
    title = f"{actors(panel.measures[0])} who" if is_stack else None
    axes.legend(
        [handles[place] for place in order],
        [labels[place] for place in order],
        title=title,
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        alignment="left",
        handlelength=2.2,
    )


def _name_marks(axes: Axes, marks: list[Mark], months: int) -> None:
    """Write above the top panel what happened, with each mark on its own line so that none covers another."""
    for line, mark in enumerate(marks):
        is_late = mark.month > months / 2
        axes.annotate(
            f"{mark.text} \u25bc" if is_late else f"\u25bc {mark.text}",
            (mark.month, 1.0),
            xytext=(4 if is_late else -4, 2 + 9 * line),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha="right" if is_late else "left",
            fontsize=7.5,
        )
    axes.set_title(axes.get_title(loc="left"), pad=6 + 9 * len(marks))


def count_months(axes: Axes, months: int) -> None:
    """Mark the months below an axis, or the years if there are many months."""
    axes.set_xlabel("month")
    if months < 2 * _YEAR:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    else:
        axes.xaxis.set_major_locator(MultipleLocator(_YEAR * -(-months // (_YEAR * 12))))


if TYPE_CHECKING:
    from engagesim.engines.mesa import EngagementModel

__all__ = ["draw_run", "draw_society", "history_figure", "society_figure"]

# Inches above and below the picture, and the maximum height of the picture.
_TITLE_LINE, _LEGEND_HEIGHT, _MOST_HEIGHT = 0.15, 1.45, 5.5


def draw_run(metrics: pd.DataFrame, model: EngagementModel, folder: Path) -> list[Path]:
    """Draw the figures of a run, each as SVG and as PNG; the same run gives identical files.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The measures of each month, as in ``EngagementModel.metrics``; at least one month.
    model : EngagementModel
        The society at the end.
    folder : Path
        Folder for the files; created if it does not exist.

    Returns
    -------
    list of Path
        The files written: ``behaviour``, ``outcomes``, ``commitment``, ``coalition`` and ``society``, and
        ``mechanisms`` if any mechanism has a measure.
    """
    with drawing():
        paths = [
            path
            for history in histories(model.design.measures)
            for path in save(
                draw_history(history, metrics, model.parameters),
                folder,
                history.name,
                caption(history, metrics, model.parameters),
            )
        ]
        return paths + save(_picture(model), folder, "society", picture_caption(model))


def society_figure(model: EngagementModel) -> Figure:
    """Draw the current society: who does what, who is tied to whom, and who has committed to what.

    Districts are separate; shape shows the role, colour what an agent does. With more than 3,000 agents, the figure
    shows a sample of districts and states this.

    Parameters
    ----------
    model : EngagementModel
        A society at any time.

    Returns
    -------
    matplotlib.figure.Figure
        A figure without a window; a notebook shows it, and ``savefig`` writes it.

    Examples
    --------
    >>> from engagesim import EngagementModel, society_figure
    >>> society = EngagementModel(population__citizens=60, population__districts=3)
    >>> society_figure(society).axes[0].get_title(loc="left")
    'Who does what, and who has committed (before the first month)'
    """
    with drawing():
        return _picture(model)


def history_figure(model: EngagementModel, name: str = "behaviour") -> Figure:
    """Draw measures of a society over the months so far, one panel above another.

    Parameters
    ----------
    model : EngagementModel
        A society after at least one month.
    name : {"behaviour", "outcomes", "commitment", "coalition", "mechanisms"}
        What people do; services, beliefs and morale; organisations, disputes and agreements; coalitions; or the
        measures of your own mechanisms.

    Returns
    -------
    matplotlib.figure.Figure
        A figure without a window; a notebook shows it, and ``savefig`` writes it.

    Raises
    ------
    ParameterError
        If the figure does not exist, or no month was simulated.

    Examples
    --------
    >>> from engagesim import EngagementModel, history_figure
    >>> society = EngagementModel(population__citizens=60, population__districts=3)
    >>> society.step()
    >>> [axes.get_title(loc="left") for axes in history_figure(society, "coalition").axes]
    ['Districts with a coalition', 'Members of coalitions', 'Coalitions that formed, and that ended because \u2026']
    """
    known = {history.name: history for history in histories(model.design.measures)}
    one_of(name, known, "figure")
    if not model.month:
        raise ParameterError("model: must have simulated a month; call step() first")
    with drawing():
        return draw_history(known[name], model.metrics, model.parameters)


def _picture(model: EngagementModel) -> Figure:
    layout = arrange(model.wiring)
    height = min(_MOST_HEIGHT, PAGE_WIDTH * layout.height_over_width)
    whole = height + (3 if layout.is_sample else 2) * _TITLE_LINE + _LEGEND_HEIGHT
    figure = new_figure(whole)
    axes = figure.add_axes((0.01, _LEGEND_HEIGHT / whole, 0.98, height / whole))
    draw_society(model, axes)
    return figure
