"""The dashboard, driven in a browser as its users drive it."""

import re

import numpy as np
import pytest

from engagesim.dashboard.explore import TOUR
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel

TOWN = {"population.citizens": 200, "population.districts": 4}
SMALL = "&".join(f"{path}={value}" for path, value in TOWN.items())
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def month(page, number: int) -> None:
    """Wait until the picture shows a month."""
    page.wait_for_selector(f"figure[data-drawn][data-month='{number}']")


def beyond(page, number: int) -> None:
    """Wait until a society that plays has come to a month, or past it."""
    page.wait_for_function("least => document.querySelector('figure[data-drawn]').dataset.month >= least", arg=number)


def words(page) -> str:
    """What is said of how the society stands."""
    return page.locator(".es-said").inner_text()


def counts(page) -> list[str]:
    """The numbers in the legend of the social graph."""
    return page.locator(".es-legend b").all_inner_texts()


def counted(society: LiveSociety) -> list[str]:
    """The same numbers, of a society that no browser has seen."""
    state = society.state
    columns = (state.column("citizen", "strategy"), state.column("official", "response"))
    stances = np.bincount(state.column("politician", "stance")[:, 0], minlength=3).tolist()
    acts = [number for column in columns for number in np.bincount(column[:, 0], minlength=4).tolist()]
    return [str(number) for number in (*acts, *stances, *committed(society))]


def committed(society: LiveSociety) -> list[int]:
    """Service points in dispute, with a promise and with an agreement; members, leaders, who joined, and coalitions."""
    sums = lambda entity, name: int(society.state.column(entity, name).sum())  # noqa: E731
    official = {name: society.state.column("official", name) > 0 for name in ("dispute", "promise_due", "agreement")}
    promised, disputed = official["promise_due"], official["dispute"] & ~official["promise_due"]
    agreed = official["agreement"] & ~official["dispute"] & ~promised
    return [
        *(int(kind.sum()) for kind in (disputed, promised, agreed)),
        sums("citizen", "member"),
        sums("citizen", "leader"),
        sums("official", "member") + sums("politician", "member"),
        sums("district", "coalition"),
    ]


def test_a_society_starts_a_slider_moves_it_and_the_link_brings_it_back(visitor):
    page = visitor(SMALL)
    month(page, 0)
    assert set(counts(page)[:11]) == {"0"}  # nobody has acted yet
    page.get_by_role("button", name="Step", exact=True).click()
    month(page, 1)
    page.get_by_label("Merit protection").first.fill("1")
    page.get_by_label("Patronage", exact=True).first.fill("0.05")
    page.get_by_role("button", name="+ 1 year").click()
    month(page, 13)
    page.wait_for_url(re.compile("month=13"))
    assert re.search(r"act=1:incentives\.merit_protection:1&act=1:incentives\.patronage:0\.05", page.url)

    again = visitor(page.url.split("?")[1])
    month(again, 13)
    assert (words(again), counts(again)) == (words(page), counts(page))
    again.get_by_role("button", name="+ 1 year").click()
    page.get_by_role("button", name="+ 1 year").click()
    month(again, 25)
    month(page, 25)
    assert counts(again) == counts(page)

    unchanged = visitor(SMALL + "&month=25")
    month(unchanged, 25)
    assert counts(unchanged) != counts(page)


def test_playing_goes_on_by_itself_until_paused_and_reset_goes_back(visitor):
    page = visitor(SMALL)
    month(page, 0)
    page.get_by_label("Speed").select_option("50")
    page.get_by_role("button", name="Play").click()
    beyond(page, 5)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    page.get_by_role("button", name="Reset").click()
    month(page, 0)


def test_behind_a_change_stands_the_society_without_it_and_all_of_it_can_be_taken_away(visitor, serious, tmp_path):
    page = visitor(f"{SMALL}&month=12&act=4:incentives.patronage:0.05")
    month(page, 12)
    assert page.locator(".es-before").count() >= 8
    assert "without your changes" in page.locator(".es-curves .es-note").inner_text()
    page.get_by_text("Take it with you").click()
    assert "incentives.patronage: 0.05" in page.locator(".es-code").first.inner_text()
    for button, begins in (("Data (CSV)", b"month,quality"), ("Curves (SVG)", b"<svg"), ("Picture (PNG)", b"\x89PNG")):
        with page.expect_download() as saved:
            page.get_by_role("button", name=button).click()
        saved.value.save_as(tmp_path / "saved")
        assert (tmp_path / "saved").read_bytes().startswith(begins)
    assert serious(page) == []


