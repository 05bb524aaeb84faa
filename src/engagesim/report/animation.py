"""A film of a run, month by month, with curves and events, as a GIF or an MP4."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.animation import FFMpegWriter
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image, ImageColor

from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.report.network_figure import Picture, Scene, scene_of
from engagesim.report.run_figures import Panel, count_months, draw_marks, draw_panel
from engagesim.report.story import told
from engagesim.report.style import BLACK, COLOURS, QUIET, drawing
from engagesim.report.text import MEASURE, capital, districts_named, month_name, plain, planned, several


class Moment(NamedTuple):
    """A caption for one month, counted from 0; if it ``stops`` the film, viewers have time to read it."""

    month: int
    text: str
    districts: tuple[int, ...] = ()
    stops: bool = True


def chronicle(events: pd.DataFrame, parameters: Parameters) -> list[Moment]:
    """List a film's captions for a run, by month; within a month, those for which the film pauses come first.

    The list contains forms that open and close, interventions that begin and end, the first demand, confrontation,
    promise and agreement, broken promises, politicians who are voted out, and coalitions that form and end. A film
    pauses only the first few times that each kind of event happens.

    Parameters
    ----------
    events : pandas.DataFrame
        As in ``EngagementModel.events``.
    parameters : Parameters
        The parameters of the run.
    """
    found = [Moment(mark.month, mark.text) for mark in planned(parameters, parameters.months)]
    for kind, many in _KINDS.items():
        mine = events[events["kind"] == kind]
        months = mine.groupby("month", sort=True)
        for number, (_, group) in enumerate(months):
            districts = tuple(sorted({*group["district"].tolist()}))
            if many is None and number:
                break
            text = told(next(group.itertuples())) if len(group) == 1 or many is None else _together(group, many)
            text = f"{text} (the first time)" if number == 0 and kind in _SAID_ONCE else text
            found.append(Moment(int(group["month"].iloc[0]), text, districts, number < _STOPS[kind]))
    return sorted(found, key=lambda moment: (moment.month, not moment.stops))


def _together(group: pd.DataFrame, words: str) -> str:
    places = sorted({*group["district"].tolist()})
    where = districts_named(places)
    return words.format(several(len(group), _NOUNS[str(group["kind"].iloc[0])]), where)


_NOUNS = {
    "promise_broken": "promise", "voted_out": "politician",
    "coalition_born": "coalition", "coalition_ended": "coalition",
}  # fmt: skip
_KINDS: dict[str, str | None] = {
    "coalition_born": "{} formed, in {}",
    "coalition_ended": "{} ended, in {}",
    "voted_out": "{} were voted out, in {}",
    "demand": None,
    "dispute_escalated": None,
    "promise": None,
    "promise_broken": "{} were broken, in {}",
    "agreement_made": None,
}
"""The caption for several events of a kind in one month; None where a film reports only the first."""

_SAID_ONCE = ("demand", "dispute_escalated", "promise", "promise_broken", "agreement_made")
_STOPS = {**dict.fromkeys(_KINDS, 1), "coalition_born": 4, "coalition_ended": 3, "voted_out": 2}
"""How often a film pauses for each kind of event."""


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
_LEFT, _WIDTH, _HEIGHT, _UPS = 0.69, 0.29, 0.145, (0.645, 0.452, 0.259)
_TOP = 0.955
_MOST_LINES, _LETTERS = 5, 40  # of a caption, and in a line
_CAPTION, _NAMES = 10.5, 7.5  # points


class Screen:
    """The figure of a film: fixed parts are drawn once, and moving parts are drawn over them in every frame.

    Parameters
    ----------
    model : EngagementModel
        A society after at least one month.
    """

    def __init__(self, model: EngagementModel) -> None:
        metrics, parameters = model.metrics, model.parameters
        self._model, self._shown = model, 0
        self._figure = Figure(figsize=SIZE, dpi=DOTS_PER_INCH)
        self._canvas = FigureCanvasAgg(self._figure)
        self._moments = chronicle(model.events, parameters)
        self._picture = Picture(model.wiring, self._figure.add_axes(_PICTURE))
        self._picture.enlarge_names(_NAMES)
        write = self._figure.text
        write(0.02, _TOP, capital(plain(parameters.name)), fontsize=13, fontweight="bold", va="center")
        self._when = write(0.62, _TOP, "", fontsize=13, va="center", ha="right")
        self._caption = write(_LEFT - 0.03, 0.985, "", fontsize=_CAPTION, va="top", linespacing=1.35)
        self._curtains = []
        for panel, up in zip(_PANELS, _UPS, strict=True):
            axes = self._figure.add_axes((_LEFT, up, _WIDTH, _HEIGHT))
            draw_panel(axes, panel, metrics)
            axes.set_ylabel(panel.quantity)
            draw_marks(axes, metrics, planned(parameters, len(metrics)))
            count_months(axes, len(metrics))
            axes.set_xlabel("")
            axes.tick_params(labelbottom=panel is _PANELS[-1])
            self._curtains.append(_Curtain(axes, len(metrics)))
        for mark in planned(parameters, len(metrics)):
            if mark.dash:
                is_late = mark.month > 0.6 * len(metrics)  # beside the line, on the side that has room
                axes.text(
                    mark.month + (-1 if is_late else 1), 0.97, mark.text, fontsize=8, va="top",
                    ha="right" if is_late else "left", transform=axes.get_xaxis_transform(),
                )  # fmt: skip
        _explain(axes, panel)

    def frames(self, scenes: Iterable[Scene]) -> Iterator[Frame]:
        """Yield each scene as an array of pixels, shape (height, width, 3)."""
        moving = [*self._picture.moving, self._when, self._caption]
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

    def durations(self, scenes: Sequence[Scene]) -> list[int]:
        """Return how long each scene is shown, in milliseconds: longer where there is something to read."""
        found, before = [], 0
        for scene in scenes:
            news = [moment for moment in self._moments if before <= moment.month < scene.month]
            words = sum(len(moment.text.split()) for moment in news if moment.stops)
            found.append(min(_LONGEST, _PAUSE + _WORD * words) if words else _MOVING)
            before = scene.month
        return [_FIRST_SHOWN, *found[1:-1], _END_SHOWN]

    def _show(self, scene: Scene) -> None:
        before = self._shown
        news = [moment for moment in self._moments if before <= moment.month < scene.month]
        self._shown = scene.month
        is_over = scene.month == self._model.parameters.months
        seen = [] if is_over else [moment for moment in news if moment.stops]
        self._picture.show(scene, [district for moment in seen for district in moment.districts])
        for curtain in self._curtains:
            curtain.open(scene.month)
        year = -(-scene.month // 12)
        self._when.set_text(f"month {scene.month} (year {year})" if scene.month else "before the first month")
        if is_over or not scene.month:
            lines = textwrap.wrap(self._end() if is_over else self._beginning(), _LETTERS)
        elif news or before == 0:  # the text before the first month no longer applies
            lines = _fitting([_told(moment) for moment in seen or news])
        else:
            self._caption.set_color(QUIET)
            return
        self._caption.set_color(BLACK)
        self._caption.set_text("\n".join(lines))

    def _beginning(self) -> str:
        size, plans = self._model.parameters.population, planned(self._model.parameters, self._model.parameters.months)
        coming = f" {capital(plans[0].text)} in {month_name(plans[0].month)}." if plans else ""
        return f"{size.citizens} citizens in {several(size.districts, 'district')}. Nobody has acted yet.{coming}"

    def _end(self) -> str:
        metrics, districts = self._model.metrics, self._model.parameters.population.districts
        months = max(1, min(12, len(metrics) // 2))
        first, last = (part[["quality", "trust"]].mean() for part in (metrics.head(months), metrics.tail(months)))
        standing = round(float(metrics["coalition_districts"].iloc[-1]) * districts)
        words = (
            f"The end: a coalition stands in {standing} of {several(districts, 'district')}.",
            f"Service quality went from {first['quality']:.2f} to {last['quality']:.2f},",
            f"trust from {first['trust']:.2f} to {last['trust']:.2f}.",
            "This is one draw of chance; another seed gives another history.",
        )
        return " ".join(words)


class _Curtain:
    """A patch that hides the months of a panel that are still to come."""

    def __init__(self, axes: Axes, months: int) -> None:
        self._months = months
        self._edge = axes.axvline(0, color=QUIET, linewidth=0.8)
        self._cloth = Rectangle((0, 0), 0, 0, transform=axes.get_xaxis_transform(), facecolor="white", clip_on=False)
        axes.add_artist(self._cloth)
        self._floor = axes.spines["bottom"]

    @property
    def moving(self) -> list[Artist]:
        """The parts that change each month, in order from back to front."""
        return [self._cloth, self._edge, self._floor]

    def open(self, months: int) -> None:
        """Show the first ``months`` months."""
        self._cloth.set_bounds(months, 0, 1.02 * self._months - months, 1.02)  # lines end a little beyond
        self._edge.set_xdata([months, months])


def _fitting(told: Sequence[list[str]]) -> list[str]:
    """Return the lines of the first sentences, as many as fit, with an ellipsis if others are left out."""
    lines: list[str] = []
    for number, sentence in enumerate(told):
        if len(lines) + len(sentence) > _MOST_LINES:
            return [*lines[:-1], f"{lines[-1]} …"] if number else [*sentence[: _MOST_LINES - 1], "…"]
        lines += sentence
    return lines


def _told(moment: Moment) -> list[str]:
    return textwrap.wrap(f"{capital(month_name(moment.month))}: {moment.text}.", _LETTERS)


def _explain(axes: Axes, panel: Panel) -> None:
    """Name the lines under the lowest panel; the legend of the society explains the colours of the other panels."""
    axes.set_xlabel("month", labelpad=1)
    labels = [MEASURE[name].description for name in panel.measures]
    lines: list[Any] = axes.lines[: len(labels)]
    opening = Line2D([], [], color=BLACK, linewidth=0.9, linestyle="--")
    election = Line2D([], [], color=QUIET, linestyle="", marker="|", markersize=6)
    named = [*labels, "A form opens or closes", "A month with an election"]
    axes.legend([*lines, opening, election], named, loc="upper left", bbox_to_anchor=(-0.02, -0.3), handlelength=2.2)


if TYPE_CHECKING:
    from engagesim.engines.mesa import EngagementModel

MOST_FRAMES = 100
"""Maximum number of frames of a film; a longer run is shown only every few months."""

_A_SECOND = 8
"""Frames per second of a video."""

_MOVING, _PAUSE, _WORD, _LONGEST = 250, 1250, 175, 5000
_FIRST_SHOWN, _END_SHOWN = 4000, 8000
"""Milliseconds for a moving frame, for a frame to read (minimum, per word, maximum), and for the first and last."""

_COLOURS = 255  # and one for unchanged pixels
_NEXT_TO = 12
"""Distance, out of 255, within which a colour counts as engagesim's; Pillow separates colours by four steps at best."""


