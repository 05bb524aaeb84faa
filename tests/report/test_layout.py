"""Everybody has a place of their own, and districts stand apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from engagesim.engines.mesa import EngagementModel
from engagesim.parameters import Parameters
from engagesim.report.network_figure import WHOLE, Layout, arrange, draw_society
from engagesim.society.files import read_people
from engagesim.society.network import Wiring, wire


def wiring(citizens: int, districts: int, providers: int) -> Wiring:
    parameters, people = read_people(
        Parameters().changed(
            {
                "population.citizens": citizens,
                "population.districts": districts,
                "population.providers": providers,
                "network.degree": 4,
            }
        )
    )
    return wire(parameters, people)


SOCIETIES = st.builds(wiring, st.integers(10, 400), st.integers(1, 10), st.integers(1, 30))
LARGE = [(20_000, 100, 4), (12_000, 2, 10), (5000, 1, 4), (4000, 3000, 1), (1000, 10, 250)]


def home_disc(society: Wiring, layout: Layout, agent: int) -> tuple[float, float]:
    """Return how far an agent stands from the centre of its district, and the district's radius."""
    place = layout.districts.tolist().index(society.district_of(agent))
    return float(np.linalg.norm(layout.where[agent] - layout.centres[place])), float(layout.radii[place])


@given(SOCIETIES)
def test_districts_do_not_overlap_and_hold_their_own(society):
    layout = arrange(society)
    for one in range(len(layout.centres)):
        for other in range(one):
            apart = np.linalg.norm(layout.centres[one] - layout.centres[other])
            assert apart > layout.radii[one] + layout.radii[other]
    for agent in range(society.agents):
        distance, radius = home_disc(society, layout, agent)
        assert distance <= radius


@given(SOCIETIES)
def test_nobody_stands_on_anybody(society):
    layout = arrange(society)
    apart = np.linalg.norm(layout.where[:, None] - layout.where[None, :], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.7
    desks = slice(society.citizens, society.agents)
    assert apart[desks, desks].min() > 1.0


@given(SOCIETIES)
def test_posts_stand_within_the_circle_of_citizens(society):
    layout = arrange(society)
    far = [home_disc(society, layout, agent)[0] for agent in range(society.agents)]
    for district in range(society.districts):
        residents = np.flatnonzero(society.district == district)
        officials = range(society.citizens, society.agents)
        posts = [agent for agent in officials if society.district_of(agent) == district]
        assert max(far[agent] for agent in posts) < min(far[agent] for agent in residents)


@given(SOCIETIES)
def test_a_provider_stands_on_the_side_of_its_citizens(society):
    layout = arrange(society)
    for official in range(society.officials):
        served = np.flatnonzero(society.service_point == official)
        if len(served) < 5:
            continue
        place = layout.districts.tolist().index(society.district_of(int(served[0])))
        lean = (layout.where[served] - layout.centres[place]).mean(axis=0)
        post = layout.where[society.citizens + official] - layout.centres[place]
        turn = np.degrees(np.arccos(np.clip(lean @ post / np.linalg.norm(lean) / np.linalg.norm(post), -1, 1)))
        assert turn < 60 or len(served) > 0.8 * (society.district == place).sum()


def test_a_society_of_usual_size_is_drawn_whole():
    layout = arrange(wiring(1000, 10, 4))
    assert layout.shown.all()
    assert not layout.is_sample


@pytest.mark.parametrize("size", LARGE)
def test_a_large_society_is_drawn_in_part(size):
    society = wiring(*size)
    layout = arrange(society)
    assert layout.is_sample
    assert len(layout.districts) < society.districts or layout.every > 1
    assert layout.shown.sum() <= WHOLE + len(layout.districts)
    drawn = {society.district_of(int(agent)) for agent in np.flatnonzero(layout.shown)}
    assert drawn == set(layout.districts.tolist())


@pytest.mark.parametrize("size", LARGE)
def test_of_a_district_that_is_drawn_every_post_is_drawn(size):
    society = wiring(*size)
    layout = arrange(society)
    posts = layout.shown[society.citizens :].sum()
    assert posts == len(layout.districts) * (society.providers + 2)


def test_the_same_society_gets_the_same_places():
    assert np.array_equal(arrange(wiring(300, 7, 3)).where, arrange(wiring(300, 7, 3)).where)


def test_officials_and_politicians_have_the_names_of_a_file(write_table):
    names = ["$x^", "a mayor", ""]
    rows = zip(["provider", "politician", "manager"], names, [0, 1, 1], strict=True)
    file = write_table("people.csv", ("role", "person", "district"), rows)
    people = {"population.file": file, "population.districts": 2, "population.citizens": 40}
    figure = Figure()
    draw_society(EngagementModel(Parameters().changed(people)), figure.subplots())
    figure.canvas.draw()
    written = {text.get_text() for text in figure.axes[0].texts}
    assert written >= {"$x^", "a mayor"}
    assert not any("manager" in text for text in written)
