"""``engagesim run`` where no word says which society: a scenario with a story, and one that is typical of its seeds."""

from __future__ import annotations

import pytest
import yaml

from engagesim import scenario, simulate
from engagesim.cli import main
from engagesim.configs.compose import composed
from engagesim.dashboard.society_request import USUAL
from engagesim.parameters import Parameters


def shown(capsys, *words):
    assert main([*words, "--cfg", "job"]) == 0
    return yaml.safe_load(capsys.readouterr().out)


@pytest.mark.parametrize("words", [[], ["seed=7"], ["months=12", "output=mine", "animate=true", "progress=false"]])
def test_a_run_that_names_no_society_takes_one_with_a_story(words, capsys):
    config = shown(capsys, "run", *words)
    assert config["name"] == USUAL
    assert config["engagement"]["form"] == "cocreation"
    assert config["engagement"]["start"] == 24


@pytest.mark.parametrize(
    "word", ["scenario=none", "incentives.patronage=0.2", "engagement=none", "population.citizens=500", "trends=none"]
)
def test_a_word_about_the_society_keeps_every_other_default(word, capsys):
    config = shown(capsys, "run", word)
    assert config["name"] != USUAL
    assert config["engagement"]["form"] == "none"


def test_societies_composed_for_other_commands_keep_their_defaults():
    assert composed([]).parameters.engagement == Parameters().engagement


def test_the_run_says_which_society_it_took(capsys):
    assert main(["run", "months=1", "progress=false", "figures=false", "output=short"]) == 0
    assert f"No society was named, so this is scenario={USUAL};" in capsys.readouterr().out
    assert main(["run", "scenario=none", "months=1", "progress=false", "figures=false", "output=other"]) == 0
    assert "No society was named" not in capsys.readouterr().out


def test_the_story_is_typical_and_no_lucky_draw():
    opening = 24
    found = simulate([scenario(USUAL)], seeds=range(1, 21))

    def of(name):
        return found.measure(name)[0]

    quality = of("quality")
    assert int((of("promises_broken").max(axis=1) > 0).sum()) == 20
    assert int((of("new_politicians").max(axis=1) > 0).sum()) == 20
    assert int((of("coalition_births")[:, opening:].max(axis=1) > 0).sum()) == 20
    assert int((of("coalition_ever")[:, -1] > 0).sum()) == 20
    assert int((quality[:, -12:].mean(axis=1) > quality[:, opening - 12 : opening].mean(axis=1)).sum()) == 19
