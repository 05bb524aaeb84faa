"""A film of a run, month by month, with curves and events, as GIF or MP4."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from matplotlib.animation import FFMpegWriter
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image, ImageColor

from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.report.network_figure import Picture, Scene, scene_of
from engagesim.report.run_figures import Panel, count_months, draw_marks, draw_panel
from engagesim.report.style import COLOURS, QUIET, drawing
from engagesim.report.text import CAUSES, MEASURE, Mark, capital, month_name, plain, planned, several


def chronicle(metrics: pd.DataFrame, parameters: Parameters) -> list[Mark]:
    """List what happened, in the order of the months; metrics and parameters are those of ``describe_run``.

    There are forms that open and close, interventions that begin and end, elections that politicians lose, politicians
    replaced between elections, and coalitions of districts that form and end. Only openings have a ``dash``.
    """
    marks = [
        *planned(parameters, len(metrics)), *_politics(metrics, parameters), *_coalitions(metrics, parameters)
    ]  # fmt: skip
    return sorted(marks, key=lambda mark: mark.month)


def _politics(metrics: pd.DataFrame, parameters: Parameters) -> list[Mark]:
    districts = parameters.population.districts
    held, lost = ((metrics[name] * districts).round().astype(int) for name in ("elections", "new_politicians"))
    return [
        Mark(month, f"{several(of, 'election')}: {several(replaced, 'politician')} replaced", "")
        for month, (of, replaced) in enumerate(zip(held, lost, strict=True))
        if replaced
    ]


def _coalitions(metrics: pd.DataFrame, parameters: Parameters) -> list[Mark]:
    """Say how many coalitions form, and how many end, with the cause."""
    told = {"coalition_births": "formed"} | {name: f"ended because {cause}" for name, cause in CAUSES.items()}
    return [
        Mark(month, f"{several(round(share * parameters.population.districts), 'coalition')} {words}", "")
        for name, words in told.items()
        for month, share in enumerate(metrics[name].tolist())
        if share > 0
    ]


if TYPE_CHECKING:
    from engagesim.engines.mesa import EngagementModel

type Frame = NDArray[np.uint8]

SIZE, DOTS_PER_INCH = (10.4, 6.2), 100

_PANELS = (
    Panel("What citizens do", "share", ("collaborate", "confront", "abstain", "client"), "stack"),
    Panel("What officials do", "share", ("cocreate", "accommodate", "token", "resist"), "stack"),
    Panel("Outcomes", "0 to 1", ("quality", "trust", "members", "coalition_districts")),
)
_PICTURE = (0.005, 0.24, 0.63, 0.69)  # left, bottom, width and height in shares of the figure
_LEFT, _WIDTH, _HEIGHT, _UPS = 0.69, 0.29, 0.165, (0.64, 0.405, 0.17)
_TOP = 0.955
_MOST_NEWS, _LETTERS = 4, 50  # lines, and letters in one


class Screen:
    """The figure of a film: what stays is drawn once, and what moves over it for every frame.

    Parameters
    ----------
    model : EngagementModel
        A society after at least one month.
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
            draw_marks(axes, metrics, self._marks)
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
        year = -(-scene.month // 12)
        self._when.set_text(f"month {scene.month} (year {year})" if scene.month else "before the first month")
        happened = [mark for mark in self._marks if mark.month < scene.month]
        lines = [line for mark in happened[: -_MOST_NEWS - 1 : -1] for line in _told(mark)]
        self._news.set_text("\n".join(lines[:_MOST_NEWS]))


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


def _told(mark: Mark) -> list[str]:
    return textwrap.wrap(f"{month_name(mark.month)}: {mark.text}", _LETTERS, subsequent_indent="    ")


def _explain(axes: Axes, panel: Panel) -> None:
    """Name the lines under the lowest panel; colours of the others are those of the society's own legend."""
    axes.set_xlabel("month", labelpad=1)
    labels = [MEASURE[name].description for name in panel.measures]
    axes.legend(axes.lines[: len(labels)], labels, loc="upper left", bbox_to_anchor=(-0.02, -0.3), handlelength=2.2)


if TYPE_CHECKING:
    from engagesim.engines.mesa import EngagementModel

MOST_FRAMES = 100
"""Frames of a film at most; a longer run is shown every few months."""

_A_SECOND = 8
_END_SHOWN = 4  # seconds
_COLOURS = 255  # and one for what stays as it was
_NEXT_TO = 12
"""Steps of 255 within which a colour is taken for one of ours: Pillow tells colours apart by four steps at best."""


def check_kind(kind: object) -> None:
    """Refuse a kind of film that this machine cannot write.

    Raises
    ------
    EngagementError
        If ``mp4`` is requested, and ffmpeg is not installed.
    """
    if kind == "mp4" and not FFMpegWriter.isAvailable():
        raise EngagementError("animate = mp4: must be gif, true or false, since ffmpeg is not installed here")


class Film:
    """Films a run: records it month by month, and writes the film at the end.

    Parameters
    ----------
    model : EngagementModel
        The society before its first month.
    """

    def __init__(self, model: EngagementModel) -> None:
        self._model = model
        self._months = model.parameters.months
        self._every = -(-self._months // (MOST_FRAMES - 1))
        self.scenes: list[Scene] = []
        self.look()

    def look(self) -> None:
        """Keep what the society does, every few months and at the end of its run."""
        month = self._model.month
        if month % self._every == 0 or month == self._months:
            self.scenes.append(scene_of(self._model))

    def save(self, folder: Path, kind: Literal["gif", "mp4"] = "gif") -> Path:
        """Write the film of a run that is over; the same run gives an identical file (as GIF).

        Returns
        -------
        Path
            ``animation.gif`` or ``animation.mp4`` in the folder.

        Raises
        ------
        EngagementError
            As :func:`check_kind` does.
        """
        check_kind(kind)
        path = folder / f"animation.{kind}"
        with drawing():
            frames = Screen(self._model).frames(self.scenes)
            (_write_gif if kind == "gif" else _write_mp4)(path, frames)
        return path


def _write_gif(path: Path, frames: Iterable[Frame]) -> None:
    """Write frames that share a palette, without dithering: what does not move costs nothing then."""
    images = [Image.fromarray(frame) for frame in frames]
    palette = _palette(np.concatenate([np.asarray(images[place]) for place in (0, len(images) // 2, -1)]))
    first, *others = (image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    shown = [1000 // _A_SECOND] * len(others) + [1000 * _END_SHOWN]
    first.save(path, save_all=True, append_images=others, duration=shown, loop=0)


def _palette(sample: Frame) -> Image.Image:
    """Return a palette with our own colours as they are, and in between what a sample has besides."""
    own = np.array([ImageColor.getrgb(colour) for colour in COLOURS], dtype=int)
    found = Image.fromarray(sample).quantize(_COLOURS - len(own), method=Image.Quantize.MEDIANCUT).getpalette()
    other = np.array(found, dtype=int).reshape(-1, 3)
    is_apart = np.abs(other[:, None] - own).max(axis=-1).min(axis=-1) > _NEXT_TO
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate((own, other[is_apart])).ravel().tolist())
    return palette


def _write_mp4(path: Path, frames: Iterable[Frame]) -> None:
    figure = Figure(figsize=SIZE, dpi=DOTS_PER_INCH)
    writer = FFMpegWriter(fps=_A_SECOND, extra_args=["-pix_fmt", "yuv420p"])  # what every player can play
    image = None
    with writer.saving(figure, str(path), DOTS_PER_INCH):
        for frame in frames:
            if image is None:
                image = figure.figimage(frame)
            image.set_data(frame)
            writer.grab_frame()
        for _ in range(_END_SHOWN * _A_SECOND):
            writer.grab_frame()
