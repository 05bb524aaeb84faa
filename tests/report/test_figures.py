"""The figures of a run: whole, repeatable, legible, and true to the metrics."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from engagesim.engines.mesa import EngagementModel
from engagesim.errors import ParameterError
from engagesim.parameters import Parameters
from engagesim.report import comparison_figures
from engagesim.report.network_figure import RELATIONS, Relation, picture_caption
from engagesim.report.run_figures import (
    BEHAVIOUR,
    COALITION,
    COMMITMENT,
    HISTORIES,
    OUTCOMES,
    caption,
    draw_history,
    draw_run,
    draw_society,
    history_figure,
)
from engagesim.report.style import ACT_COLOURS, Caption, drawing, new_figure
from engagesim.report.text import CAUSES, MEASURE
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

SVG = "{http://www.w3.org/2000/svg}"


def lived(parameters: Parameters, months: int) -> EngagementModel:
    model = EngagementModel(parameters)
    for _ in range(months):
        model.step()
    return model


@pytest.fixture(scope="module")
def lived_once(tiny: Parameters) -> EngagementModel:
    return lived(tiny, 10)


@pytest.fixture
def society(lived_once: EngagementModel) -> EngagementModel:
    """A society of its own for each test, which may change it."""
    return deepcopy(lived_once)


@pytest.fixture(scope="module")
def files(lived_once: EngagementModel, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw_run(lived_once.metrics, lived_once, tmp_path_factory.mktemp("run") / "figures")


def parsed(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(path.read_bytes())  # noqa: S314 - our own file


def drawn(history, metrics, parameters) -> Figure:
    with drawing():
        figure = draw_history(history, metrics, parameters)
        figure.draw_without_rendering()
    return figure


def said(figure: Figure) -> set[str]:
    return {" ".join(text.get_text().split()) for text in figure.findobj(Text)}


def test_each_figure_is_written_as_svg_and_as_png(files):
    assert sorted(path.name for path in files) == sorted(
        f"{name}.{kind}"
        for name in ("behaviour", "outcomes", "commitment", "coalition", "society")
        for kind in ("svg", "png")
    )
    for path in files:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG")
        else:
            assert parsed(path).tag == f"{SVG}svg"


def test_each_svg_says_what_it_shows_to_those_who_cannot_see_it(files):
    for path in (path for path in files if path.suffix == ".svg"):
        root = parsed(path)
        names = root.attrib["aria-labelledby"].split()
        told = {element.get("id"): element.text for element in root if element.tag in {f"{SVG}title", f"{SVG}desc"}}
        assert root.attrib["role"] == "img"
        assert list(told) == names
        assert all(told.values())


def test_the_same_run_gives_the_same_bytes_whatever_the_users_own_style_which_stays(files, tiny, tmp_path):
    again = lived(tiny, 10)
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": "other", "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        second = draw_run(again.metrics, again, tmp_path)
        assert dict(matplotlib.rcParams) == before
    for one, other in zip(files, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


@pytest.mark.parametrize("history", [OUTCOMES, COMMITMENT, COALITION], ids=lambda history: history.name)
def test_every_line_runs_through_its_measure(history, society):
    metrics = society.metrics
    figure = drawn(history, metrics, society.parameters)
    for axes, panel in zip(figure.axes, history.panels, strict=True):
        if panel.kind == "events":
            continue
        lines = {" ".join(str(line.get_label()).split()): line for line in axes.lines}
        for name in panel.measures:
            months, values = lines[MEASURE[name].description].get_data()
            inside = (months > 0) & (months < len(metrics))
            assert months[inside].astype(int).tolist() == metrics.index.tolist()
            assert np.array_equal(values[inside], metrics[name].to_numpy())


def test_areas_are_as_high_as_their_shares_and_fill_the_panel(society):
    metrics = society.metrics
    figure = drawn(BEHAVIOUR, metrics, society.parameters)
    for axes, panel in zip(figure.axes, BEHAVIOUR.panels, strict=True):
        below = 0.0
        for area, name in zip(axes.collections[:-1], panel.measures, strict=True):  # the last are the elections
            below += float(metrics[name].iloc[-1])
            points = area.get_paths()[0].vertices
            assert points[points[:, 0] == len(metrics), 1].max() == pytest.approx(below)
            assert to_hex(area.get_facecolor()[0]).upper() == ACT_COLOURS[name]
        assert below == pytest.approx(1.0)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_every_measure_is_explained_in_its_own_words(history, society):
    texts = said(drawn(history, society.metrics, society.parameters))
    told = caption(history, society.metrics, society.parameters).description
    for panel in history.panels:
        for name in panel.measures:
            description = MEASURE[name].description
            assert any(text and description.endswith(text) for text in texts), name
            assert f"{description}: " in told


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_axes_have_units_and_nothing_covers_the_data(history, society):
    figure = drawn(history, society.metrics, society.parameters)
    for axes, panel in zip(figure.axes, history.panels, strict=True):
        assert axes.get_title(loc="left")
        box = axes.get_window_extent()
        if panel.kind == "events":
            beside = [label.get_window_extent() for label in axes.get_yticklabels()]
        else:
            assert MEASURE[panel.measures[0]].unit in axes.get_ylabel()
            beside = [axes.get_legend().get_window_extent()]
        assert all(words.x0 >= box.x1 and words.x1 <= figure.bbox.x1 + 1 for words in beside)
        assert all(text.get_window_extent().y0 >= box.y1 - 1 for text in axes.texts)
    assert figure.axes[-1].get_xlabel().startswith("month")


def test_text_is_legible_on_paper(society):
    figures = [drawn(history, society.metrics, society.parameters) for history in HISTORIES]
    with drawing():
        figures.append(new_figure(6.0))
        draw_society(society, figures[-1].subplots())
    for figure in figures:
        assert figure.get_figwidth() * 2.54 == pytest.approx(16)
        sizes = {text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()}
        assert min(sizes) >= 5.5


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_a_line_stands_where_the_form_opens_and_closes(history, society):
    parameters = society.parameters.changed({"engagement.form": "social_audit", "engagement.stop": 8})
    figure = drawn(history, society.metrics, parameters)
    texts = " ".join(said(figure))
    assert "social audit opens (month 5)" in texts
    assert "social audit closes (month 9)" in texts
    for axes in figure.axes:
        upright = {line.get_xdata()[0] for line in axes.lines if len(set(line.get_xdata())) == 1}
        assert {4, 8} <= upright


def test_no_line_stands_where_nothing_opens(society):
    for changes in ({"engagement.opened": 0.0}, {"engagement.start": 10}):
        figure = drawn(BEHAVIOUR, society.metrics, society.parameters.changed(changes))
        assert not any("opens" in text for text in said(figure))


def test_a_society_without_a_month_has_no_history_to_draw(tiny):
    with pytest.raises(ParameterError, match="must have simulated a month"):
        history_figure(EngagementModel(tiny))


def test_each_coalition_that_forms_or_ends_is_marked_in_its_month_with_its_cause(society):
    metrics = society.metrics.assign(coalition_births=0.0, **dict.fromkeys(CAUSES, 0.0))
    metrics.loc[2, "coalition_births"] = 2 / 3
    metrics.loc[7, "ended_by_election"] = 1 / 3
    figure = drawn(COALITION, metrics, society.parameters)
    axes = figure.axes[-1]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    marks = {
        (rows[round(y)], x) for shapes in axes.collections for x, y in np.ma.getdata(shapes.get_offsets()).tolist()
    }
    assert marks - {(rows[0], 0.0)} == {("formed this month", 2.5), ("the politician was voted out", 7.5)}
    told = caption(COALITION, metrics, society.parameters).description
    assert "Coalitions formed this month: 2 in all." in told
    assert "because the politician was voted out: 1 in all." in told


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_a_tick_stands_at_the_end_of_each_month_with_an_election(history, society):
    elections = np.zeros(len(society.metrics))
    elections[[3, 8]] = 1 / 3
    figure = drawn(history, society.metrics.assign(elections=elections), society.parameters)
    for axes in figure.axes:
        ticks = {
            segment[0][0]
            for found in axes.collections
            if isinstance(found, LineCollection)
            for segment in found.get_segments()
        }
        assert ticks == {4, 9}
    assert "elections" in figure.axes[-1].get_xlabel()


def test_the_morale_of_nobody_is_not_drawn(society):
    figure = drawn(OUTCOMES, society.metrics.assign(reform_minded=0.0), society.parameters)
    lines = {" ".join(str(line.get_label()).split()): line for line in figure.axes[2].lines}
    assert np.isnan(lines[MEASURE["morale_reform_minded"].description].get_ydata()).all()
    assert not np.isnan(lines[MEASURE["morale_clientelist"].description].get_ydata()).any()
    said = caption(OUTCOMES, society.metrics.assign(reform_minded=0.0), society.parameters).description
    assert "Morale of reform-minded officials: none in the first month, none in the last." in said


@pytest.mark.parametrize(
    "changes",
    [
        {"population.districts": 1},
        {"population.citizens": 10, "population.districts": 10, "population.providers": 1},
    ],
)
def test_a_single_month_of_an_unusual_society_is_drawn(changes, tiny, tmp_path):
    model = lived(tiny.changed(changes), 1)
    assert all(path.stat().st_size > 0 for path in draw_run(model.metrics, model, tmp_path))


def picture(society: EngagementModel) -> dict[int, list]:
    """Return the shapes of a picture by their place from the back to the front."""
    figure = Figure()
    axes = figure.subplots()
    draw_society(society, axes)
    return {shapes.get_zorder(): shapes for shapes in axes.collections}


def test_a_picture_shows_what_each_agent_does_and_gives_those_who_commit_a_black_edge(society):
    for actor in society.actors[::3]:
        actor.member = 1
    shapes, fills, edges = picture(society), [], 0
    for role in Role:
        group = shapes[3 + role]
        colours = group.get_facecolor()
        fills += [to_hex(colour).upper() for colour in np.broadcast_to(colours, (len(group.get_offsets()), 4))]
        edges += sum(to_hex(colour) == "#000000" for colour in group.get_edgecolor())
    doing = [Strategy(citizen.strategy) for citizen in society.citizens]
    doing += [Response(official.response) for official in society.officials]
    doing += [Stance(politician.stance) for politician in society.politicians]
    assert sorted(fills) == sorted(ACT_COLOURS[act.name.lower()] for act in doing)
    assert edges == sum(actor.member for actor in society.actors)


def test_a_picture_dots_leaders_tints_districts_with_a_coalition_and_tells_how_service_points_stand(society):
    for citizen in society.citizens:
        citizen.leader = 0
    society.citizens[5].leader = 1
    for district in society.districts:
        district.coalition = int(district is society.districts[1])
    providers = [official for official in society.officials if not official.manages]
    for provider, (dispute, due, agreement) in zip(
        providers, [(4, 0, 0), (4, 2, 0), (0, 0, 1), (0, 0, 0)], strict=False
    ):
        provider.dispute, provider.promise_due, provider.agreement = dispute, due, agreement
    shapes = picture(society)
    discs, around, dots = shapes[0.5], shapes[2.8], shapes[8]
    assert [colour[3] > 0 for colour in discs.get_facecolor()] == [False, True, False]
    assert len(dots.get_offsets()) == 1
    shown = [to_hex(colour).upper() if colour[3] else "" for colour in around.get_facecolor()[:4]]
    assert shown == [RELATIONS[kind][1] for kind in (Relation.DISPUTE, Relation.PROMISE, Relation.AGREEMENT)] + [""]
    told = picture_caption(society).description
    assert "Leaders: 1." in told
    assert "Districts with a coalition: 1." in told


def test_a_picture_explains_every_act_and_names_the_month(society):
    figure = Figure()
    draw_society(society, figure.subplots())
    texts = said(figure)
    assert {MEASURE[name].description.partition(" who ")[2] for name in ACT_COLOURS} <= texts
    assert {words for words, _ in RELATIONS.values()} <= texts
    assert any(f"(month {society.month})" in text for text in texts)


def test_a_picture_of_part_of_a_society_says_so(tiny):
    model = EngagementModel(tiny.changed({"population.citizens": 3300, "population.districts": 30}))
    figure = Figure()
    axes = figure.subplots()
    layout = draw_society(model, axes)
    assert f"A sample: {len(layout.districts)} of 30 districts" in axes.get_title(loc="left") + axes.get_title()
    assert "before the first month" in axes.get_title(loc="left") + axes.get_title()


@pytest.mark.parametrize(("years", "marker"), [([1], "o"), ([1, 2], "")])
def test_a_course_of_one_year_is_a_mark_because_no_line_could_be_seen(years, marker, monkeypatch):
    monkeypatch.setattr(comparison_figures, "svg", lambda figure, _: figure)
    line = comparison_figures.Line("audit", years, *([value] * len(years) for value in (0.1, 0.0, 0.2)))
    figure = comparison_figures.courses([line], ("year", "difference"), (-1, 1), Caption("", ""))
    (drawn,) = [each for each in figure.axes[0].lines if list(each.get_xdata()) == years]
    assert drawn.get_marker() == marker
