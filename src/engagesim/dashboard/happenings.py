"""The panel *What happened* of Explore: a small timeline of events, and the latest ones in words."""

import numpy as np
import solara

from engagesim.dashboard.components import Timeline, Tree
from engagesim.dashboard.session import Session
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.report.events_figure import TRACKS, caption
from engagesim.report.story import QUIET, dated, told
from engagesim.report.style import BLACK
from engagesim.society.events import KIND_NAMES, in_words

_SHOWN = 8
"""Maximum number of sentences."""

_ROWS = [
    {"label": track.label, "colour": "currentColor" if track.colour == BLACK else track.colour} for track in TRACKS
]

_BELONGS = np.array([[name in track.kinds for track in TRACKS] for name in KIND_NAMES], dtype=np.int64)
"""Matrix with a 1 where a row of the timeline counts a kind of event, shape (kinds, rows)."""

_IS_TOLD = np.array([name not in QUIET for name in KIND_NAMES])


@solara.component
def Happenings(session: Session) -> None:
    """The events so far."""
    life, month = session.life.value, session.month.value
    chronicle = solara.use_memo(lambda: Chronicle(session.society), [life])
    Timeline(tracks=_ROWS, life=life, happened=solara.use_memo(chronicle.now, [life, month]))


class Chronicle:
    """A record of the events in a society so far, which reads each month only once.

    Parameters
    ----------
    society : LiveSociety
    """

    def __init__(self, society: LiveSociety) -> None:
        self._society = society
        self._counts = np.zeros((0, len(TRACKS)), dtype="<u2")
        self._said: list[str] = []

    def now(self) -> Tree:
        """Return the panel's data: events by month and row of the timeline, the latest in words, and a summary."""
        begin, months = len(self._counts), self._society.month
        rows = self._society.happened(begin)
        counts = np.zeros((months - begin, len(KIND_NAMES)), dtype=np.int64)
        np.add.at(counts, (rows["month"] - begin, rows["kind"]), 1)
        self._counts = np.concatenate((self._counts, (counts @ _BELONGS).astype("<u2")))
        last = in_words(rows[_IS_TOLD[rows["kind"]]][-_SHOWN:])
        self._said = [*(dated(event, told(event)) for event in reversed(last)), *self._said][:_SHOWN]
        return {"counts": self._counts.tobytes(), "said": self._said, "spoken": self._spoken()}

    def _spoken(self) -> str:
        found, months = self._counts > 0, len(self._counts)
        if not months:
            return ""
        counts, firsts, lasts = self._counts.sum(axis=0), found.argmax(axis=0), found[::-1].argmax(axis=0)
        tracks = zip(counts.tolist(), firsts.tolist(), (months - 1 - lasts).tolist(), strict=True)
        return caption([*tracks], months).description
