"""A film has a frame every few months, tells what happened, and is the same for the same run."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from engagesim import scenario
from engagesim.engines.mesa import EngagementModel
from engagesim.errors import EngagementError
from engagesim.report.animation import MOST_FRAMES, Film, Screen, check_kind
from engagesim.report.style import ACT_COLOURS, drawing

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share


def filmed(parameters) -> Film:
    society = EngagementModel(parameters)
    film = Film(society)
    for _ in range(parameters.months):
        society.step()
        film.look()
    return film


@pytest.fixture(scope="module")
def short(tiny):
    return filmed(tiny.changed({"months": 7}))


def test_a_short_run_is_shown_month_by_month_from_before_the_first(short, tmp_path):
    path = short.save(tmp_path)
    with Image.open(path) as film:
        assert path.name == "animation.gif"
        assert film.format == "GIF"
        assert film.n_frames == 1 + 7
        assert film.info["loop"] == 0


@pytest.mark.parametrize("months", [MOST_FRAMES - 2, MOST_FRAMES - 1, MOST_FRAMES, 250])
def test_a_long_run_is_shown_every_few_months_up_to_its_end(months, tiny):
    shown = [scene.month for scene in filmed(tiny.changed({"months": months, "population.citizens": 10})).scenes]
    assert shown[0] == 0
    assert shown[-1] == months
    assert len(shown) <= MOST_FRAMES + 1
    assert len(set(np.diff(shown[:-1]))) == 1


def test_the_same_run_gives_the_same_bytes(short, tiny, tmp_path):
    one = short.save(tmp_path).read_bytes()
    assert filmed(tiny.changed({"months": 7})).save(tmp_path).read_bytes() == one


def test_the_future_stays_hidden_until_it_comes(short):
    with drawing():
        frames = list(Screen(short._model).frames(short.scenes))
    height, width, _ = frames[0].shape
    right = [frame[int(0.1 * height) : int(0.84 * height), int(0.7 * width) : int(0.975 * width)] for frame in frames]
    inked = [int((panels.min(axis=-1) < 250).sum()) for panels in right]
    assert inked == sorted(inked)
    assert inked[-1] > 2 * inked[0]


def test_each_frame_shows_what_its_month_was(short):
    with drawing():
        screen = Screen(short._model)
        for scene, _ in zip(short.scenes, screen.frames(short.scenes), strict=True):
            month = scene.month
            assert (f"month {month} (year 1)" if month else "before the first month") == screen._when.get_text()
            said = screen._caption.get_text().replace("\n", " ")
            assert ("Month 5: test opens." in said) == (5 <= month < 7)
            assert ("Nobody has acted yet" in said) == (month == 0)
            assert ("The end" in said) == (month == 7)


def test_it_stops_where_there_is_something_to_read(short, tmp_path):
    with Image.open(short.save(tmp_path)) as film:
        shown = []
        for place in range(film.n_frames):
            film.seek(place)
            shown.append(film.info["duration"])
    assert min(shown[0], shown[5], shown[-1]) > 1000  # the beginning, the opening and the end
    assert min(shown) == 250


def test_before_the_first_month_nobody_has_a_colour(short):
    with drawing():
        first = next(iter(Screen(short._model).frames(short.scenes[:1])))
    height, width, _ = first.shape
    picture = first[int(0.08 * height) : int(0.7 * height), : int(0.6 * width)].reshape(-1, 3).astype(int)
    assert (picture.max(axis=1) - picture.min(axis=1)).max() < 40


def test_colours_are_those_of_the_acts(short, tmp_path):
    with Image.open(short.save(tmp_path)) as film:
        film.seek(film.n_frames - 1)
        seen = {f"#{red:02X}{green:02X}{blue:02X}" for _, (red, green, blue) in film.convert("RGB").getcolors(1 << 24)}
    assert {ACT_COLOURS[name] for name in short.scenes[-1].doing} <= seen
    assert "#FFFFFF" in seen


def test_a_film_that_cannot_be_written_here_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr("engagesim.report.animation.FFMpegWriter.isAvailable", lambda: False)
    for kind in (False, True, "gif"):
        check_kind(kind)
    with pytest.raises(EngagementError, match=r"animate = mp4: must be gif, true or false, because ffmpeg"):
        check_kind("mp4")


def test_mp4_takes_the_same_frames_and_holds_the_last(short, tmp_path, monkeypatch):
    written = []

    class Writer:
        isAvailable = staticmethod(lambda: True)

        def __init__(self, fps, extra_args):
            self.fps = fps

        def saving(self, figure, path, dots):
            FigureCanvasAgg(figure)
            self.figure, self.size = figure, tuple((figure.get_size_inches() * dots).round().astype(int))
            return contextlib.nullcontext()

        def grab_frame(self):
            self.figure.canvas.draw()
            written.append(np.asarray(self.figure.canvas.buffer_rgba())[..., :3].copy())
            assert all(side % 2 == 0 for side in self.size)  # or players refuse it

    monkeypatch.setattr("engagesim.report.animation.FFMpegWriter", Writer)
    assert short.save(tmp_path, "mp4").name == "animation.mp4"
    with drawing():
        screen = Screen(short._model)
        frames, shown = list(screen.frames(short.scenes)), screen.durations(short.scenes)
    repeated = [frame for frame, time in zip(frames, shown, strict=True) for _ in range(round(time * 8 / 1000))]
    assert len(written) == len(repeated) > len(frames)
    assert all((one == other).all() for one, other in zip(written, repeated, strict=True))


def test_captions_and_marks_keep_to_their_own_place():
    town = scenario("contested_reform", engagement="cocreation").changed(
        {"population.citizens": 100, "months": 24, "engagement.start": 20}
    )
    film = filmed(town)
    with drawing():
        screen, told = Screen(film._model), set()
        for _ in screen.frames(film.scenes):
            first, last = (screen._figure.axes[place] for place in (1, -1))
            title, caption = (text.get_window_extent() for text in (first._left_title, screen._caption))
            told.add(screen._caption.get_text().replace("\n", " "))
            assert caption.y0 > title.y1
        mark = next(text for text in last.texts if "opens" in text.get_text())
        assert mark.get_window_extent().x1 <= last.get_window_extent().x1
    assert all(said.endswith((".", "…")) for said in told - {""})
    assert sum(said.endswith("…") for said in told) < len(told) / 2
