"""The report of a comparison: one self-contained page with plain words first and methods last."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.districts import MOST_SEEDS
from engagesim.analysis.field import FIELD
from engagesim.analysis.intervals import USUAL
from engagesim.analysis.outcomes import Outcome
from engagesim.mechanisms.design import sources_of
from engagesim.places.stored import Place
from engagesim.report import comparison_tables as tables
from engagesim.report.brief_files import write_brief
from engagesim.report.brief_words import brief, chart_title, per_district
from engagesim.report.comparison_figures import (
    Line,
    Looks,
    budget_steps,
    common_limits,
    courses,
    forest,
    looks_of,
    pairs,
    plane,
    ranking,
    svg,
    unique,
)
from engagesim.report.comparison_information import find_out_first, information_table, worth_knowing
from engagesim.report.comparison_layers import layer_table
from engagesim.report.comparison_robustness import across, failures, in_short
from engagesim.report.comparison_search import drawings, explained, search_tables, summed_up
from engagesim.report.comparison_tables import Table
from engagesim.report.comparison_words import (
    Said,
    answer,
    change,
    difference_axis,
    difference_unit,
    in_context,
    lines,
    named,
    option,
    ranked,
    roughly,
    scale_of,
    threshold,
)
from engagesim.report.map_figure import SIMULATED, Shades, district_picture, quality
from engagesim.report.pages import template, written
from engagesim.report.place_words import NOT_A_FORECAST
from engagesim.report.style import Caption, drawing_for_a_page
from engagesim.report.text import capital, mechanisms_said, plain, several
from engagesim.society.boundaries import DistrictMap
from engagesim.study.intervention_packages import BASELINE, DOLLARS

if TYPE_CHECKING:
    from engagesim.analysis.robustness import Robustness
    from engagesim.analysis.search import Searched

_PAIRS = (
    ("Service quality for the poorest and the better-off third", "quality_most_vulnerable", "quality_least_vulnerable"),
    ("Routine needs met in the poorest and the better-off third", "served_most_vulnerable", "served_least_vulnerable"),
    ("Engagement in the poorest and the better-off third", "engaged_most_vulnerable", "engaged_least_vulnerable"),
    ("Engagement in the least and the most educated third", "engaged_low_education", "engaged_high_education"),
    ("Clients in the poorest and the better-off third", "client_most_vulnerable",
     "client_least_vulnerable"),
)  # fmt: skip

_WANTED = {1: "more is better", 0: "neither more nor less is good in itself", -1: "less is better"}


class Panel(NamedTuple):
    """A figure under a heading that names the context, or whatever else the figure shows."""

    heading: str
    drawing: Markup


class Block(NamedTuple):
    """Figures to be read together, and their tables."""

    heading: str
    panels: Sequence[Panel]
    tables: Sequence[Table]
    note: str = ""


def blocks_of(found: "Findings") -> dict[str, list[Block]]:
    """Draw all figures, and give each drawing unique identifiers."""
    comparison, robustness, searched = found.comparison, found.robustness, found.searched
    looks = looks_of(comparison.differences["package"])
    made = {
        "chart": [Block("Ranking", [Panel("", svg(*ranking_chart(comparison)))], [])],
        "forests": list(_forests(comparison, looks)),
        "groups": list(_groups(comparison)),
        "maps": list(_maps(found)),
        "courses": list(_courses(comparison, looks)),
        "planes": _planes(comparison, looks),
        "best_buys": _best_buys(comparison, looks, found.currency),
        "contexts_drawn": [] if robustness is None else [_contexts(robustness)],
        "unknowns_drawn": [] if robustness is None or robustness.information is None else [_unknowns(robustness)],
        "searches": [] if searched is None else [_search(searched)],
    }
    numbers = count()

    def numbered(block: Block) -> Block:
        panels = [each._replace(drawing=unique(each.drawing, f"f{next(numbers)}")) for each in block.panels]
        return block._replace(panels=panels)

    return {name: [numbered(block) for block in blocks] for name, blocks in made.items()}


def ranking_chart(comparison: Comparison) -> tuple[Figure, Caption]:
    """Draw the one chart of the brief: packages by rank over all contexts, beside the band of negligible effects."""
    outcome, rows = comparison.asked, comparison.main
    means = rows.groupby("package", sort=False)["difference"].mean().sort_values(ascending=outcome.better < 0)
    order = [str(name) for name in means.index[:MOST_ROWS]]
    left_out = f" (the first {MOST_ROWS} of {len(means)} packages)" if len(means) > MOST_ROWS else ""
    told = "; ".join(
        f"{plain(name)} " + ", ".join(_at(row, outcome, comparison) for row in lines(rows[rows["package"] == name]))
        for name in order
    )
    caption = Caption(f"{chart_title(comparison)}{left_out}", f"Differences from doing nothing, with verdicts: {told}.")
    return ranking(rows, outcome, order, looks_of(rows["package"])), caption


def _at(row: Any, outcome: Outcome, comparison: Comparison) -> str:
    where = f" in {plain(row.context)}" if len(comparison.contexts) > 1 else ""
    return f"{roughly(row.difference, outcome, True)} ({row.verdict}){where}"


def _forests(comparison: Comparison, looks: Looks) -> Iterator[Block]:
    first = comparison.asked
    orders = {context: list(ranked(comparison, context)["package"]) for context in comparison.contexts}
    for outcome in (first, *(other for other in comparison.outcomes if other.name != first.name)):
        rows = comparison.differences[comparison.differences["outcome"] == outcome.name]
        limits, panels = common_limits(rows), []
        for context, order in orders.items():
            mine = in_context(rows, context).set_index("package").loc[order].reset_index()
            said = "; ".join(
                f"{plain(row.package)} {change(row.difference, outcome)} ({row.verdict})" for row in lines(mine)
            )
            caption = Caption(f"{outcome.description}, {plain(context)}", f"Differences from doing nothing: {said}.")
            panels.append(Panel(capital(plain(context)), forest(mine, outcome, limits, caption, looks)))
        yield Block(
            outcome.description,
            panels,
            [tables.difference_table(rows, outcome, len(comparison.seeds))],
            _WANTED[outcome.better],
        )


def _groups(comparison: Comparison) -> Iterator[Block]:
    known = {outcome.name: outcome for outcome in comparison.groups_of_people}
    for heading, *names in _PAIRS:
        rows = comparison.groups[comparison.groups["outcome"].isin(names)]
        poorer, others = known[names[0]], known[names[1]]
        limits, panels = common_limits(rows), []
        for context in comparison.contexts:
            mine = in_context(rows, context)
            wide = mine.pivot(index="package", columns="outcome", values="difference")
            said = "; ".join(
                f"{plain(package)} {change(wide.loc[package, names[0]], poorer, named=False)} and "
                f"{change(wide.loc[package, names[1]], others)}"
                for package in dict.fromkeys(mine["package"])
            )
            caption = Caption(f"{heading}, {plain(context)}", f"Differences, in this order: {said}.")
            panels.append(Panel(capital(plain(context)), pairs(mine, (poorer, others), limits, caption)))
        seeds = len(comparison.seeds)
        detail = [tables.difference_table(rows[rows["outcome"] == name], known[name], seeds) for name in names]
        yield Block(heading, panels, detail)


def _courses(comparison: Comparison, looks: Looks) -> Iterator[Block]:
    known = [outcome for outcome in comparison.outcomes if outcome.has_course]
    for outcome in sorted(known, key=lambda outcome: outcome.name != comparison.outcome):
        rows = comparison.profiles[comparison.profiles["outcome"] == outcome.name]
        limits, panels, detail = common_limits(rows, ("low", "high")), [], []
        scale = scale_of(outcome)
        for context in comparison.contexts:
            mine = in_context(rows, context)
            few = _most_moved(mine)
            paths = [line_of(name, mine[mine["package"] == name], scale) for name in few]
            others = mine["package"].nunique() - len(few)
            left_out = f" {several(others, 'package')} nearer to doing nothing are only in the table." if others else ""
            caption = Caption(
                f"{outcome.description} over time, {plain(context)}", course_said(mine, outcome) + left_out
            )
            labels = ("year", difference_axis(outcome))
            ends = (scale * limits[0], scale * limits[1])
            panels.append(Panel(capital(plain(context)), courses(paths, labels, ends, caption, looks=looks)))
            table = tables.profile_table(mine, outcome)
            detail.append(table._replace(caption=f"{capital(plain(context))}: {table.caption}"))
        yield Block(outcome.description, panels, detail)


def _most_moved(rows: pd.DataFrame) -> list[str]:
    """Return the few packages that end farthest from doing nothing; with more, their lines would not stay distinct."""
    last = rows[rows["year"] == rows["year"].max()].set_index("package")["difference"]
    few = last.abs().sort_values(ascending=False, kind="stable").index[:MOST_LINES]
    return [str(name) for name in last.index if name in few]


def _maps(found: "Findings") -> Iterator[Block]:
    """Draw the quality of each district if nothing is done, and its change under each package, with the best first."""
    for context, districts in found.maps.items():
        assert found.districts is not None  # noqa: S101 - it comes with the maps
        mine = in_context(found.districts, context)
        order = [BASELINE, *list(ranked(found.comparison, context)["package"])[:_MOST_MAPS]]
        changes = mine[mine["package"].isin(order[1:])]["difference"]
        most = float(changes.abs().max())
        panels = []
        for package in order:
            part = mine[mine["package"] == package].sort_values("district")
            if package == BASELINE:
                title, shades = f"doing nothing, {plain(context)}", quality(list(part["quality"]))
            else:
                title = f"{plain(package)}, {plain(context)}"
                shades = Shades("Change in service quality", list(part["difference"]), (-most, most), is_change=True)
            drawn = district_picture(districts, shades, title)
            heading = "Doing nothing: service quality" if package == BASELINE else f"{capital(plain(package))}: change"
            panels.append(Panel(heading, drawn))
        yield Block(capital(plain(context)), panels, [tables.district_table(mine, order, districts)])


_MOST_MAPS = 5
"""Maximum number of packages for which the report draws maps in a context."""


def line_of(package: str, part: pd.DataFrame, scale: float) -> Line:
    """Return the time course of a package in axis units; ``part`` comes from ``analysis.differences.profiles``."""
    return Line(
        package, list(part["year"]), list(scale * part["difference"]), list(scale * part["low"]),
        list(scale * part["high"]),
    )  # fmt: skip


def course_said(rows: pd.DataFrame, outcome: Outcome) -> str:
    """Return a sentence on the differences in the last year."""
    last = rows[rows["year"] == rows["year"].max()]
    said = "; ".join(f"{plain(row.package)} {change(row.difference, outcome)}" for row in lines(last))
    return f"Differences from doing nothing in the last year: {said}."


def _planes(comparison: Comparison, looks: Looks) -> list[Block]:
    outcome = comparison.asked
    scale = scale_of(outcome)
    wanted = "less is better, so the sign is reversed; " if outcome.better < 0 else ""
    panels = []
    for context in comparison.contexts:
        costs = in_context(comparison.costs, context)
        efficient = named(list(costs[costs["standing"] == "efficient"]["package"]))
        caption = Caption(
            f"Extra cost and effect on {outcome.description}, {plain(context)}",
            f"Each point is a resampled mean effect. A line joins the efficient options: {efficient}.",
        )
        label = f"effect, {wanted}{difference_unit(outcome)}"
        panels.append(
            Panel(
                capital(plain(context)),
                plane(in_context(comparison.cloud, context), costs, label, scale, caption, looks=looks),
            )
        )
    detail = [tables.cost_table(comparison, context) for context in comparison.contexts]
    return [Block("Costs and effects", panels, detail)]


def _best_buys(comparison: Comparison, looks: Looks, currency: str) -> list[Block]:
    outcome = comparison.asked
    panels, detail = [], []
    for context, society in comparison.contexts.items():
        steps = in_context(comparison.best_buy, context)
        if not outcome.better or len(steps) < 2:
            continue
        said = [f"{option(str(steps['package'].iloc[0]))} at first"] + [
            f"{plain(row.package)} from {per_district(row.budget, society, currency)} on"
            for row in lines(steps.iloc[1:])
        ]
        caption = Caption(f"What each budget buys best, {plain(context)}", f"By budget: {'; '.join(said)}.")
        shown = steps.assign(budget=steps["budget"] / society.population.districts / (society.months / 12))
        panels.append(Panel(capital(plain(context)), budget_steps(shown, outcome, currency, looks, caption)))
        detail.append(tables.best_buy_table(comparison, context, currency))
    return [Block("The best buy for each budget", panels, detail)] if panels else []


def _contexts(robustness: "Robustness") -> Block:
    return Block("Robustness of the packages", [Panel("How often each package harms or helps", across(robustness))], [])


def _unknowns(robustness: "Robustness") -> Block:
    found = information_table(robustness)
    drawn = [Panel("What it is worth to know each unknown", worth_knowing(robustness))] if found.rows else []
    return Block("What to find out first", drawn, [found] if found.rows else [])


def _search(searched: "Searched") -> Block:
    panels = [Panel(heading, drawn) for heading, drawn in drawings(searched)]
    return Block("What the search found", panels, search_tables(searched))


CHART_KEY = (
    "Each mark shows an average difference, and its line an interval; all lines cover the truth with a chance of "
    "{level}. Anything in the shaded band is negligible. Filled: clearly beyond the band. Hollow: negligible, or not "
    "yet clear."
)
"""How to read the chart of the brief."""

MOST_ROWS, MOST_LINES = 12, 5
"""Maximum number of packages in the brief's chart, and of lines in a figure over time."""


