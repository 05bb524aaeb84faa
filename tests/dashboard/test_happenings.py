"""The panel of events follows a society month by month, and shows what its whole log holds."""

import numpy as np
import pytest

from engagesim.dashboard.explore import Chronicle
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.report.events_figure import TRACKS, caption_of
from engagesim.report.story import QUIET, dated, told

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

MONTHS = 30


@pytest.fixture(scope="module")
def parameters():
    return SocietyRequest(changes={"population.citizens": 120, "population.districts": 3}).parameters()


def test_what_is_shown_is_what_the_whole_log_holds_however_many_months_are_read_at_once(parameters):
    society, at_once = LiveSociety(parameters), LiveSociety(parameters)
    chronicle, shown = Chronicle(society), None
    for months in (1, 1, 12, 1, MONTHS - 15):
        society.step(months)
        shown = chronicle.now()
    at_once.step(MONTHS)
    assert shown == Chronicle(at_once).now()
    events = society.events
    counts = np.frombuffer(shown["counts"], dtype="<u2").reshape(MONTHS, len(TRACKS))
    for row, track in enumerate(TRACKS):
        months = events.loc[events["kind"].isin(track.kinds), "month"]
        assert counts[:, row].tolist() == np.bincount(months, minlength=MONTHS).tolist(), track.label
    last = events[~events["kind"].isin(QUIET)].tail(8)
    assert shown["said"] == [dated(event, told(event)) for event in reversed([*last.itertuples()])]
    assert shown["spoken"] == caption_of(events, MONTHS).description
    assert counts.sum() > 0


def test_a_society_that_has_not_begun_has_nothing_to_show(parameters):
    assert Chronicle(LiveSociety(parameters)).now() == {"counts": b"", "said": [], "spoken": ""}


def test_a_society_without_a_log_lives_the_same_months(parameters):
    society, silent = LiveSociety(parameters), LiveSociety(parameters, logs=False)
    for each in (society, silent):
        each.step(MONTHS)
    assert silent.state.same_as(society.state)
    assert silent.events.empty