def check_kind(kind: object) -> None:
    """Refuse a film format that this machine cannot write.

    Raises
    ------
    EngagementError
        If ``mp4`` is requested and ffmpeg is not installed.
    """
    if kind == "mp4" and not FFMpegWriter.isAvailable():
        raise EngagementError("animate = mp4: must be gif, true or false, because ffmpeg is not installed")


class Film:
    """A recorder that films a run month by month and writes the film at the end.

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
        """Record what the society does, every few months and at the end of its run."""
        month = self._model.month
        if month % self._every == 0 or month == self._months:
            self.scenes.append(scene_of(self._model))

    def save(self, folder: Path, kind: Literal["gif", "mp4"] = "gif") -> Path:
        """Write the film of a finished run; the same run gives an identical GIF.

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
            screen = Screen(self._model)
            frames, shown = screen.frames(self.scenes), screen.durations(self.scenes)
            (_write_gif if kind == "gif" else _write_mp4)(path, frames, shown)
        return path


def _write_gif(path: Path, frames: Iterable[Frame], shown: Sequence[int]) -> None:
    """Write frames with one palette and no dithering, so that unchanged pixels take up no space."""
    images = [Image.fromarray(frame) for frame in frames]
    palette = _palette(np.concatenate([np.asarray(images[place]) for place in (0, len(images) // 2, -1)]))
    first, *others = (image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    first.save(path, save_all=True, append_images=others, duration=list(shown), loop=0)


def _palette(sample: Frame) -> Image.Image:
    """Return a palette of engagesim's colours, completed with the other colours of a sample frame."""
    own = np.array([ImageColor.getrgb(colour) for colour in COLOURS], dtype=int)
    found = Image.fromarray(sample).quantize(_COLOURS - len(own), method=Image.Quantize.MEDIANCUT).getpalette()
    other = np.array(found, dtype=int).reshape(-1, 3)
    is_apart = np.abs(other[:, None] - own).max(axis=-1).min(axis=-1) > _NEXT_TO
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate((own, other[is_apart])).ravel().tolist())
    return palette


def _write_mp4(path: Path, frames: Iterable[Frame], shown: Sequence[int]) -> None:
    figure = Figure(figsize=SIZE, dpi=DOTS_PER_INCH)
    writer = FFMpegWriter(fps=_A_SECOND, extra_args=["-pix_fmt", "yuv420p"])  # a format that every player can play
    image = None
    with writer.saving(figure, str(path), DOTS_PER_INCH):
        for frame, milliseconds in zip(frames, shown, strict=True):
            if image is None:
                image = figure.figimage(frame)
            image.set_data(frame)
            for _ in range(round(milliseconds * _A_SECOND / 1000)):
                writer.grab_frame()
