"""The figures of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from engagesim.report.histories import HISTORIES, caption, draw_history
from engagesim.report.layout import arrange
from engagesim.report.palette import PAGE_WIDTH, drawing
from engagesim.report.paper import new_figure, save
from engagesim.report.picture import draw_society, picture_caption

if TYPE_CHECKING:
    from engagesim.model import EngagementModel

__all__ = ["draw_run", "draw_society"]

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
        The files written: ``behaviour``, ``outcomes``, ``coalition`` and ``society``.
    """
    with drawing():
        paths = [
            path
            for history in HISTORIES
            for path in save(
                draw_history(history, metrics, model.parameters),
                folder,
                history.name,
                caption(history, metrics, model.parameters),
            )
        ]
        return paths + _picture(model, folder)


def _picture(model: EngagementModel, folder: Path) -> list[Path]:
    layout = arrange(model.wiring)
    height = min(_MOST_HEIGHT, PAGE_WIDTH * layout.height_over_width)
    whole = height + (3 if layout.is_sample else 2) * _TITLE_LINE + _LEGEND_HEIGHT
    figure = new_figure(whole)
    axes = figure.add_axes((0.01, _LEGEND_HEIGHT / whole, 0.98, height / whole))
    draw_society(model, axes)
    return save(figure, folder, "society", picture_caption(model))
