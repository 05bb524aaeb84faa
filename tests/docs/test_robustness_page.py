"""README, documents and experiments make the claims that are in the robustness panel, each as far as it carries."""

import re
import runpy
from pathlib import Path

import pandas as pd
import pytest
import yaml

from engagesim.configs import config_folder
from engagesim.validation.claims import AS_IT_IS, SHIPPED, claim_id, conclusions
from engagesim.validation.facts import read_facts

TOP = Path(__file__).parents[2]
TABLES = runpy.run_path(str(TOP / "docs" / "tables.py"))
PANEL = pd.read_csv(TABLES["PANEL"])
CLAIMING = [path for path in TABLES["claiming"]() if "<!-- claims: " in path.read_text("utf-8")]


def outside(text: str) -> str:
    """Return a page without its lists of claims."""
    return TABLES["CLAIMS"].sub("", text)


def test_the_panel_is_of_the_claims_and_variations_that_ship():
    says = {claim_id(fact, n): check.claim for fact in read_facts(SHIPPED) for n, check in enumerate(fact.checks)}
    assert dict(zip(PANEL["claim"], PANEL["says"], strict=True)) == says
    axes = yaml.safe_load((config_folder() / "robustness.yaml").read_text("utf-8"))["axes"]
    names = [AS_IT_IS, *(name for some in axes.values() for name in some)]
    assert list(PANEL["variation"]) == names * len(says)


def test_the_page_says_of_every_claim_how_far_it_carries():
    page = (TOP / "docs" / "robustness.md").read_text("utf-8")
    for name, found in conclusions(PANEL).items():
        assert re.search(rf"^\| `{re.escape(name)}` \| .* \| .*{re.escape(found.words)} \|", page, re.MULTILINE)


@pytest.mark.parametrize("path", CLAIMING, ids=lambda path: str(path.relative_to(TOP)))
def test_a_list_of_claims_is_as_the_panel_has_it(path):
    text = path.read_text("utf-8")
    assert TABLES["with_claims"](text) == text


def test_a_claim_that_is_withdrawn_stands_nowhere_and_others_say_on_what_condition(monkeypatch):
    table = PANEL[PANEL["claim"] == PANEL["claim"][0]].assign(result="holds")
    for name, result, said in (
        (None, "", "holds everywhere."),
        (AS_IT_IS, "flips", ""),
        (table["variation"].iloc[1], "unclear", f"holds, but unclear with {table['variation'].iloc[1]}."),
    ):
        judged = table.assign(result=table["result"].mask(table["variation"] == name, result))
        monkeypatch.setattr(TABLES["pd"], "read_csv", lambda _, judged=judged: judged)
        line = TABLES["claimed"](table["claim"].iloc[0])
        assert line == (f"- **{table['says'].iloc[0]}**: {said}" if said else "")


def test_every_claim_stands_where_its_file_says():
    for fact in read_facts(SHIPPED):
        text = (TOP / fact.source / "README.md").read_text("utf-8")
        named = " ".join(found["names"] for found in TABLES["CLAIMS"].finditer(text)).split()
        wanted = {claim_id(fact, number) for number in range(len(fact.checks))}
        assert fact.id in named or wanted <= set(named), fact.id


QUESTIONS = ["README.md", *(f"{fact.source}/README.md" for fact in read_facts(SHIPPED))]


@pytest.mark.parametrize("name", dict.fromkeys(QUESTIONS))
def test_a_page_of_findings_emphasises_no_claim_that_is_not_in_the_panel(name):
    """What a page claims is a bold sentence; those written by hand are headings, such as **Caveats.**"""
    text = outside((TOP / name).read_text("utf-8"))
    if name == "README.md":
        text = text.partition("## When does a district")[2].partition("\n## ")[0]
    bold = [" ".join(each.split()) for each in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]
    assert set(bold) <= {"Question.", "One command", "Result.", "In these towns", "Caveats."}
