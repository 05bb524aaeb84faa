"""What a user may write about a place, and what is said where that cannot be read."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engagesim.configs import config_folder
from engagesim.errors import EngagementError, ParameterError
from engagesim.places.profile import HISTORY, QUANTITIES, QUANTITY, profile_of, read_profile, statement
from engagesim.study.intervention_packages import read_catalogue

CATALOGUE = read_catalogue(config_folder())
KNOWN = {"participation": "12 ± 3 %"}


@pytest.mark.parametrize(
    ("name", "written", "value", "within"),
    [
        ("participation", "12 ± 3 %", 0.12, 0.03),
        ("participation", "12 % ± 3 %", 0.12, 0.03),
        ("participation", "0.12 +- 0.03", 0.12, 0.03),
        ("participation", "10 to 15 %", 0.125, 0.025),
        ("participation", "roughly 30 %", 0.3, 0.1),
        ("participation", "sure 30 %", 0.3, 0.03),
        ("participation", "guess .3", 0.3, 0.2),
        ("tenure", "3 years ± 0.5", 36, 6),
        ("tenure", "36 ± 6 months", 36, 6),
        ("tenure", "30 to 42", 36, 6),
        ("quality", "0.4 ± 0.1", 0.4, 0.1),
        ("merit", 0.4, 0.4, 0.0),
        ("merit", "40 %", 0.4, 0.0),
    ],
)
def test_a_number_is_read_with_how_sure_it_is(name, written, value, within):
    said = statement("know", QUANTITY[name], written)
    assert (said.value, said.within) == pytest.approx((value, within))


@given(st.sampled_from(QUANTITIES), st.integers(1, 99), st.integers(1, 50))
def test_a_range_and_a_plus_minus_say_the_same(about, middle, half):
    unit = " %" if about.unit == "share" else ""
    scale = 0.01 if about.unit == "0 to 1" else 1
    low, high = max(0, middle - half), min(100, middle + half)
    centre, width = (low + high) / 2, (high - low) / 2
    try:
        one = statement("know", about, f"{low * scale} to {high * scale}{unit}")
    except ParameterError:
        with pytest.raises(ParameterError):
            statement("know", about, f"{centre * scale} ± {width * scale}{unit}")
        return
    other = statement("know", about, f"{centre * scale} ± {width * scale}{unit}")
    assert (one.value, one.within) == pytest.approx((other.value, other.within))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({}, "place.know: missing"),
        ({"know": {}}, "place.know"),
        ({"know": {"participaton": "12 ± 3 %"}}, "no such quantity; did you mean 'participation'?"),
        ({"know": {"participation": 0.12}}, "place.know.participation = 0.12: must be a number and how sure you are"),
        ({"know": {"participation": "12 ± 3"}}, "must be a number from 0 to 1; write a share as 12 % or 0.12"),
        ({"know": {"participation": "12 ± 0 %"}}, "must have an uncertainty above 0"),
        ({"know": {"participation": "15 to 10 %"}}, "must have its lower end first"),
        ({"know": {"participation": "25 to 145 %"}}, "= '25 to 145 %': must be a number from 0 to 1"),
        ({"know": {"participation": "very sure 12 %"}}, "must be a number and how sure you are"),
        ({"know": {"participation": "120 ± 3 %"}}, "must be a number from 0 to 1"),
        ({"know": {"participation": "3 years ± 1"}}, "must be a number and how sure you are"),
        ({"know": {"tenure": "36 ± 6 %"}}, "must be a number and how sure you are"),
        ({"know": {"participation": [12, 3]}}, "must be a number and how sure you are"),
        ({"know": {"merit": 0.4}}, "place.know: must have a number that is not exact"),
        ({"know": KNOWN, "citizens": 3}, "place.citizens = 3: must be a whole number from 10"),
        ({"know": KNOWN, "citizens": 60, "districts": 10}, "place.citizens = 60: must be at least 100"),
        ({"know": KNOWN, "officials": 5, "districts": 10}, "place.officials = 5: must be at least 20"),
        ({"know": KNOWN, "form": "surveys"}, "no such form; did you mean 'survey'?"),
        ({"know": KNOWN, "form": "resources"}, "no such form"),
        ({"know": KNOWN, "lately": {"external_audits": 3}}, "did you mean 'external_audit'?"),
        (
            {"know": KNOWN, "lately": {"external_audit": 90}},
            "place.lately.external_audit = 90: must be a whole number from 1 to 60",
        ),
        ({"know": KNOWN, "people": 3}, "no such key"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line_with_what_it_must_be(tree, said):
    with pytest.raises(EngagementError) as refusal:
        profile_of(tree, CATALOGUE)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("content", ["- 1\n", "know: [", "know: {a: 1, a: 2}\n"])
def test_a_file_that_is_not_yaml_is_refused_by_its_name(tmp_path, content):
    file = tmp_path / "mine.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(EngagementError, match=r"mine\.yaml"):
        read_profile(file, CATALOGUE)


def test_the_name_is_that_of_the_file_unless_it_says_another(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"know": KNOWN}), "utf-8")
    assert read_profile(file, CATALOGUE).name == "mine"


def test_what_is_exact_is_settled_and_what_is_not_is_stated():
    profile = profile_of({"know": {**KNOWN, "merit": "40 %"}}, CATALOGUE)
    assert [each.quantity for each in profile.statements] == ["participation"]
    assert profile.exact["incentives.merit_protection"] == pytest.approx(0.4)


def test_a_small_place_is_itself_and_a_large_one_is_stood_for_with_its_rates():
    small = profile_of({"know": KNOWN, "citizens": 120, "officials": 9, "districts": 3}, CATALOGUE)
    assert not small.standing_for
    assert small.exact == {"population.citizens": 120, "population.districts": 3, "population.providers": 2}
    large = profile_of({"know": KNOWN, "citizens": 20_000, "officials": 600, "districts": 100}, CATALOGUE)
    assert large.exact["population.providers"] == 5
    assert large.standing_for == "A society of 600 citizens, 6 districts and 36 officials represents the place."


@pytest.mark.parametrize("said", [{"districts": 100}, {"officials": 1000}])
def test_a_place_that_does_not_say_how_many_live_there_may_have_many_districts(said):
    place = profile_of({"know": KNOWN, **said}, CATALOGUE)
    assert place.exact["population.citizens"] == 600
    assert place.standing_for == "A society of 600 citizens, 6 districts and 30 officials represents the place."


def test_what_happened_lately_ends_today_unless_it_goes_on():
    tree = {"know": KNOWN, "form": "survey", "form_months": 10, "lately": {"external_audit": 20}}
    form, audit = profile_of(tree, CATALOGUE).history
    assert (form["start"], audit["start"]) == (HISTORY - 10, HISTORY - 20)
    assert form["set"]["engagement.opened"] == 1
    assert form["stop"] is audit["stop"] is None
