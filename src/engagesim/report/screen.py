"""What a film shows: the society at the left, what happened and the curves so far at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from engagesim.report.chronicle import chronicle
from engagesim.report.histories import Panel, count_months, draw_panel
from engagesim.report.palette import BLACK, QUIET
from engagesim.report.phrases import MEASURE, Mark, capital, plain
from engagesim.report.picture import Picture, Scene

if TYPE_CHECKING:
    from engagesim.model import EngagementModel

type Frame = NDArray[np.uint8]

SIZE, DOTS_PER_INCH = (10.4, 6.2), 100

_PANELS = (
    Panel("What citizens do", "share", ("collaborate", "confront", "abstain", "client"), True),
    Panel("What officials do", "share", ("cocreate", "accommodate", "token", "resist"), True),
    Panel("What comes of it", "0 to 1", ("quality", "trust", "coalition_share")),
)
_PICTURE = (0.005, 0.19, 0.63, 0.73)  # left, bottom, width and height in shares of the figure
_LEFT, _WIDTH, _HEIGHT, _UPS = 0.69, 0.29, 0.165, (0.64, 0.405, 0.17)
_TOP = 0.955
_MOST_NEWS = 4


class Screen:
    """The figure of a film: what stays is drawn once, and what moves over it for every frame.

    Parameters
    ----------
    model : EngagementModel
        A society that has lived a month at least.
    """

    def __init__(self, model: EngagementModel) -> None:
        metrics, parameters = model.metrics, model.parameters
        self._figure = Figure(figsize=SIZE, dpi=DOTS_PER_INCH)
        self._canvas = FigureCanvasAgg(self._figure)
        self._marks = chronicle(metrics, parameters)
        self._picture = Picture(model.wiring, self._figure.add_axes(_PICTURE))
        write = self._figure.text
        write(0.02, _TOP, capital(plain(parameters.name)), fontsize=13, fontweight="bold", va="center")
        self._when = write(0.62, _TOP, "", fontsize=13, va="center", ha="right")
        self._news = write(_LEFT, 0.985, "", fontsize=8, va="top", linespacing=1.5)
        self._curtains = []
        for panel, up in zip(_PANELS, _UPS, strict=True):
            axes = self._figure.add_axes((_LEFT, up, _WIDTH, _HEIGHT))
            draw_panel(axes, panel, metrics)
            axes.set_ylabel(panel.quantity)
            for mark in self._marks:
                if mark.dash:
                    axes.axvline(mark.month, color=BLACK, linewidth=0.9, linestyle=mark.dash)
            count_months(axes, len(metrics))
            axes.set_xlabel("")
            self._curtains.append(_Curtain(axes, len(metrics)))
        _explain(axes, panel)

    def frames(self, scenes: Iterable[Scene]) -> Iterator[Frame]:
        """Draw one scene after the other, as pixels of shape (height, width, 3)."""
        moving = [*self._picture.moving, self._when, self._news]
        moving += [artist for curtain in self._curtains for artist in curtain.moving]
        for artist in moving:
            artist.set_animated(True)
        self._canvas.draw()
        still: Any = self._canvas.copy_from_bbox(self._figure.bbox)
        for scene in scenes:
            self._show(scene)
            self._canvas.restore_region(still)
            for artist in moving:
                self._figure.draw_artist(artist)
            yield np.asarray(self._canvas.buffer_rgba())[..., :3].copy()

    def _show(self, scene: Scene) -> None:
        self._picture.show(scene)
        for curtain in self._curtains:
            curtain.open(scene.month)
        month = scene.month - 1
        self._when.set_text(f"month {month} (year {month // 12 + 1})" if scene.month else "before the first month")
        happened = [mark for mark in self._marks if mark.month <= month]
        self._news.set_text("\n".join(_told(mark) for mark in happened[: -_MOST_NEWS - 1 : -1]))


class _Curtain:
    """Hides what is still to come of a panel."""

    def __init__(self, axes: Axes, months: int) -> None:
        self._months = months
        self._edge = axes.axvline(0, color=QUIET, linewidth=0.8)
        self._cloth = Rectangle((0, 0), 0, 0, transform=axes.get_xaxis_transform(), facecolor="white", clip_on=False)
        axes.add_artist(self._cloth)
        self._floor = axes.spines["bottom"]

    @property
    def moving(self) -> list[Artist]:
        """What changes from month to month, from the back to the front."""
        return [self._cloth, self._edge, self._floor]

    def open(self, months: int) -> None:
        """Show so many months."""
        self._cloth.set_bounds(months, 0, 1.02 * self._months - months, 1.02)  # lines end a little beyond
        self._edge.set_xdata([months, months])


def _told(mark: Mark) -> str:
    return f"month {mark.month}: {mark.text}"


def _explain(axes: Axes, panel: Panel) -> None:
    """Name the lines under the lowest panel; colours of the others are those of the society's own legend."""
    axes.set_xlabel("month", labelpad=1)
    labels = [MEASURE[name].description for name in panel.measures]
    axes.legend(axes.lines[: len(labels)], labels, loc="upper left", bbox_to_anchor=(-0.02, -0.3), handlelength=2.2)
