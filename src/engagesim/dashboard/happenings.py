"""The panel *What happened* of Explore: a small timeline of events, and the last ones in words."""

import numpy as np
import pandas as pd
import solara
from markupsafe import Markup

from engagesim.dashboard.session import Session
from engagesim.report.events_figure import TRACKS, caption_of
from engagesim.report.story import latest
from engagesim.report.style import BLACK
from engagesim.report.text import month_name

_WIDTH, _ROW, _LEFT, _RIGHT, _BELOW = 560, 14, 130, 8, 16
_LEAST_MONTHS = 12
_SHOWN = 8
_LARGEST = 5.5


@solara.component
def Happenings(session: Session) -> None:
    """What happened so far."""
    life, month = session.life.value, session.month.value
    drawn = solara.use_memo(lambda: panel(session.society.events, session.society.month), [life, month])
    solara.HTML("section", unsafe_innerHTML=drawn, classes=["es-happened"])


def panel(events: pd.DataFrame, months: int) -> Markup:
    """Return the panel: a title, a timeline, and the last events.

    Parameters
    ----------
    events : pandas.DataFrame
        As ``LiveSociety.events`` has them.
    months : int
        Months simulated so far.
    """
    title = Markup("<h2>What happened</h2>")
    said = latest(events, most=_SHOWN)
    if not said:
        return title + Markup("<p>Nothing yet.</p>")
    rows = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in said)
    return title + timeline(events, months) + Markup("<ol>{}</ol>").format(rows)


def timeline(events: pd.DataFrame, months: int) -> Markup:
    """Return a picture with a row for each kind of event, and a dot in each month, the larger, the more there are."""
    span = max(months, _LEAST_MONTHS)
    scale = (_WIDTH - _LEFT - _RIGHT) / span
    parts = []
    for row, track in enumerate(TRACKS):
        counts = np.bincount(events.loc[events["kind"].isin(track.kinds), "month"], minlength=span)
        y = _ROW * (row + 0.5)
        colour = "currentColor" if track.colour == BLACK else track.colour
        label = f"{track.label} ({counts.sum()})"
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 6, round(y + 3.5, 1), label)
        )
        parts.append(
            Markup('<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-opacity="0.15"/>').format(
                _LEFT, _WIDTH - _RIGHT, y, y
            )
        )
        for month in np.flatnonzero(counts).tolist():
            says, x = f"{month_name(month)}: {counts[month]}", round(_LEFT + (month + 0.5) * scale, 1)
            radius = round(min(_LARGEST, 2 + 0.7 * float(counts[month]) ** 0.5), 1)
            dot = Markup('<circle cx="{}" cy="{}" r="{}" fill="{}"><title>{}</title></circle>')
            parts.append(dot.format(x, y, radius, colour, says))
    height = _ROW * len(TRACKS) + _BELOW
    for month in (0, span):
        anchor = "end" if month else "start"
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
                _LEFT + month * scale, height - 4, anchor, f"month {month}" if month else "0"
            )
        )
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, caption_of(events, months).description, Markup("").join(parts)
    )
