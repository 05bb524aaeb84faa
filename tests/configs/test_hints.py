"""What is suggested in place of a mistyped name, and what is said of what cannot be read."""

import pytest

from engagesim import EngagementModel, ParameterError
from engagesim.configs.compose import checked, composed_comparison, composed_study, composed_validation
from engagesim.configs.overrides import asked
from engagesim.errors import nearest
from engagesim.parameters import parameter_table

COMPOSED = {
    "run": lambda *overrides: checked(asked(overrides)),
    "sweep": lambda *overrides: composed_study(list(overrides)),
    "compare": lambda *overrides: composed_comparison(list(overrides)),
    "validate": lambda *overrides: composed_validation(list(overrides)),
}


@pytest.mark.parametrize(
    ("command", "typed", "meant"),
    [
        ("run", "animte=true", "animate"),
        ("run", "Engagement=survey", "engagement"),
        ("run", "populaton=village", "population"),
        ("run", "patronage=0.2", "incentives.patronage"),
        ("run", "INCENTIVES.patronag=0.2", "incentives.patronage"),
        ("sweep", "replicats=3", "replicates"),
        ("sweep", "stuy=coalition_phase", "study"),
        ("compare", "uncertan.contexts=20", "uncertain.contexts"),
        ("validate", "knokouts=true", "knockouts"),
    ],
)
def test_a_mistyped_key_is_met_with_what_the_command_takes(command, typed, meant):
    with pytest.raises(ParameterError) as refusal:
        COMPOSED[command](typed)
    assert str(refusal.value) == f"{typed.partition('=')[0]}: no such parameter; did you mean '{meant}'?"


@pytest.mark.parametrize("typed", ["colour=red", "no=3", "2.0=1", "replicates=3"])
def test_what_is_near_no_name_gets_no_hint(typed):
    with pytest.raises(ParameterError) as refusal:
        COMPOSED["run"](typed)
    assert "did you mean" not in str(refusal.value)


def test_every_name_is_nearest_to_itself_whatever_its_capitals():
    paths = [row.path for row in parameter_table()]
    assert all(nearest(path.upper(), paths) == f"; did you mean {path!r}?" for path in paths)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("seed=1,", "must be without the comma at its end, as in seed=1"),
        ("trends={a", "must have a } for each {"),
        ("trends=a]", "must have a [ for each ]"),
        ("packages={a: [b}", "must have a ] for each ["),
    ],
)
def test_what_is_missing_is_said_of_an_override_that_cannot_be_read(typed, said):
    with pytest.raises(ParameterError) as refusal:
        COMPOSED["compare"](typed)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("entity", "column", "said"),
    [
        ("citizen", "trst", "trst: no such column of citizen; did you mean 'trust'?"),
        ("citizen", "stance", "stance: no such column of citizen"),
        ("society", "trust", "trust: no such column of society"),
        (
            "citizn",
            "trust",
            "entity = 'citizn': must be citizen, official, politician, district or society; did you mean 'citizen'?",
        ),
    ],
)
def test_a_column_that_there_is_not_is_refused_with_the_nearest(entity, column, said):
    state = EngagementModel(population__citizens=40, population__districts=2).state()
    with pytest.raises(ParameterError) as refusal:
        state.column(entity, column)
    assert str(refusal.value) == said
