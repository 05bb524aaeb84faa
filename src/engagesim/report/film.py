"""A run as a film: looked at month by month, and written as GIF or as MP4 at the end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.animation import FFMpegWriter
from matplotlib.figure import Figure
from PIL import Image, ImageColor

from engagesim.errors import EngagementError
from engagesim.report.palette import COLOURS, drawing
from engagesim.report.picture import Scene, scene_of
from engagesim.report.screen import DOTS_PER_INCH, SIZE, Frame, Screen

if TYPE_CHECKING:
    from engagesim.model import EngagementModel

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
        Where ``mp4`` is wanted, and there is no ffmpeg.
    """
    if kind == "mp4" and not FFMpegWriter.isAvailable():
        raise EngagementError("animate = mp4: ffmpeg is needed and not installed here; allowed are gif, true and false")


class Film:
    """A run that is filmed: looked at month by month, written at the end.

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
        """Write the film of a run that is over; the same run gives the same bytes (as GIF).

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
