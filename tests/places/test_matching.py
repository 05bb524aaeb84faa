"""The match on models whose answer is known, and the laws that any match obeys."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim import Parameters
from engagesim.configs import config_folder
from engagesim.parameters import Intervention
from engagesim.places.matching import (
    CONTEXTS,
    Effort,
    drawn,
    fit,
    inferred,
    match_table,
    most_like,
    predicted_table,
    quantiles,
    replayed,
    set_table,
    societies_for,
    width_table,
    with_history,
)
from engagesim.places.profile import HISTORY, MEASURED, QUANTITIES, profile_of
from engagesim.report import place_page
from engagesim.report.place_words import answer
from engagesim.study.intervention_packages import read_catalogue
from engagesim.study.observed import Observed

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

CATALOGUE = read_catalogue(config_folder())
BLANK = profile_of({"know": {"participation": "20 ± 10 %"}}, CATALOGUE)
SETS = ({"citizens.sensitivity": 5.0}, {"citizens.sensitivity": 11.0})


def toy(points, seeds):
    """A model of which every answer is known: shares follow from the context, behaviour and a little chance."""
    months = points[0].months
    metrics = np.zeros((len(points), len(seeds), months, len(MEASURED)))
    for place, point in enumerate(points):
        patronage, chance = point.incentives.patronage, np.random.default_rng([seeds[0], place])
        values = dict.fromkeys(MEASURED, 0.5) | {
            "client": patronage + 0.02 * chance.standard_normal(),
            "taken_part": 0.8 - patronage + 0.02 * chance.standard_normal(),
            "confronted": 0.1,
            "tenure": 0.5 / point.incentives.turnover,
            "satisfied": point.citizens.sensitivity / 16,
            "trust": chance.uniform(),
        }
        for column, name in enumerate(MEASURED):
            metrics[place, 0, :, column] = np.clip(values[name], 0, None)
    return Observed(metrics, MEASURED, tuple(seeds))


@pytest.fixture(scope="module")
def societies():
    return societies_for(BLANK, SETS, Effort(4096), toy)


def saying(**said):
    return BLANK.saying(said)


def exact_posterior(value, within, level=0.9):
    """Patronage where a share of clients is stated: uniform before, normal errors of the model and of the statement."""
    grid = np.linspace(*CONTEXTS["incentives.patronage"], 5001)
    weights = np.exp(-0.5 * (grid - value) ** 2 / (0.02**2 + (within / 1.96) ** 2))
    return quantiles(grid, weights / weights.sum(), level)


@pytest.mark.parametrize(("value", "within"), [(0.3, 0.05), (0.3, 0.15), (0.15, 0.04), (0.55, 0.1)])
def test_the_answer_is_the_posterior_where_that_is_known(societies, value, within):
    found = fit(societies, saying(clients=(value, within))).interval("incentives.patronage")
    assert found == pytest.approx(exact_posterior(value, within), abs=0.02)


def test_what_is_not_spoken_to_stays_as_it_was(societies):
    table = width_table(societies, fit(societies, saying(clients=(0.3, 0.05))), BLANK).set_index("path")
    assert table.loc["incentives.patronage", "narrower"] > 0.7
    assert table["narrower"].drop("incentives.patronage").abs().max() < 0.12


def test_a_quantity_that_was_not_stated_is_predicted_through_its_context(societies):
    fitted = fit(societies, saying(clients=(0.3, 0.05)))
    low, middle, high = fitted.interval("participation")
    assert middle == pytest.approx(0.5, abs=0.02)
    assert 0.03 < high - low < 0.2
    table = predicted_table(societies, fitted, saying(clients=(0.3, 0.05)))
    assert "clients" not in set(table.query("when == 'today'")["quantity"])
    assert (table["fit_low"] <= table["fit_high"]).all()


@given(st.permutations(["participation", "clients", "tenure", "satisfaction"]))
@settings(max_examples=10)
def test_the_order_of_statements_does_not_matter(societies, order):
    said = {"participation": (0.5, 0.1), "clients": (0.3, 0.1), "tenure": (40.0, 8.0), "satisfaction": (0.5, 0.2)}
    one = fit(societies, saying(**{name: said[name] for name in order}))
    assert one.values.equals(fit(societies, saying(**said)).values)


@given(st.floats(0.15, 0.5), st.floats(0.03, 0.1), st.floats(1.8, 4))
@settings(max_examples=15)
def test_a_wider_statement_leaves_more_open(societies, value, within, times):
    def width(room):
        low, _, high = fit(societies, saying(clients=(value, room))).interval("incentives.patronage")
        return high - low

    assert width(within) < width(within * times)


def test_behaviour_that_a_number_speaks_to_moves_and_other_behaviour_does_not(societies):
    fitted = fit(societies, saying(satisfaction=(11 / 16, 0.1)))
    row = set_table(societies, fitted, SETS).set_index("path").loc["citizens.sensitivity"]
    assert row["now"] > row["before"] + 2
    other = set_table(societies, fit(societies, saying(clients=(0.3, 0.05))), SETS)
    assert other["moved"].abs().max() < 0.25


def test_behaviour_is_not_said_to_fit_as_well_where_only_the_middle_one_does():
    sets = [{"citizens.sensitivity": each} for each in (3.0, 8.0, 13.0)]
    made = societies_for(BLANK, sets, Effort(1024), toy)
    profile = saying(satisfaction=(0.5, 0.05))
    fitted = fit(made, profile)
    assert (made.loc[fitted.values.index, "set"] == 1)[fitted.weights > 0.01 / len(fitted.weights)].all()
    said = answer(match_table(made, profile), width_table(made, fitted, profile), set_table(made, fitted, sets))
    assert "no parameter moves by half a standard deviation" in said[-1]
    assert "not varied" in answer(match_table(made, profile), width_table(made, fitted, profile), pd.DataFrame())[-1]


def test_a_statement_that_contradicts_the_others_is_flagged_and_consistent_ones_are_not(societies):
    agreed = match_table(societies, saying(participation=(0.5, 0.1), clients=(0.3, 0.1), tenure=(40.0, 8.0)))
    assert not agreed["at_odds"].any()
    wrong = match_table(societies, saying(participation=(0.2, 0.05), clients=(0.1, 0.05), tenure=(40.0, 8.0)))
    assert wrong.set_index("quantity")["at_odds"].to_dict() == {"participation": True, "clients": True, "tenure": False}
    for table in (agreed, wrong):
        assert ((table["others_low"] < table["others"]) & (table["others"] < table["others_high"])).all()


def test_without_statements_everything_fits(societies):
    fitted = fit(societies, saying())
    assert len(fitted.values) == len(societies)
    before = quantiles(societies["incentives.patronage"].to_numpy())
    assert fitted.interval("incentives.patronage") == pytest.approx(before, abs=1e-3)


def test_where_nothing_is_revealed_the_line_is_drawn_as_long_as_the_band(societies, monkeypatch):
    drawn_bars = []
    monkeypatch.setattr(place_page, "_bars", lambda rows, *_: drawn_bars.extend(rows))
    place_page.draw_widths(width_table(societies, fit(societies, saying()), BLANK))
    assert len(drawn_bars) == len(inferred(BLANK))
    for bars in drawn_bars:
        low, _, high, _ = bars.lines[0]
        assert bars.before == pytest.approx((low, high), abs=2e-3)
        assert 0 < bars.before[0] < bars.before[1] < 1


@given(
    st.dictionaries(
        st.sampled_from([each.name for each in QUANTITIES if each.most == 1]),
        st.tuples(st.floats(0, 1), st.floats(0.01, 0.5)), min_size=1, max_size=8,
    )
)  # fmt: skip
@settings(max_examples=25)
def test_whatever_is_stated_what_fits_stays_within_its_range(societies, said):
    fitted = fit(societies, saying(**said))
    assert fitted.weights.sum() == pytest.approx(1)
    assert np.isfinite(fitted.values.to_numpy()).all()
    for path, (low, high) in CONTEXTS.items():
        assert fitted.values[path].between(low, high).all()
    for each in QUANTITIES:
        assert fitted.values[each.name].between(0, each.most).all()


def test_societies_that_stand_for_the_place_look_like_it_the_most_similar_first(societies):
    profile = saying(clients=(0.3, 0.05))
    some = drawn(societies, fit(societies, profile), profile, 100, 1)
    standing = most_like(replayed(profile, SETS, some, toy), profile)
    assert standing["clients"].mean() == pytest.approx(0.3, abs=0.02)
    far = (standing["clients"] - 0.3).abs()
    assert far.is_monotonic_increasing
    assert not some.duplicated().any()


def test_each_statement_counts_for_as_much_as_it_is_sure(societies):
    sure_of_clients = saying(clients=(0.4, 0.04), participation=(0.6, 0.6))
    sure_of_part = saying(clients=(0.4, 0.6), participation=(0.6, 0.04))
    assert fit(societies, sure_of_clients).interval("incentives.patronage")[1] == pytest.approx(0.4, abs=0.03)
    assert fit(societies, sure_of_part).interval("incentives.patronage")[1] == pytest.approx(0.2, abs=0.03)


def test_the_draw_covers_every_context_and_every_set_evenly(societies):
    for path, (low, high) in CONTEXTS.items():
        counts, _ = np.histogram(societies[path], bins=8, range=(low, high))
        assert counts.min() == counts.max()
    assert societies["set"].value_counts().nunique() == 1
    assert (societies.groupby("seed").size() == 64).all()


def test_what_is_settled_is_not_inferred():
    exact = profile_of({"know": {"merit": 0.4, "participation": "20 ± 10 %"}}, CATALOGUE)
    assert "incentives.merit_protection" not in inferred(exact)
    found = societies_for(exact, SETS, Effort(64), toy)
    assert (found["merit"] == 0.4).all()


def test_threads_do_not_change_what_is_simulated():
    one, many = (societies_for(BLANK, SETS, Effort(256, threads=count), toy) for count in (1, 4))
    pd.testing.assert_frame_equal(one, many)


def test_what_a_society_does_is_done_after_its_history():
    audit = Intervention(name="audit", start=3, stop=9, set={"incentives.audit": 1.0})
    survey = {"engagement.form": "survey", "engagement.opened": 1.0, "engagement.start": 6, "engagement.stop": 20}
    asked = Parameters().changed({"months": 30, "interventions": [audit.model_dump()], **survey})
    form = profile_of({"know": {"participation": "20 ± 10 %"}, "form": "committee"}, CATALOGUE).history
    lived = with_history(asked, form)
    assert lived.months == HISTORY + 30
    assert [(each.name, each.start, each.stop) for each in lived.interventions] == [
        ("committee", HISTORY - 12, HISTORY + 6), ("audit", HISTORY + 3, HISTORY + 9)
    ]  # fmt: skip
    assert (lived.engagement.start, lived.engagement.stop) == (HISTORY + 6, HISTORY + 20)
