"""*Compare* and *Studies*, driven in a browser: a comparison to its end, a sweep and a comparison from a folder."""

import re

import pytest

from engagesim.analysis.outcomes import OUTCOMES

PHONE = {"width": 390, "height": 844}
SMALL = "tab=compare&compare.citizens=100&compare.months=24&compare.seeds=10"


def is_narrow(page) -> bool:
    return page.evaluate("[...document.querySelectorAll('html, main')].every(e => e.scrollWidth <= innerWidth)")


def test_a_comparison_runs_to_its_end_and_one_thing_changes_it(visitor, serious):
    page = visitor(SMALL)
    page.locator(".es-plays svg").first.wait_for()
    page.get_by_role("button", name="Compare over 10 seeds").click()
    page.get_by_role("heading", name="Service quality, after 10 seeds").wait_for()
    assert page.locator(".es-table table").first.locator("tbody tr").count() == len(OUTCOMES)
    assert "B" in page.locator(".es-finding").first.inner_text()

    page.get_by_role("group", name="Society B").get_by_label("Form of engagement").select_option("scenario")
    page.get_by_text("so the results must be the same").wait_for()
    page.locator(".es-finding").first.wait_for(state="detached")  # what was found no longer holds
    page.wait_for_url(re.compile("compare.b.scenario=contested_reform"))
    page.get_by_role("button", name="Compare over 10 seeds").click()
    page.get_by_text("every difference is exactly 0").wait_for()
    assert serious(page) == []


def test_a_comparison_can_be_stopped_and_a_side_opened_in_explore(visitor):
    page = visitor("tab=compare&compare.citizens=2000&compare.seeds=400&compare.b.with=secret_ballot")
    page.get_by_role("button", name="Compare over 400 seeds").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped. Results so far are kept.").wait_for()
    page.get_by_role("button", name="Open B in Explore").click()
    page.wait_for_url(re.compile(r"act=24:secret_ballot:1"))
    assert "population.citizens=2000" in page.url


def test_months_are_uncovered_one_by_one(visitor):
    page = visitor(SMALL, reduced_motion="reduce")
    page.locator(".es-plays svg").first.wait_for()
    slider = page.get_by_label("Month", exact=True)
    assert slider.input_value() == "24"
    drawn = page.locator(".es-plays path.es-curve").first
    whole = drawn.get_attribute("d")
    page.get_by_role("button", name="Start", exact=True).click()
    assert drawn.get_attribute("d") == ""
    page.get_by_role("button", name="One month forward").click()
    assert slider.input_value() == "1"
    assert whole.startswith(drawn.get_attribute("d"))


def test_a_stored_sweep_is_opened_a_point_chosen_by_keyboard_and_opened_in_explore(visitor, serious):
    page = visitor("tab=studies&studies.of=deep/phase", color_scheme="dark")
    page.locator("[data-cell='0-0']").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Values of this point").first.wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("studies.point=[1-9]"))
    assert serious(page) == []
    page.get_by_label("Run with seed").select_option("2")
    page.wait_for_url(re.compile("studies.seed=2"))
    page.get_by_role("button", name="Open this run in Explore").click()
    page.wait_for_url(re.compile(r"^[^?]*\?scenario=contested_reform&seed=2&population\.citizens=200"))


def test_other_axes_draw_another_picture(visitor):
    page = visitor("tab=studies&studies.of=deep/phase")
    page.locator("[data-cell]").first.wait_for()
    page.get_by_label("Up", exact=True).select_option("measure")
    page.locator(".es-picking [data-key]").first.wait_for()
    page.get_by_label("Colours").select_option("incentives.merit_protection")
    page.locator(".es-picking text", has_text="Merit protection").wait_for()
    assert page.locator(".es-picking [data-key]").count() == 6
    page.get_by_role("listbox", name=re.compile("Points of the study")).focus()
    page.keyboard.press("Home")
    page.locator(".es-picking [aria-selected=true]").wait_for(state="attached")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("studies.point=[1-9]"))


def test_a_stored_comparison_is_opened_on_a_phone_and_leads_to_its_report(visitor, address, serious):
    page = visitor("tab=studies&studies.of=pair", viewport=PHONE)
    page.get_by_role("heading", name="Audit").wait_for()
    page.locator(".es-picking [data-key=asking]").click()
    page.get_by_role("heading", name="Asking").wait_for()
    assert is_narrow(page)
    assert serious(page) == []
    link = page.get_by_role("link", name="Printable report").get_attribute("href")
    report = page.context.request.get(address + link[1:])
    assert report.ok
    assert "How the designs compare in simulation" in report.text()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tab=studies&studies.of=../../etc", "must be a folder inside"),
        ("tab=compare&compare.a.scenario=atlantis", "must be one of"),
    ],
)
def test_a_wrong_link_gives_one_clear_line(visitor, query, said):
    page = visitor(query)
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert said in alert.inner_text()
