"""The case history is what its script makes of the log of events, and says of the district what the log says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "docs/case.py"))


@pytest.fixture(scope="module")
def found():
    return SCRIPT["logs"]()


def test_the_page_is_as_its_script_makes_it(found):
    assert SCRIPT["page"](found) == (ROOT / "docs/case.md").read_text("utf-8"), "python docs/case.py makes it anew"


def test_the_figure_is_as_its_script_draws_it(found):
    assert SCRIPT["drawn"](found.case) == (ROOT / "docs/figures/case.svg").read_bytes()


def test_the_case_is_the_district_with_most_events_of_those_whose_coalition_ended(found):
    sizes = found.all.groupby(["seed", "district"]).size()
    ended = set(found.all.loc[found.all["kind"] == "coalition_ended", ["seed", "district"]].itertuples(index=False))
    assert sizes[found.case.seed, found.case.district] == max(sizes[place] for place in ended)


def test_bars_of_the_figure_change_when_the_log_says_so(found):
    for place, doing in enumerate(found.case.doing):
        changes = found.case.events[SCRIPT["_of"](found.case.events, place)]
        assert [month for month in range(1, len(doing)) if doing[month] != doing[month - 1]] == list(changes["month"])
        assert [doing[month] for month in changes["month"]] == list(changes["after"])


def test_each_end_of_a_coalition_is_told_in_its_month(found):
    told = SCRIPT["page"](found)
    for event in found.case.events.query("kind == 'coalition_ended'").itertuples():
        (line,) = re.findall(rf"In month {event.month + 1} ([^.]*)\.", told)
        assert "**the coalition ended**" in line
