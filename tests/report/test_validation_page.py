"""The first lines of the validation report: what was predicted out of sample, and which rivals do as well."""

from math import inf, nan

import pytest

from engagesim.report.validation import _out_of_sample, _predictions_table, _rivals_table, _short, model_says
from engagesim.validation.facts import SHIPPED, read_facts
from engagesim.validation.parameter_sets import Calibration
from engagesim.validation.scoring import Scorecard, Validation, Verdict

FACTS = [f"F{number:02}" for number in range(12)]


def calibrated(model, **rivals):
    """Return a calibration that predicts every fact with a probability, and so do its rivals."""

    def left_out(predicted):
        return [{"fact": fact, "prior": 0.3, "predicted": predicted, "score": (1 - predicted) ** 2} for fact in FACTS]

    told = {
        "left_out": left_out(model),
        "rivals": {name: {"left_out": left_out(each)} for name, each in rivals.items()},
    }
    return Calibration(provenance=told, sets=({},))


def test_a_rival_that_is_as_good_is_named_and_one_that_is_worse_is_not():
    first, *others, last = _out_of_sample(calibrated(0.8, no_learning=0.8, no_network=0.1))
    assert first.startswith("**12 of 12** calibration facts are predicted when the calibration leaves them out")
    assert "mean score is 0.04" in first
    assert "Compared with the model's, its mean score is 0.77 worse" in others[1]
    assert "not clearly worse than the model out of sample: those in which nobody learns" in last
    assert "neighbours" not in last


def test_where_every_rival_is_worse_none_is_named():
    lines = list(_out_of_sample(calibrated(0.8, no_learning=0.2, no_network=0.1)))
    assert len(lines) == 3
    assert not any("not clearly worse" in line for line in lines)


def test_how_near_the_null_models_come_to_all_facts_at_once_stands_beside_the_model():
    found = calibrated(0.8, no_network=0.1)
    told = found.provenance
    told["judged"] = {"facts short at most": 3}
    told["rivals"]["no_network"]["judged"] = {"facts short at most": 9}
    line = list(_out_of_sample(found))[-1]
    assert "at most 3 facts short of 80% of the calibration facts and all patterns" in line
    assert "nobody sees, asks or follows neighbours: 9" in line


def test_nothing_is_said_of_a_calibration_that_predicted_nothing():
    assert list(_out_of_sample(Calibration(sets=({},)))) == []
    assert _predictions_table({}) == ""


def test_the_table_of_predictions_has_a_column_for_each_rival():
    table = _predictions_table(calibrated(0.8, no_learning=0.25).provenance)
    assert table.splitlines()[0] == "| fact | prior | predicted | score | no learning |"
    assert table.splitlines()[2] == "| F00 | 0.3 | 0.8 | 0.04 | 0.25 |"


def test_facts_that_most_sets_meet_and_a_calibrated_null_model_never_does_are_named():
    facts = [fact for fact in read_facts(SHIPPED) if fact.id in {"E24", "E28", "P1"}]

    def card(*met):
        return Scorecard(
            tuple(facts), tuple(Verdict(fact.id, 0, "c", "S", "t", 1, 1, 1, 1, fact.id in met, "") for fact in facts)
        )

    each = [card("E24", "E28"), card("E24", "E28", "P1"), card("E28")]
    rivals = {"no_network": [card("E28"), card("P1")], "no_learning": [card("E24", "E28")], "no_commitment": [card()]}
    found = Validation(each[0], each, rivals={name: cards[0] for name, cards in rivals.items()}, rivals_each=rivals)
    own = Calibration(sets=({},), rivals={"no_network": ({},), "no_learning": ({},)})
    (line,) = [line for line in _short(found, own) if "null model meets, although" in line]
    assert "neighbours (E24)." in line
    assert "learns" not in line
    assert "new position" not in line


def test_the_table_of_rivals_says_whose_parameter_sets_each_uses():
    card = Scorecard((), ())
    found = Validation(card, [card], rivals={"no_learning": card, "no_network": card})
    table = _rivals_table(found, Calibration(sets=({},), rivals={"no_network": ({},)}))
    whose = dict(line.strip("| ").split(" | ")[:2] for line in table.splitlines()[2:])
    assert whose == {
        "the model": "its own",
        "nobody learns from what happened": "the model's",
        "nobody sees, asks or follows neighbours": "its own",
    }


@pytest.mark.parametrize(
    ("value", "low", "high", "agreement", "said"),
    [
        (0.5, 0.4, 0.6, nan, "0.5 (0.4 to 0.6)"),
        (0.5, nan, nan, nan, "0.5 (in some trials not defined)"),
        (nan, nan, nan, nan, "not defined"),
        (-inf, nan, nan, nan, "not defined"),
        (nan, nan, nan, 0.0, "not defined"),
        (-0.0, nan, nan, 0.5, "+0 (in 50% of trials)"),
    ],
)
def test_a_value_that_is_not_defined_is_said_in_words(value, low, high, agreement, said):
    assert model_says(Verdict("F1", 0, "c", "S", "t", value, low, high, agreement, False, "")) == said
