"""Links carry a society to the bit, and what is wrong with one is said in a line; nothing in it is evaluated."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim.dashboard.limits import MOST_MONTHS
from engagesim.dashboard.links import TABS, Link, read, write
from engagesim.dashboard.society_request import Act, SocietyRequest, forms, interventions, offered, scenarios
from engagesim.errors import EngagementError, ParameterError
from engagesim.parameters import SETTINGS

places = st.sampled_from([setting for setting in SETTINGS if not setting.path.startswith("engagement.")])


@st.composite
def values(draw):
    setting = draw(places)
    return setting.path, setting.low + draw(st.floats(0, 1)) * (setting.high - setting.low)


@st.composite
def links(draw):
    changes = dict(draw(st.lists(values(), max_size=4)))
    changes |= {"seed": draw(st.integers(0, 99)), "population.citizens": draw(st.integers(60, 90))}
    changes["network.kind"] = draw(st.sampled_from(["watts_strogatz", "erdos_renyi"]))
    request, month = SocietyRequest(draw(st.sampled_from(scenarios())), changes), 0
    for _ in range(draw(st.integers(0, 4))):
        month += draw(st.integers(0, 30))
        request = request.doing(Act(month, *draw(values())))
        name = draw(st.sampled_from(sorted(offered())))
        request = request.doing(Act(month, name, float(name not in request.under_way())))
    agent = draw(st.one_of(st.none(), st.integers(0, 60)))
    text = st.text(string.printable.strip(), max_size=20)
    return Link(draw(st.sampled_from(TABS)), request, month, agent, {"map.x": draw(text), "studies.open": draw(text)})


@given(links())
@settings(max_examples=40, deadline=None)
def test_a_link_brings_back_the_same_society(link):
    again = read("?" + write(link))
    assert again == link
    assert again.request.parameters() == link.request.parameters()


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_link_or_gives_one_line(text):
    said = ""
    try:
        read(text)
    except EngagementError as error:
        said = str(error)
    assert said.isprintable()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "network.file=/etc/passwd",
            "must be a parameter that a link can change; did you mean 'network.seed'?",
        ),
        ("population.file=x.csv", "must be a parameter that a link can change"),
        ("network.kind is file", "network.kind is file"),
        ("name=${oc.env:HOME}", "name: must be a parameter that a link can change"),
        ("scenario=${oc.env:HOME}", "must be one of"),
        ("scenario=village", "must be one of"),
        ("incentives.patronage=nan", "incentives.patronage = nan: must be a number"),
        ("incentives.patronage=1e999", "must be a number"),
        ("population.citizens=60.5", "population.citizens"),
        ("population.districts=41", "must be at most 40"),
        ("month=1201", f"month = 1201: must be a whole number from 0 to {MOST_MONTHS}"),
        ("month=-1", "must be a whole number"),
        ("month=²", "must be a whole number"),
        ("act=5:incentives.audit:1", "must not be after month = 0"),
        ("month=9&act=5:incentives.audit:1&act=4:incentives.audit:0", "months must be in ascending order"),
        ("month=9&act=5:external_audit:0", "must end an intervention that has started"),
        ("month=9&act=5:incentives.adit:1", "did you mean 'incentives.audit'?"),
        ("month=9&act=5:incentives.audit:7", "incentives.audit"),
        ("tab=__class__", "tab = __class__: must be one of explore"),
        ("map.x=" + "y" * 400, "must have at most 300 characters"),
        ("seed=" + "1" * 17000, "must have at most 16000"),
        ("month=300&" + "&".join(f"act={month}:incentives.audit:0" for month in range(201)), "must be at most 200"),
        ("seed=%ff", "link: must be key=value pairs"),
        ("seed=1%0a", "link: must have printable characters"),
    ],
)
def test_what_is_wrong_with_a_link_is_said_with_what_is_allowed(query, said):
    with pytest.raises(ParameterError) as refusal:
        read(query)
    assert said in str(refusal.value)


def test_an_intervention_that_ends_in_its_first_month_was_never_there():
    request = SocietyRequest().doing(Act(3, "external_audit", 1.0)).doing(Act(3, "external_audit", 0.0))
    assert request.acts == ()


def test_of_two_values_in_a_month_the_later_holds_and_interventions_end():
    request = SocietyRequest()
    for act in (
        Act(2, "incentives.audit", 0.3), Act(2, "incentives.audit", 0.6), Act(4, "social_audit", 1.0),
        Act(9, "social_audit", 0.0),
    ):  # fmt: skip
        request = request.doing(act)
    first, second = interventions(request.acts)
    assert (first.start, first.set) == (2, {"incentives.audit": 0.6})
    assert (second.name, second.start, second.stop) == ("social_audit", 4, 9)
    assert request.under_way() == ()


def test_forms_and_scenarios_are_those_of_the_configs_that_need_no_file():
    assert {"cocreation", "none", "survey"} <= set(forms())
    assert "village" not in scenarios()
    assert SocietyRequest.scenario in scenarios()
