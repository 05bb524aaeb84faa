"""A stored study as points to look at: which axes there are, what is held, and what came of each point."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from engagesim.errors import ParameterError, StoreError, nearest
from engagesim.report.study_words import choice_name
from engagesim.report.times import with_interval
from engagesim.study.observed import TIMES, averaged
from engagesim.study.results import Results

MEASURED = "measure"
"""In place of an axis upwards: the measure itself."""

MOST_DRAWN = 1500
"""Points in a picture at most; of more, some are picked evenly."""

MOST_LINES = 4
"""Lines at most that can be told apart; of an axis with more values a few are shown, both ends among them."""


class View(NamedTuple):
    """How a study is looked at: axes by column, what is held at which value, and the point that is chosen."""

    across: str
    up: str = MEASURED
    lines: str = ""
    measure: str = "coalition_formed"
    held: tuple[tuple[str, str], ...] = ()
    point: int | None = None
    seed: int | None = None

    @classmethod
    def of(cls, words: Mapping[str, str], results: Results) -> Self:
        """Read a view from the words of a link; what is not said fits the design.

        Raises
        ------
        ParameterError
            Names the word, and what is allowed.
        """
        known = axes(results)
        usual = usual_view(results)
        across = _one_of("x", words.get("x", usual.across), known)
        fallback = usual.up if usual.up != across else MEASURED
        up = _one_of("y", words.get("y", fallback), [MEASURED, *(name for name in known if name != across)])
        lines = _one_of(
            "lines", words.get("lines", usual.lines if usual.lines not in (across, up) else ""), ["", *known]
        )
        names = [each.name for each in averaged(results.measures)]
        measure = _one_of("measure", words.get("measure", usual.measure), names)
        view = cls(across, up, "" if up != MEASURED or lines == across else lines, measure)
        held = tuple((name, _held(name, words, results)) for name in view.to_hold(results))
        return view._replace(held=held, point=_whole(words, "point"), seed=_whole(words, "seed"))

    def words(self) -> dict[str, str]:
        """Return the view as words of a link."""
        said = {"x": self.across, "y": self.up, "lines": self.lines, "measure": self.measure}
        said |= {f"at.{name}": value for name, value in self.held}
        numbers = {"point": self.point, "seed": self.seed}
        return said | {name: str(value) for name, value in numbers.items() if value is not None}

    def to_hold(self, results: Results) -> list[str]:
        """List the columns that must be held so that a place in the picture is one point."""
        shown = {self.across, self.up, self.lines}
        return [
            name for name in axes(results) if name not in shown and (name in results.plan.choices or is_grid(results))
        ]


def axes(results: Results) -> list[str]:
    """List the columns that vary: choices first, then factors."""
    choices = [name for name in results.plan.choices if results.runs[name].nunique() > 1]
    return [*choices, *results.varying]


def is_grid(results: Results) -> bool:
    """Whether every value of a factor meets every value of the others."""
    design = results.plan.study.design
    return design.kind == "grid" and not design.zipped


def usual_view(results: Results) -> View:
    """Return the view that fits the design of a study.

    Raises
    ------
    StoreError
        Where nothing varies, or no run went well.
    """
    if results.sound.empty:
        raise StoreError(f"{results.folder.name}: no run went well; there is nothing to look at")
    known, factors, measure = axes(results), results.varying, results.plan.study.measure
    if measure in TIMES:
        measure = View.measure
    if not known:
        raise StoreError(f"{results.folder.name}: nothing varies in it but the seed; engagesim plot draws its months")
    if len(factors) > 1:
        return View(factors[0], factors[1], measure=measure)
    across = factors[0] if factors else known[0]
    lines = next((name for name in known if name != across), "")
    return View(across, MEASURED, lines, measure)


def values(results: Results, column: str) -> list[str]:
    """List the values of a column as words, in their order."""
    found = results.runs[column].drop_duplicates()
    ordered = found.tolist() if column in results.plan.choices else sorted(found.tolist())
    return [_word(value) for value in ordered]


def middle(results: Results, column: str) -> str:
    """Return the value of a column that it is held at unless another one is asked for: the middle one, or the first."""
    found = values(results, column)
    return found[0] if column in results.plan.choices else found[(len(found) - 1) // 2]


def points(results: Results, view: View) -> pd.DataFrame:
    """Return the points that are seen: a row a point with its axes, ``share`` (mean), ``low``, ``high`` and ``runs``.

    A point of which every run failed has a missing mean.
    """
    runs = results.runs
    for column, value in view.held:
        runs = runs[runs[column].map(_word) == value]
    if view.lines:
        runs = runs[runs[view.lines].map(_word).isin(_few(values(results, view.lines)))]
    shown = axes(results)
    first = runs.drop_duplicates("point")[["point", *shown]]
    sound = runs[runs["failed"].isna()].groupby("point")["seed"].size().rename("runs")
    table = with_interval(runs, ["point"], view.measure)[["point", "share", "low", "high"]]
    found = first.merge(table, how="left", on="point").merge(sound, how="left", on="point").fillna({"runs": 0})
    return _picked(found.sort_values("point", ignore_index=True))


def number_of(results: Results, column: str, value: object) -> float:
    """Return where a value stands on an axis: itself, or the place of a choice."""
    if column in results.plan.choices:
        return float(values(results, column).index(_word(value)))
    return float(value)  # type: ignore[arg-type]


def rows_of(results: Results, point: int) -> pd.DataFrame:
    """Return the runs of a point, each with its row in the study as index."""
    return results.runs[results.runs["point"] == point]


def point_says(row: Mapping[str, object], results: Results, view: View) -> str:
    """Return what a point says to somebody who comes to it: its axes, its mean and its runs."""
    at = ", ".join(
        f"{column.rpartition('.')[2].replace('_', ' ')} {choice_name(row[column])}" for column in axes(results)
    )
    share = float(row["share"])  # type: ignore[arg-type]
    came = "every run failed" if math.isnan(share) else f"{view.measure.replace('_', ' ')} {share:.3g}"
    return f"{at}: {came}, {int(row['runs'])} runs"  # type: ignore[call-overload]


def _few(found: Sequence[str]) -> list[str]:
    picked = np.linspace(0, len(found) - 1, min(len(found), MOST_LINES)).round().astype(int)
    return [found[number] for number in picked]


def _picked(found: pd.DataFrame) -> pd.DataFrame:
    if len(found) <= MOST_DRAWN:
        return found
    return found.iloc[np.linspace(0, len(found) - 1, MOST_DRAWN).round().astype(int)].reset_index(drop=True)


def _word(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _held(name: str, words: Mapping[str, str], results: Results) -> str:
    return _one_of(f"at.{name}", words.get(f"at.{name}", middle(results, name)), values(results, name))


def _one_of(place: str, name: str, allowed: Sequence[str]) -> str:
    if name not in allowed:
        raise ParameterError(f"{place} = {name!r}: no such choice here{nearest(name, allowed)}")
    return name


def _whole(words: Mapping[str, str], name: str) -> int | None:
    text = words.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
