"""The check page of a place: how well the model matches it, where they disagree, and what remains unknown."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from engagesim.parameters import parameter_table
from engagesim.places.matching import CONTEXTS, quantiles
from engagesim.places.profile import QUANTITY
from engagesim.report.comparison_figures import panel, svg, unique
from engagesim.report.comparison_tables import Table
from engagesim.report.comparison_words import lines
from engagesim.report.pages import template, written
from engagesim.report.place_words import NOT_A_FORECAST, SHOWN, Matched, answer, between, context_name
from engagesim.report.style import BLACK, BLUE, PALE, QUIET, VERMILION, Caption, drawing_for_a_page
from engagesim.report.text import capital, percent

_UNIT = {row.path: row.unit for row in parameter_table()}


class Bars(NamedTuple):
    """A row of a figure: its name, the range before the match, and lines, each with three values and a colour."""

    name: str
    before: tuple[float, float]
    lines: Sequence[tuple[float, float, float, str]]


def write_page(found: Matched, folder: Path) -> Path:
    """Write ``report.html``, the check page of a place, without scripts; the same match gives the same file.

    Parameters
    ----------
    found : Matched
    folder : Path
        Created if it does not exist.

    Returns
    -------
    Path
        The file written.
    """
    profile = found.place.profile
    with drawing_for_a_page():
        match_drawing, width_drawing = unique(draw_match(found.match), "m"), unique(draw_widths(found.widths), "w")
    text = template("place.html").render(
        title=f"{profile.name}: how well the model matches",
        name=profile.name,
        statements=len(profile.statements),
        simulated=f"{found.simulated:,}",
        answers=answer(found.match, found.widths, found.behaviour),
        not_a_forecast=NOT_A_FORECAST,
        stands=profile.standing_for,
        match_drawing=match_drawing,
        match_table=_match_table(found),
        width_drawing=width_drawing,
        width_table=_width_table(found.widths),
        predicted_table=_predicted_table(found.predicted),
        behaviour_table=_behaviour_table(found.behaviour),
        calibration=found.calibration,
        sets=len(found.place.sets),
        kept=len(found.place.societies),
    )
    return written(text, folder)


def draw_match(match: pd.DataFrame) -> Markup:
    """Draw each statement on its own scale, beside the values that fit and the values that other statements predict."""
    rows, said = [], []
    for row in lines(match):
        about = QUANTITY[row.quantity]
        top = max(row.stated_high, row.before_high, row.fit_high, row.others_high) if about.unit == "months" else 1.0
        scaled = [
            tuple(value / top for value in ends)
            for ends in (
                (row.before_low, row.before_high), (row.stated_low, row.stated, row.stated_high),
                (row.fit_low, row.fit, row.fit_high), (row.others_low, row.others, row.others_high),
            )
        ]  # fmt: skip
        drawn: Any = [(*scaled[1], BLACK), (*scaled[2], BLUE), (*scaled[3], VERMILION)]
        rows.append(Bars(f"{row.quantity}{'  (at odds)' if row.at_odds else ''}", (scaled[0][0], scaled[0][1]), drawn))
        said.append(
            f"{row.quantity}: stated {between(about, row.stated_low, row.stated_high)}, fits "
            f"{between(about, row.fit_low, row.fit_high)}"
        )
    return _bars(rows, "share of the scale", Caption("What you stated and what fits", "; ".join(said)))


def draw_widths(widths: pd.DataFrame) -> Markup:
    """Draw the possible values of each context parameter before and after the match, as shares of its range."""
    rows, said = [], []
    for row in lines(widths):
        low, high = CONTEXTS[row.path]
        values = (row.before_low, row.before_high, row.now_low, row.now, row.now_high)
        ends = [(value - low) / (high - low) for value in values]
        name = row.path.partition(".")[2].replace("_", " ")
        rows.append(Bars(name, (ends[0], ends[1]), [(ends[2], ends[3], ends[4], BLUE)]))
        said.append(
            f"{name}: {row.now_low:.2f} to {row.now_high:.2f}, before {row.before_low:.2f} to {row.before_high:.2f}"
        )
    return _bars(rows, "share of its range", Caption("What remains unknown", "; ".join(said)))


def _bars(rows: Sequence[Bars], label: str, caption: Caption) -> Markup:
    figure, axes = panel(0.62 + 0.3 * len(rows), 1.55, 0.15)
    for place, row in enumerate(rows):
        axes.barh(place, row.before[1] - row.before[0], left=row.before[0], height=0.72, color=PALE)
        for number, (low, middle, high, colour) in enumerate(row.lines):
            aside = place + 0.2 * (number - (len(row.lines) - 1) / 2)
            axes.plot([low, high], [aside, aside], color=colour, linewidth=1.8, solid_capstyle="butt")
            axes.plot(middle, aside, "o", color=colour, markersize=2.8)
    axes.set_yticks(range(len(rows)), labels=[row.name for row in rows])
    axes.set(xlim=(-0.01, 1.01), ylim=(len(rows) - 0.5, -0.5), xlabel=label)
    axes.tick_params(axis="y", length=0, labelcolor=QUIET)
    axes.spines["left"].set_visible(False)
    return svg(figure, caption)


def _match_table(found: Matched) -> Table:
    stands = found.place.societies
    rows = []
    for row in lines(found.match):
        about = QUANTITY[row.quantity]
        replayed = quantiles(stands[row.quantity].to_numpy())
        rows.append(
            (
                f"{capital(row.quantity)}: {about.words}", between(about, row.stated_low, row.stated_high),
                between(about, row.fit_low, row.fit_high), between(about, row.others_low, row.others_high),
                "yes" if row.at_odds else "no", between(about, row.before_low, row.before_high),
                between(about, replayed[0], replayed[2]),
            )
        )  # fmt: skip
    columns = (
        "What you know", "You said", "Fits everything you said", "Your other numbers suggest", "At odds",
        "All simulated societies", "Societies that represent the place",
    )  # fmt: skip
    caption = "What you said (true in 19 of 20 cases) and what the model makes of it (90 % intervals)"
    return Table(caption, columns, rows)


def _width_table(widths: pd.DataFrame) -> Table:
    rows = [
        (
            f"{capital(context_name(row.path))} ({row.path}, {_UNIT[row.path]})",
            f"{row.before_low:.2g} to {row.before_high:.2g}", f"{row.now_low:.2g} to {row.now_high:.2g}",
            f"{row.now:.2g}",
            percent(row.narrower) if row.narrower > 0 else "not narrower",
        )
        for row in lines(widths)
    ]  # fmt: skip
    columns = ("Context", "Before your numbers", "After them", "Middle", "Narrower by")
    return Table("What is known about the context (90 % intervals)", columns, rows)


def _predicted_table(predicted: pd.DataFrame) -> Table:
    rows = [
        (
            f"{capital(row.quantity)}, {row.when}: {QUANTITY[row.quantity].words}",
            between(QUANTITY[row.quantity], row.fit_low, row.fit_high),
            QUANTITY[row.quantity].said(row.fit), between(QUANTITY[row.quantity], row.before_low, row.before_high),
        )
        for row in lines(predicted)
    ]  # fmt: skip
    columns = ("What", "Fits everything you said", "Middle", "All simulated societies")
    return Table("What you did not state (90 % intervals)", columns, rows)


def _behaviour_table(behaviour: pd.DataFrame) -> Table:
    rows = [
        (f"{capital(context_name(row.path))} ({row.path})", f"{row.before:.3g}", f"{row.now:.3g}", f"{row.moved:+.1f}")
        for row in lines(behaviour[behaviour["moved"].abs() >= SHOWN].head(10))
    ]
    columns = ("Parameter", "Mean before", "Mean now", "Moved, in standard deviations of the sets")
    return Table("Parameters of behaviour that your numbers moved", columns, rows)
