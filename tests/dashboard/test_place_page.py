"""My place: what a visitor says is in the link, and the societies it shows are those of `engagesim place`."""

import numpy as np
import pytest

from engagesim.dashboard import place
from engagesim.dashboard.links import Link, read, write
from engagesim.dashboard.place import SHELF, PlaceRequest, Stored, compute, controls, found, most_like
from engagesim.dashboard.society_request import offered
from engagesim.engines.compiled import Options, simulate
from engagesim.errors import ParameterError
from engagesim.places.matching import CONTEXTS, Effort, drawn, fit, societies_for
from engagesim.places.profile import HISTORY, QUANTITIES, QUANTITY, profile_of
from engagesim.places.stored import Place

HAMLET = PlaceRequest(citizens=60, officials=4)


@pytest.fixture(scope="module")
def draws():
    told = []
    made = compute(HAMLET, told.append, 512)
    assert told[0] == 0
    assert told == sorted(told)
    return made


@pytest.fixture
def stored(monkeypatch, draws):
    """A dashboard that was opened with a place."""
    tree = {"name": "Hamlet", "citizens": 60, "officials": 4, "form": "survey", "lately": {"external_audit": 20},
            "know": {"participation": "30 ± 3 %", "merit": 0.4}}  # fmt: skip
    profile, sets = profile_of(tree, offered()), place._usual_sets()
    societies = societies_for(profile, sets, Effort(64), lambda some, seeds: simulate(some, seeds, Options(threads=1)))
    rows = drawn(societies, fit(societies, profile), profile, 5, 1)
    monkeypatch.setattr(SHELF, "stored", Stored(Place(profile, sets, rows), societies))
    return SHELF.stored


def test_what_is_said_is_in_the_link_and_comes_back():
    said = HAMLET.changed("participation", 0.31).changed("protest_sure", "sure").changed("form", "survey")
    assert said.texts() == {
        "citizens": "60", "officials": "4", "form": "survey", "participation": "0.31", "protest_sure": "sure",
    }  # fmt: skip
    assert PlaceRequest.of(said.texts()) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"participation": "1.4"}, "place.participation = 1.4: must be a number from 0 to 1"),
        (
            {"participation_sure": "very"},
            "place.participation_sure = very: must be one of unknown, guess, roughly, sure",
        ),
        ({"form": "surveys"}, "place.form = surveys: must be one of"),
        ({"citizens": "3"}, "place.citizens = 3: must be a whole number from 10"),
        ({"happiness": "1"}, "place.happiness: no such key"),
    ],
)
def test_what_cannot_be_said_is_refused_with_what_is_allowed(words, said):
    with pytest.raises(ParameterError) as refusal:
        PlaceRequest.of(words)
    assert said in str(refusal.value)


def test_numbers_that_are_not_known_play_no_part():
    known = {each.quantity for each in HAMLET.profile().statements}
    assert known == {name for name, (_, sure) in HAMLET.said.items() if sure != "unknown"}
    silent = HAMLET
    for name in known:
        silent = silent.changed(f"{name}_sure", "unknown")
    assert not silent.profile().statements


def test_the_match_is_that_of_the_command(draws):
    now = found(HAMLET, draws.societies)
    assert draws.settled == HAMLET.settled
    assert now.fitted.values.equals(fit(draws.societies, HAMLET.profile()).values)
    assert now.sentences
    assert "<svg" in now.match
    assert "<script" not in now.match


def test_with_nothing_said_everything_fits(draws):
    silent = HAMLET
    for name in HAMLET.said:
        silent = silent.changed(f"{name}_sure", "unknown")
    now = found(silent, draws.societies)
    assert now.match is None
    assert now.sentences == ["You have stated no number yet, so all societies fit."]


def test_an_impossible_number_is_said_to_be_at_odds(draws):
    now = found(HAMLET.changed("tenure", 119.0).changed("tenure_sure", "sure"), draws.societies)
    assert any(sentence.startswith("At odds with your other numbers: tenure.") for sentence in now.sentences)


def test_another_form_asks_for_other_societies_and_another_number_does_not():
    assert HAMLET.changed("form", "survey").settled != HAMLET.settled
    assert HAMLET.changed("participation", 0.5).settled == HAMLET.settled


def test_every_control_explains_itself_and_names_what_can_be_said():
    names = [each["name"].removeprefix("place.") for group in controls(HAMLET) for each in group["controls"]]
    assert set(names) >= {*place.ASKED, "citizens", "officials", "form", "form_months"}
    assert all(each["help"] for group in controls(HAMLET) for each in group["controls"])
    assert set(place.ASKED) <= {each.name for each in QUANTITIES}


def test_the_form_begins_with_the_place_that_the_dashboard_was_opened_with(stored):
    usual = PlaceRequest.usual()
    assert usual.said["participation"] == (pytest.approx(0.3), "sure")
    assert usual.said["clients"][1] == "unknown"
    assert [each.quantity for each in usual.profile().statements] == ["participation"]
    names = [each["name"] for group in controls(usual) for each in group["controls"]]
    assert "place.merit" not in names  # it is exact
    assert "place.citizens" not in names


def test_the_most_similar_society_opens_in_explore_as_it_was_matched(stored):
    request = PlaceRequest.usual()
    fitted = fit(stored.societies, request.profile())
    asked, month = most_like(request, stored.societies, fitted)
    assert month == HISTORY
    assert read(write(Link("explore", asked, month))).request.parameters() == asked.parameters()
    parameters = asked.parameters()
    assert [(each.name, each.start) for each in parameters.interventions] == [
        ("external_audit", HISTORY - 20), ("survey", HISTORY - 12)
    ]  # fmt: skip
    row = fitted.values.index[int(np.argmax(fitted.weights))]
    assert parameters.seed == stored.societies.loc[row, "seed"]
    assert parameters.incentives.merit_protection == pytest.approx(0.4)
    low, high = CONTEXTS["incentives.patronage"]
    assert low <= parameters.incentives.patronage <= high
    exact = {path: float(stored.societies.loc[row, path]) for path in fitted.values.columns if "." in path}
    lived = parameters.changed({**exact, "months": HISTORY})
    whole = simulate([lived], [lived.seed])
    assert QUANTITY["participation"].observed(whole, HISTORY)[0, 0] == pytest.approx(
        stored.societies.loc[row, "participation"]
    )


def test_a_folder_that_holds_no_place_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="must be the file of a place"):
        place.show(tmp_path)


def test_a_visitor_moves_a_slider_and_sees_the_match(visitor):
    page = visitor("tab=place&place.citizens=60&place.officials=4")
    page.get_by_role("button", name="Simulate").click()
    page.wait_for_selector(".es-figure svg")
    page.get_by_label("Tenure", exact=True).first.fill("119")
    page.get_by_label("How sure (tenure)").select_option("sure")
    page.get_by_text("tenure. You say 107 months to 131 months").wait_for()
    page.get_by_role("button", name="most similar").click()
    page.wait_for_url("**month=60**")
