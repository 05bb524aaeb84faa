"""From survey to society: weighted means come through, margins hold, and every refusal names its place."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from engagesim.errors import EngagementError
from engagesim.report.survey_page import survey_page
from engagesim.report.text import percent
from engagesim.society.survey import read_survey

VILLAGES = {1: "North", 2: "South", 3: "East"}


def survey(respondents: int = 200) -> pd.DataFrame:
    draws = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "rid": np.arange(respondents) + 1001.0,
            "village": draws.choice([1, 2, 3], respondents),
            "school": draws.integers(0, 16, respondents),
            "q1": draws.integers(1, 6, respondents),
            "q2": draws.integers(1, 6, respondents),
            "card": draws.choice(["green", "blue", "none"], respondents),
            "sex": draws.choice(["f", "m"], respondents, p=[0.7, 0.3]),
            "w": draws.uniform(0.3, 3, respondents).round(3),
            "protest": draws.integers(0, 2, respondents),
        }
    )
    table.loc[draws.random(respondents) < 0.1, ["q1", "q2"]] = -99
    return table


MAPPING = {
    "survey": "survey.csv", "key": "rid", "weight": "w", "people": 1000, "missing": ["-99"],
    "district": {"from": "village", "names": {str(code): name for code, name in VILLAGES.items()}},
    "attributes": {
        "education": {"from": "school", "scale": [0, 15], "reason": "fifteen years of school"},
        "trust": {"from": ["q1", "q2"], "scale": [1, 5], "reversed": ["q2"], "reason": "two items"},
        "vulnerability": {"from": "card", "recode": {"green": 0.8, "blue": 0.7}, "otherwise": 0.35, "reason": "cards"},
    },
    "margins": [{"from": "sex", "shares": {"f": 51, "m": 49}, "source": "census"}],
    "know": {"protest": {"from": "protest", "reason": "within a year"}},
}  # fmt: skip


def written(folder: Path, table: pd.DataFrame | None = None, **changes) -> Path:
    (survey() if table is None else table).to_csv(folder / "survey.csv", index=False)
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump({**MAPPING, **changes}))
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dta", "sav"])
def test_weighted_means_of_the_people_are_those_of_the_survey(tmp_path, kind):
    path, table = written(tmp_path, survey=f"survey.{kind}"), survey()
    match kind:
        case "xlsx":
            table.to_excel(tmp_path / "survey.xlsx", index=False)
        case "dta":
            table.to_stata(tmp_path / "survey.dta", write_index=False)
        case "sav":
            pytest.importorskip("pyreadstat").write_sav(table, str(tmp_path / "survey.sav"))
    read = read_survey(path)
    weights = table["w"].to_numpy().copy()
    for _ in range(200):  # raking, once more
        for sex, share in (("f", 0.51), ("m", 0.49)):
            mine = (table["sex"] == sex).to_numpy()
            weights[mine] *= share * weights.sum() / weights[mine].sum()
    answers = {
        "education": table["school"] / 15,
        "trust": ((table["q1"] - 1) / 4 + 1 - (table["q2"] - 1) / 4).where(table["q1"] > 0) / 2,
        "vulnerability": table["card"].map({"green": 0.8, "blue": 0.7, "none": 0.35}),
    }
    assert len(read.people) == 1000
    for name, values in answers.items():
        given = values.notna()
        assert read.people[name].mean() == pytest.approx(np.average(values[given], weights=weights[given]), abs=0.005)
    shares = pd.Series(weights).groupby(table["village"].map(VILLAGES)).sum() / weights.sum()
    assert (read.people["district"].value_counts(normalize=True) - shares).abs().max() < 0.002
    assert read.margins["weighted"].tolist() == pytest.approx([0.51, 0.49])


def test_without_weights_everybody_is_one_person_under_their_own_name(tmp_path):
    read = read_survey(written(tmp_path, weight=None, people=None, margins=[]))
    assert read.people["person"].tolist() == [str(number + 1001) for number in range(200)]


def test_the_same_seed_draws_the_same_people(tmp_path):
    path = written(tmp_path)
    assert read_survey(path).people.equals(read_survey(path).people)


@pytest.mark.parametrize(("rule", "gaps"), [("draw", True), ("mean", False), (0.5, False), ("drop", False)])
def test_missing_answers_follow_the_stated_rule(tmp_path, rule, gaps):
    trust = {**MAPPING["attributes"]["trust"], "missing": rule}
    read = read_survey(written(tmp_path, attributes={"trust": trust}, margins=[], weight=None, people=None))
    assert read.people["trust"].isna().any() == gaps
    assert (len(read.people) < 200) == (rule == "drop")


@pytest.mark.parametrize(("rule", "share", "people"), [("draw", 1.0, 200), (0, 0.5, 200), ("drop", 1.0, 100)])
def test_missing_answers_about_a_place_follow_the_stated_rule(tmp_path, rule, share, people):
    table = survey().assign(protest=["", "1"] * 100)
    know = {"protest": {**MAPPING["know"]["protest"], "missing": rule}}
    read = read_survey(written(tmp_path, table, know=know, margins=[], weight=None, people=None))
    assert read.known["protest"][0] == share
    assert len(read.people) == people
    assert any("know.protest missing for 100" in note for note in read.notes) == (rule != "drop")


def _with(name: str, **changes) -> dict:
    return {"attributes": {name: {**MAPPING["attributes"].get(name, {"from": "school", "reason": "x"}), **changes}}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (_with("education", scale=[0, 10]), "attributes.education: school, row"),
        (_with("education", scale=None), "say with scale which answers become 0 and 1"),
        (_with("education", **{"from": "schol"}), "did you mean 'school'?"),
        (_with("trust", **{"from": []}), "from: must name a column, or several"),
        (_with("educaton"), "did you mean 'education'?"),
        (_with("education", reason=""), "reason"),
        (
            _with("vulnerability", otherwise=None),
            "attributes.vulnerability.recode: must say what 'none' of card become",
        ),
        (_with("trust", reversed=["q3"]), "must be q1 or q2"),
        (_with("member", scale=[0, 15]), "must be 0 or 1"),
        (
            _with("member", **{"from": "protest", "missing": "mean"}),
            "attributes.member.missing = 'mean': must be draw, drop, 0 or 1",
        ),
        (_with("trust", missing=2), "attributes.trust.missing = 2.0: must be draw, mean, drop or a number from 0 to 1"),
        ({"key": "sex"}, "must name each respondent once"),
        ({"weight": "card"}, "weight: card, row"),
        ({"margins": [{"from": "sex", "shares": {"f": 0.5, "x": 0.5}, "source": "c"}]}, "see 'm'"),
        ({"margins": [{"from": "sex", "shares": {"f": 0.5, "m": 0.2}, "source": "c"}]}, "must add up to 1"),
        ({"district": {"from": "village", "names": {"1": "North"}}}, "must be the district of the respondent"),
        ({"survey": "other.csv"}, "must be a readable file"),
        ({"attributes": {}, "know": {}}, "must have at least one attribute"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_its_place(tmp_path, changes, words):
    with pytest.raises(EngagementError) as refused:
        read_survey(written(tmp_path, **changes))
    (line,) = str(refused.value).splitlines()
    assert words in line


def test_codes_may_have_been_saved_as_fractions(tmp_path):
    table = survey()
    whole = read_survey(written(tmp_path, table))
    fractions = table.astype({"village": float, "q1": float, "q2": float}).assign(card=lambda t: t["card"] + " ")
    assert read_survey(written(tmp_path, fractions)).people.equals(whole.people)


def test_a_question_that_nobody_answered_is_refused(tmp_path):
    table = survey().assign(q1=-99, q2=-99)
    with pytest.raises(EngagementError, match=r"attributes\.trust: must have answers; all those to q1, q2 are missing"):
        read_survey(written(tmp_path, table))


def test_weights_that_rest_on_a_few_respondents_are_doubted(tmp_path):
    doubt = "a few respondents have most of the weight: check the column of weights and the margins"
    table = survey()
    assert doubt not in read_survey(written(tmp_path, table)).notes
    table.loc[:3, "w"] = 1e6
    assert doubt in read_survey(written(tmp_path, table, margins=[])).notes


def test_answers_that_were_filled_in_are_not_counted_as_given_nor_ranks_as_means(tmp_path):
    attributes = {**MAPPING["attributes"], "connected": {"from": "protest", "reason": "knows whom to ask"}}
    attributes["trust"] = {**attributes["trust"], "missing": "mean"}
    read = read_survey(written(tmp_path, attributes=attributes))
    share = percent(float((survey()["q1"] > 0).mean()))
    page = survey_page(read, pd.DataFrame({name: [0.5] for name in ("education", "trust", "vulnerability")}))
    rows = {row[0]: row[1:] for row in re.findall("<tr>" + "<t[hd][^>]*>([^<]*)</t[hd]>" * 6 + "</tr>", page)}
    assert rows["Trust"][0] == share != "100 %"
    assert rows["Trust"][-1] == "0.500"
    assert rows["Connected"][-1] == "–"