def test_the_tour_points_at_what_it_speaks_of(visitor, serious):
    page = visitor(f"{SMALL}&month=3")
    month(page, 3)
    page.get_by_role("button", name="Two-minute tour").click()
    for step in TOUR:
        page.get_by_role("heading", name=f"of 6: {step['title']}").wait_for()
        assert page.locator(f"{step['where']}.es-pointed-out").count() == 1
        if step is not TOUR[-1]:
            page.get_by_role("button", name="Next").click()
    assert serious(page) == []
    page.get_by_role("button", name="Done").click()
    assert page.locator(".es-pointed-out").count() == 0


def test_an_agent_tells_its_state_and_its_reasons_by_mouse_and_by_keyboard(visitor):
    page = visitor(SMALL + "&month=3")
    month(page, 3)
    canvas = page.locator("figure canvas")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("heading", name=re.compile("Citizen 0, district")).wait_for()
    assert page.locator(".es-reasons tbody").count() == 4
    assert page.locator(".es-reasons .es-chosen").count() == 1
    society = LiveSociety(SocietyRequest(changes=TOWN).parameters())
    society.step(3)
    reasons = EngagementModel.restore(society.snapshot()).actors[0].reasons()
    totals = [float(text.replace("−", "-")) for text in page.locator(".es-reasons b").all_inner_texts()]
    assert totals == pytest.approx([sum(terms.values()) for terms in reasons.values()], abs=0.0051)
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.wait_for_url(re.compile("agent="))
    page.get_by_label("Number").fill("219")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile("Politician|Manager|Provider|Citizen 2")).wait_for()


def test_a_cell_of_the_map_opens_its_society(visitor):
    page = visitor(SMALL + "&tab=map&map.cells=3&map.seeds=1&map.months=24&map.measure=quality")
    page.locator("section.es-map").wait_for()
    page.locator("[data-cell='0-0']").focus()
    page.keyboard.press("ArrowUp")
    cell = page.locator("[data-cell='1-0']")
    said = cell.get_attribute("aria-label")
    page.keyboard.press("Enter")
    month(page, 24)
    assert "incentives.patronage=0&incentives.merit_protection=0.5&month=24" in page.url
    assert re.fullmatch(r"Patronage 0, Merit protection 0\.5: \d\.\d\d", said)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("population.citizens=2000000", "must be at most 2000"),
        ("act=__import__('os'):x:1", "must be a whole number"),
    ],
)
def test_a_wrong_link_gives_one_clear_line_and_the_usual_society(visitor, query, said):
    page = visitor(query)
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert said in alert.inner_text()
    assert "Traceback" not in page.locator("body").inner_text()
    month(page, 0)


def test_five_people_at_once_see_the_five_societies_of_their_links(visitor):
    pages = [visitor(f"{SMALL}&seed={seed}") for seed in range(1, 6)]
    for page in pages:
        month(page, 0)
        page.get_by_label("Speed").select_option("50")
        page.get_by_role("button", name="Play").click()
    for page in pages:
        beyond(page, 6)
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Play").wait_for()
    for seed, page in enumerate(pages, 1):
        page.wait_for_timeout(100)  # a month that was under way when it paused may still come
        lived = int(page.locator("figure[data-drawn]").get_attribute("data-month"))
        society = LiveSociety(SocietyRequest(changes={**TOWN, "seed": seed}).parameters())
        society.step(lived)
        assert counts(page) == counted(society), f"seed {seed}, month {lived}"


@pytest.mark.parametrize(
    ("query", "scheme", "viewport"),
    [
        ("month=30&agent=7", "light", LAPTOP),
        ("month=3&agent=217", "dark", PHONE),
        ("tab=map&map.cells=3&map.seeds=1&map.months=12", "dark", LAPTOP),
        ("tab=glossary", "light", PHONE),
    ],
)
def test_nothing_stands_in_the_way_of_those_who_cannot_see_well(visitor, serious, query, scheme, viewport):
    page = visitor(f"{SMALL}&{query}", color_scheme=scheme, viewport=viewport)
    page.wait_for_selector("[data-drawn], .es-glossary")
    if "glossary" in query:  # all entries are alike, and there are hundreds
        page.get_by_label("Find").fill("patron")
    assert serious(page) == []


def test_the_picture_is_drawn_on_a_phone_without_scrolling_sideways(visitor):
    page = visitor(SMALL + "&month=2", viewport=PHONE)
    month(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