class Findings(NamedTuple):
    """The contents of a report.

    ``robustness`` shows how packages fare if the context is not known, and ``searched`` what a search found; without
    them the page states that neither was tested. ``sets`` counts the parameter sets of a calibration that the societies
    used in turn, and ``calibration`` describes them. ``place`` holds the societies that stand for a user's place, if
    these are compared; ``currency`` is the currency of all costs. ``districts`` comes from
    ``analysis.districts.by_district``, for the contexts in ``maps``. ``tried`` has the packages over a grid of
    contexts, ``definitions`` under other definitions of a coalition. ``asking`` is the part in which readers change
    numbers; without it, the page has no script.
    """

    comparison: Comparison
    robustness: "Robustness | None" = None
    searched: "Searched | None" = None
    sets: int = 1
    calibration: str = ""
    place: Place | None = None
    currency: str = DOLLARS
    districts: pd.DataFrame | None = None
    maps: Mapping[str, DistrictMap] = MappingProxyType({})
    tried: "Robustness | None" = None
    definitions: pd.DataFrame | None = None
    asking: "Asking | None" = None


class Asking(NamedTuple):
    """The part of the page in which readers change numbers, made by ``web.ask_back``.

    ``runs`` is true if the model runs in it, ``part`` is the markup, and ``script`` is the hash of its only script (in
    base64; empty if there is none).
    """

    runs: bool
    part: Markup
    script: str = ""


