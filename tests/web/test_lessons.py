"""Lessons: what each claims holds in fresh societies, all that they name exists, and a student can go through them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from engagesim import EngagementModel, simulate
from engagesim.analysis.intervals import standard_error
from engagesim.configs.compose import composed
from engagesim.dashboard.explore_view import PANELS
from engagesim.dashboard.society_request import Act, interventions, offered
from engagesim.parameters import SETTINGS, Parameters, parameter_table
from engagesim.society.events import KIND_NAMES
from engagesim.society.state import COLUMNS
from engagesim.web import lessons
from engagesim.web.content import controls
from engagesim.web.lessons import lesson_names
from things import carried_out

LESSONS = lesson_names()
lesson_named = cache(lessons.lesson_named)  # which composes societies each time
FRESH = range(1001, 1061)
"""Seeds that no lesson shows."""
CERTAIN = 2.0
"""Standard errors by which a difference must exceed what is claimed."""

STEPS = [(name, place) for name in LESSONS for place, _ in enumerate(lesson_named(name)["steps"])]
CLAIMED = [(name, place) for name, place in STEPS if lesson_named(name)["steps"][place].get("claims")]


def lived(lesson: dict[str, Any], arm: dict[str, Any], months: int) -> Parameters:
    """Return the parameters of an arm."""
    society = lesson["societies"][arm.get("society", next(iter(lesson["societies"])))]
    start = composed(society["said"]).parameters.changed({**arm.get("changes", {}), "months": months})
    more = interventions(tuple(Act(*act) for act in arm.get("acts", ())))
    every = [*start.interventions, *more]
    return start.changed({"interventions": [each.model_dump() for each in every]})


def over(values: np.ndarray, at: Any) -> np.ndarray:
    """Return the mean over the months that a claim is about, by arm and seed."""
    if at == "last_year":
        return values[..., -12:].mean(axis=-1)
    return values[..., -1] if at == "end" else values[..., at[0] : at[1]].mean(axis=-1)


def effect(claim: dict[str, Any], found: Any, at: Any) -> np.ndarray:
    """Return what a claim is about, one value a seed."""

    def of(name: str) -> np.ndarray:
        return over(found.measure(name), claim.get("at", at))

    if "more" in claim:
        more, than = ([claim[side]] if isinstance(claim[side], str) else claim[side] for side in ("more", "than"))
        arm = claim["arm"]
        return sum(of(name)[arm] for name in more) - sum(of(name)[arm] for name in than)
    values = of(claim["measure"])
    if claim.get("sum"):
        return values[3] - values[2] - values[1] + values[0]
    if "arm" in claim:
        return values[claim["arm"]]
    one, other = claim["arms"]
    return values[other] - values[one]


@pytest.mark.parametrize(("name", "place"), CLAIMED)
def test_what_a_lesson_claims_holds_in_fresh_societies(name, place):
    lesson = lesson_named(name)
    show = lesson["steps"][place]["show"]
    months = show["months"]
    found = simulate([lived(lesson, arm, months) for arm in show["arms"]], seeds=FRESH)
    for claim in lesson["steps"][place]["claims"]:
        values = effect(claim, found, show.get("at", "last_year"))
        mean, error = values.mean(), float(standard_error(values[None])[0])
        low, high = claim.get("within", (-np.inf, np.inf))
        if claim.get("sign") == "-":
            high = min(high, -claim.get("least", 0.0))
        elif claim.get("sign") == "+" or "more" in claim:
            low = max(low, claim.get("least", 0.0))
            high = min(high, claim.get("most", np.inf))
        assert low + CERTAIN * error <= mean <= high - CERTAIN * error, (
            f"{claim['what']}: {mean:.3f}, error {error:.3f}"
        )


def watched(name: str, look_at=lambda society: None) -> tuple[pd.DataFrame, list[Any]]:
    """Return the events of a society that a lesson watches, with months from 1, and what ``look_at`` saw each month."""
    lesson = lesson_named(name)
    look = lesson["steps"][0]["look"]
    society = EngagementModel(lived(lesson, look, look["months"]), seed=look["seed"])
    seen = [look_at(society)]
    for _ in range(look["months"]):
        society.step()
        seen.append(look_at(society))
    return society.events.assign(month=society.events["month"] + 1), seen


def test_citizen_5_lives_the_story_that_is_told_of_her():
    _, seen = watched("trial_and_error", lambda society: vars(society.citizens[5]).copy())
    came = [month for month, state in enumerate(seen) if state["last_engagement"] == month - 1 >= 0]
    assert came[:3] == [10, 20, 25]
    assert [seen[month]["outcome"] for month in came[:3]] == [0, 0, 1]
    assert len(came) > 20
    beliefs = [state["efficacy_collaborate"] for state in seen]
    assert beliefs[9] == pytest.approx(1 / 7, abs=0.01)
    assert beliefs[24] / beliefs[9] == pytest.approx(3 / 4, abs=0.03)


def test_service_point_1_lives_the_story_that_is_told_of_it():
    events, _ = watched("one_service_point")
    mine = events[(events["row"] == 121) & (events["month"] <= 50)].groupby("kind")["month"].agg(list)
    assert mine["demand"][0] == 7
    assert mine["promise_broken"] == [29]
    assert mine["promise_kept"] == mine["agreement_made"] == [7 + 36]
    assert mine["official_transferred"] == mine["agreement_ended"] == [43 + 6]


def test_district_3_lives_the_story_that_is_told_of_it():
    events, _ = watched("birth_and_death_of_a_coalition")
    mine = events[events["district"] == 2].groupby(["kind", "actor"])["month"].agg(list)
    assert mine["coalition_born", "coalition"] == [59, 92]
    assert mine["coalition_ended", "coalition"] == [68]
    assert mine["joined_coalition", "politician"][0] == 59
    assert mine["voted_out", "politician"][1] == 58
    assert mine["left_coalition", "manager"] == [33, 59 + 3]
    assert mine["joined_coalition", "manager"][-1] == 68 + 24


@pytest.mark.parametrize(("name", "place"), STEPS)
def test_all_that_a_step_names_exists(name, place):
    lesson = lesson_named(name)
    step = lesson["steps"][place]
    paths = {row.path for row in parameter_table()}
    columns = {f"{column.entity}.{column.name}" for column in COLUMNS}
    assert step["title"]
    assert step["text"]
    assert step["reveal"]
    for arm in step.get("show", {}).get("arms", []):
        assert arm.get("society", "") in {"", *lesson["societies"]}
        assert set(arm.get("changes", {})) <= paths
        assert all(what in offered() or what in {each.path for each in SETTINGS} for _, what, _ in arm.get("acts", []))
    predicted = step["predict"]
    if predicted["kind"] == "choice":
        assert len(predicted["options"]) >= 2
        assert "right" in predicted or all("arm" in option for option in predicted["options"])
    look = step.get("look", {})
    assert {line["name"].partition("@")[0] for panel in look.get("panels", []) for line in panel["lines"]} <= columns
    assert {*look.get("tells", []), *look.get("marks", [])} <= {*KIND_NAMES}


@pytest.mark.parametrize("name", LESSONS)
def test_the_sandbox_has_what_the_lesson_says(name):
    lesson = lesson_named(name)
    sandbox, known = lesson["sandbox"], {row["path"] for group in controls(Parameters) for row in group["rows"]}
    assert set(sandbox["settings"]) <= known
    assert set(sandbox.get("levers", [])) <= {*offered()}
    assert set(sandbox["panels"]) <= {panel["title"] for panel in PANELS}
    assert min(len(lesson[part]) for part in ("notice", "try", "extend")) >= 2


@pytest.mark.parametrize("name", LESSONS)
def test_a_student_goes_through_a_lesson(name, browser, tmp_path):
    file = tmp_path / f"{name}.html"
    carried_out(["page", f"lesson={name}", f"output={file}"])
    assert file.stat().st_size < 1_000_000
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.set_offline(True)
    context.set_default_timeout(120_000)  # a busy machine is no failure
    page = context.new_page()
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    show = page.get_by_role("button", name="Show what happens")
    assert show.is_disabled()
    if page.locator(".predict input[type=radio]").count():
        page.locator(".predict input[type=radio]").first.check()
    else:
        page.locator(".predict input[type=range]").first.fill("0.5")
    show.click()
    page.wait_for_selector(".answer .prose")
    assert page.locator(".answer svg").count() >= 1
    standard = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    for _ in lesson_named(name)["steps"]:
        found = Axe().run(page, options=standard).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Next").click()
    assert page.locator("h2").first.inner_text() == "Notice, try, extend"
    page.get_by_role("button", name="A year").click()
    assert "After 12 months" in page.inner_text(".status")
    assert mistakes == []
    context.close()
