"""The figures of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from engagesim.errors import ParameterError
from engagesim.report.histories import caption, draw_history, histories
from engagesim.report.layout import arrange
from engagesim.report.palette import PAGE_WIDTH, drawing
from engagesim.report.paper import new_figure, save
from engagesim.report.picture import draw_society, picture_caption
from engagesim.study.argument_checks import one_of

if TYPE_CHECKING:
    from engagesim.model import EngagementModel

__all__ = ["draw_run", "draw_society", "history_figure", "society_figure"]

# Inches above and below the picture itself, and how tall that may grow.
_TITLE_LINE, _LEGEND_HEIGHT, _MOST_HEIGHT = 0.15, 0.9, 5.5


def draw_run(metrics: pd.DataFrame, model: EngagementModel, folder: Path) -> list[Path]:
    """Draw what happened in a run, each figure as SVG and as PNG; the same run gives the same bytes.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The measures of each month, as in ``EngagementModel.metrics``; at least one month.
    model : EngagementModel
        The society as it stands at the end.
    folder : Path
        Where the files go; made if it is not there.

    Returns
    -------
    list of Path
        The files written: ``behaviour``, ``outcomes``, ``coalition`` and ``society``, and ``mechanisms`` where there
        are any that measure something.
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
    """Draw a society as it stands: who does what, who is tied to whom, and who stands together.

    Districts stand apart; shape tells the role, colour what an agent does this month. Of more than 3,000 agents a
    sample of districts is drawn, and the figure says so.

    Parameters
    ----------
    model : EngagementModel
        A society at any time.

    Returns
    -------
    matplotlib.figure.Figure
        Belongs to no window; a notebook shows it, and ``savefig`` writes it.

    Examples
    --------
    >>> from engagesim import EngagementModel, society_figure
    >>> society = EngagementModel(population__citizens=60, population__districts=3)
    >>> society_figure(society).axes[0].get_title(loc="left")
    'Who does what, and who stands together (before the first month)'
    """
    with drawing():
        return _picture(model)


def history_figure(model: EngagementModel, name: str = "behaviour") -> Figure:
    """Draw measures of a society over the months that it has lived, one panel above another.

    Parameters
    ----------
    model : EngagementModel
        A society that has lived a month at least.
    name : {"behaviour", "outcomes", "coalition", "mechanisms"}
        What people do; services, beliefs and morale; who stands together; or what mechanisms of your own measure.

    Returns
    -------
    matplotlib.figure.Figure
        Belongs to no window; a notebook shows it, and ``savefig`` writes it.

    Raises
    ------
    ParameterError
        Where there is no such figure, or no month was lived.

    Examples
    --------
    >>> from engagesim import EngagementModel, history_figure
    >>> society = EngagementModel(population__citizens=60, population__districts=3)
    >>> society.step()
    >>> [axes.get_title(loc="left") for axes in history_figure(society, "coalition").axes]
    ['Size: who belongs to a broad coalition', 'Breadth: where it holds']
    """
    known = {history.name: history for history in histories(model.design.measures)}
    one_of(name, known, "figure")
    if not model.month:
        raise ParameterError("model: has not lived a month; allowed is a society with a history, as after step()")
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