def write_page(found: Findings, title: str, folder: Path) -> Path:
    """Write ``report.html`` and the brief, which present the result of a comparison to decision-makers.

    The page is one file that contains its drawings and style and loads nothing. Its only script, if any, belongs to the
    part in which readers change numbers. All text from a config is escaped. The same comparison gives an
    identical file.

    Parameters
    ----------
    found : Findings
    title : str
    folder : Path
        Created if it does not exist.

    Returns
    -------
    Path
        The file written.
    """
    with drawing_for_a_page():
        blocks = blocks_of(found)
        said, key = brief(found), CHART_KEY.format(level=f"{100 * USUAL.level:.0f} %")
        folder.mkdir(parents=True, exist_ok=True)
        write_brief(said, *ranking_chart(found.comparison), key, folder)
    comparison, robustness, searched = found.comparison, found.robustness, found.searched
    contexts = {context: capital(plain(context)) for context in comparison.contexts}
    text = template("report.html").render(
        title=title,
        contexts=contexts,
        outcome=comparison.asked,
        facts=_facts(comparison),
        brief=said,
        layers=layer_table(found),
        asking=found.asking,
        tried=found.tried,
        chart_key=key,
        answers=_answers(found),
        rankings=[tables.ranking_table(comparison, context) for context in contexts],
        robustness=robustness,
        failures=[] if robustness is None else failures(robustness),
        find_out_first="" if robustness is None else find_out_first(robustness),
        tables=tables,
        threshold=threshold,
        currency=found.currency,
        field=FIELD,
        comparison=comparison,
        sets=found.sets,
        calibration=found.calibration,
        place=found.place,
        not_a_forecast=NOT_A_FORECAST,
        simulated=SIMULATED,
        map_seeds=min(MOST_SEEDS, len(comparison.seeds)),
        mechanisms=mechanisms_said(sources_of(type(next(iter(comparison.contexts.values()))))),
        searched=searched,
        search_said=[] if searched is None else explained(searched),
        **blocks,
    )
    return written(text, folder)


