"""A figure of the events of a run: what happened when, below the curve of service quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engagesim.parameters import Parameters
from engagesim.report.run_figures import count_months
from engagesim.report.style import (
    BLACK,
    BLUE,
    GREEN,
    LINES,
    ORANGE,
    PALE,
    PURPLE,
    SKY_BLUE,
    VERMILION,
    Caption,
    drawing,
    new_figure,
    save,
)
from engagesim.report.text import capital, month_name, openings, plain


class Track(NamedTuple):
    """A row of the timeline: what it shows, the kinds of events, colour and shape."""

    label: str
    kinds: tuple[str, ...]
    colour: str
    shape: str


TRACKS = (
    Track("demands", ("demand",), ORANGE, "o"),
    Track("confrontations", ("dispute_escalated",), VERMILION, "^"),
    Track("promises", ("promise",), SKY_BLUE, "o"),
    Track("promises kept", ("promise_kept",), GREEN, "s"),
    Track("promises broken", ("promise_broken",), PURPLE, "X"),
    Track("agreements", ("agreement_made",), GREEN, "D"),
    Track("officials transferred", ("official_transferred",), BLACK, "|"),
    Track("politicians voted out", ("voted_out",), VERMILION, "v"),
    Track("platforms changed", ("politician_changed_platform",), ORANGE, "d"),
    Track("coalitions formed", ("coalition_born",), BLUE, "P"),
    Track("coalitions ended", ("coalition_ended",), PURPLE, "X"),
)
"""The rows of a timeline, from top to bottom."""

_TITLE = "What happened"
_ROW, _QUALITY, _ROOM = 0.19, 1.2, 0.85
"""Height in inches of a row, of the curve, and of titles and axes."""


def draw_events(events: pd.DataFrame, metrics: pd.DataFrame, parameters: Parameters, folder: Path) -> list[Path]:
    """Draw the timeline of a run, as SVG and as PNG.

    Parameters
    ----------
    events, metrics : pandas.DataFrame
        As in ``EngagementModel``; at least one month.
    parameters : Parameters
        The parameters of the society.
    folder : Path
        Folder for the files; created if it does not exist.

    Returns
    -------
    list of Path
        The files written.
    """
    with drawing():
        return save(_figure(events, metrics, parameters), folder, "events", caption_of(events, len(metrics)))


def caption_of(events: pd.DataFrame, months: int) -> Caption:
    """Return the alternative text of the figure: the number of events of each kind, and the first and last month."""
    when = [events.loc[events["kind"].isin(track.kinds), "month"] for track in TRACKS]
    return caption([(len(each), each.min(), each.max()) for each in when], months)


def caption(tracks: Sequence[tuple[int, int, int]], months: int) -> Caption:
    """Return the alternative text from the number of events in each row, and their first and last month."""
    parts = [f"Events of months 1 to {months}."]
    for track, (count, first, last) in zip(TRACKS, tracks, strict=True):
        span = f", from {month_name(first)} to {month_name(last)}" if count > 1 else ""
        parts.append(f"{capital(track.label)}: {count}{span}.")
    return Caption(_TITLE, " ".join(parts))


def _figure(events: pd.DataFrame, metrics: pd.DataFrame, parameters: Parameters) -> Figure:
    rows = _ROW * len(TRACKS)
    figure = new_figure(_QUALITY + rows + _ROOM)
    figure.set_layout_engine("constrained")
    figure.suptitle(f"{_TITLE} in the run {plain(parameters.name)!r}", x=0.01, ha="left")
    above, below = figure.subplots(2, sharex=True, height_ratios=(_QUALITY, rows))
    months = len(metrics)
    colour, dashes, width = LINES[0]
    above.plot(np.arange(months) + 0.5, metrics["quality"], color=colour, linestyle=dashes, linewidth=width)
    above.set(title="Quality of the service", ylim=(0, 1), xlim=(0, months))
    above.grid(axis="y", color=PALE, linewidth=0.5)
    timeline(below, events)
    for axes in (above, below):
        for mark in openings(parameters, months):
            axes.axvline(mark.month, color=BLACK, linewidth=0.9, linestyle=mark.dash, zorder=0)
    for mark in openings(parameters, months):
        is_late = mark.month > months / 2
        place = {"xytext": (-4 if is_late else 4, 4), "ha": "right" if is_late else "left"}
        above.annotate(mark.text, (mark.month, 0), textcoords="offset points", fontsize=7.5, **place)
    count_months(below, months)
    return figure


def timeline(axes: Axes, events: pd.DataFrame) -> None:
    """Draw the rows of the timeline, with a mark in each month with events; more events make a larger mark."""
    for row, track in enumerate(TRACKS):
        counts = events.loc[events["kind"].isin(track.kinds), "month"].value_counts()
        axes.axhline(row, color=PALE, linewidth=0.5, zorder=0)
        sizes = 9 * np.sqrt(counts.to_numpy())
        axes.scatter(counts.index + 0.5, np.full(len(counts), row), s=sizes, c=track.colour, marker=track.shape)
    totals = [int(events["kind"].isin(track.kinds).sum()) for track in TRACKS]
    labels = [f"{track.label} ({total})" for track, total in zip(TRACKS, totals, strict=True)]
    axes.set_yticks(range(len(TRACKS)), labels=labels)
    axes.set_ylim(len(TRACKS) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_title("Events (larger marks: more in a month; numbers: total)")