def _answers(found: Findings) -> dict[str, list[Said]]:
    """Return the answers in plain words, by their heading."""
    answers = {
        capital(plain(name)): answer(found.comparison, name, found.currency) for name in found.comparison.contexts
    }
    if found.robustness is not None:
        answers["In an uncertain context"] = [*in_short(found.robustness), Said(find_out_first(found.robustness))]
    if found.searched is not None:
        answers["Found by the search"] = summed_up(found.searched)
    return answers


def _facts(comparison: Comparison) -> dict[str, Any]:
    """Return the numbers for the text on methods."""
    parameters = next(iter(comparison.contexts.values()))
    saved = comparison.saved[comparison.saved["outcome"] == comparison.outcome]["times"]
    saved = saved[np.isfinite(saved)]
    packages = list(dict.fromkeys(package.name for some in comparison.packages.values() for package in some))
    entries = [entry for some in comparison.packages.values() for package in some for entry in package.interventions]
    assumed = sum(entry.cost_source.lstrip().lower().startswith("assumption") for entry in entries)
    return {
        "months": parameters.months,
        "seeds": len(comparison.seeds),
        "runs": sum((1 + len(some)) * len(comparison.seeds) for some in comparison.packages.values()),
        "packages": len(packages),
        "named": named(packages),
        "level": f"{100 * USUAL.level:.0f} %",
        "draws": f"{USUAL.draws:,}",
        "assumed": assumed,
        "entries": len(entries),
        "saved": (float(saved.min()), float(saved.median()), float(saved.max())) if len(saved) else None,
    }
