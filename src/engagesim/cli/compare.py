"""``engagesim compare``: compares packages of interventions with doing nothing, and writes a report."""

import json
import logging
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from rich.console import Console
from rich.table import Table

from engagesim.analysis.comparison import Comparison, compare_packages, points_of
from engagesim.analysis.differences import IDLE, POWERLESS, UNCLEAR
from engagesim.analysis.districts import by_district
from engagesim.analysis.outcomes import FORMED, outcomes_of, watched_in
from engagesim.analysis.recommendation import leading
from engagesim.analysis.robustness import Question, by_definition, explore, grid_of_contexts
from engagesim.analysis.search import Ground, Search, optimiser, search
from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, goes_on, try_next
from engagesim.cli.log import logbook
from engagesim.cli.place import with_place
from engagesim.cli.progress import counting
from engagesim.configs.compose import Compared, composed_comparison
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError
from engagesim.files import write_whole
from engagesim.mechanisms.design import sources_of, version_of
from engagesim.parameters import Parameters
from engagesim.report.brief_files import EXTRA, can_write
from engagesim.report.brief_words import brief
from engagesim.report.comparison_information import find_out_first
from engagesim.report.comparison_page import Findings, write_page
from engagesim.report.comparison_search import explained
from engagesim.report.comparison_tables import interval
from engagesim.report.comparison_words import change, difference_unit, lines, ranked
from engagesim.report.pages import PAGE
from engagesim.report.text import counted_in, several
from engagesim.society.boundaries import DistrictMap, map_of
from engagesim.study.description import Study
from engagesim.study.designs import design_points
from engagesim.study.intervention_packages import BASELINE, Package, equal_budget, with_reactions
from engagesim.study.provenance import environment, keep_inputs, named_by_content
from engagesim.study.resumable import begun, cached
from engagesim.study.run_part import Simulate
from engagesim.validation.parameter_sets import sets_for, under
from engagesim.web.ask_back import ask_back
from engagesim.web.description import has_files

_log = logging.getLogger(__name__)

_BATCHES = "unfinished"

MOST_ASKED = 4
"""Maximum number of packages tried in other contexts: the recommended package, and those with the largest effects."""

_SEEDS_FOR_INTERVALS = 20
"""Smallest number of seeds for which the intervals of a comparison were checked (see ``analysis.differences``)."""


class _Plan(NamedTuple):
    """The full settings of a comparison, checked before anything is simulated."""

    contexts: Mapping[str, Parameters]
    packages: Mapping[str, tuple[Package, ...]]
    study: Study | None
    search: Search | None
    maps: Mapping[str, DistrictMap]
    grid: Study | None
    unknowns: int

    @property
    def first(self) -> Parameters:
        """Return the society from which a search and uncertain contexts start."""
        return next(iter(self.contexts.values()))


def compare(arguments: list[str]) -> int:
    """Compare packages, search for more if requested, and write the report, or continue a comparison."""
    refuse_flags(arguments, "compare", "comparison=forms")
    arguments = with_place("compare", arguments)
    asked = composed_comparison(arguments)
    plan = _planned(asked)
    if asked.file is not None:
        names = ", ".join(package.name for package in asked.packages)
        print(f"{asked.file}: {several(len(asked.packages), 'package')}: {names}")
    folder = Path(asked.options.output)
    made_with = version_of(type(plan.first))
    book = logbook("compare", arguments, folder, version=made_with)
    with goes_on("compare", arguments, folder), begun(folder, _question(asked), "comparison"), book:
        if (folder / PAGE).exists():
            print(f"{folder}: is finished; it holds report.html, tables, config")
            _look(folder)
            return DONE
        for parameters in asked.contexts.values():
            keep_inputs(parameters, folder)
        with counting(_societies(asked, plan), "societies", asked.options.progress) as bar:
            watched = cached(simulate, watched_in(type(plan.first)), folder / _BATCHES, made_with, bar.advance)
            found = _found(asked, plan, watched)
        found = found._replace(asking=ask_back(asked, found.comparison, arguments))
        _caution(found.comparison, asked.options.uncertain.least_gain)
        _write(folder, found, type(plan.first))
        shutil.rmtree(folder / _BATCHES)
    _show(found)
    console = Console(markup=False, highlight=False)
    for sentence in brief(found).sentences:
        console.print(f"\n{sentence}")
    documents = "brief.pdf, brief.docx, " if can_write() else ""
    print(f"\n{folder}: report.html, {documents}tables, config")
    if found.asking is not None and found.asking.runs:
        _tell(asked)
    if not documents:
        print(f"brief.pdf and brief.docx need an extra: pip install 'engagesim[{EXTRA}]'")
    _look(folder)
    return DONE


def _tell(asked: Compared) -> None:
    """Print which data from the user's files the report contains, because the model runs in the report."""
    mine = [each.population.citizens for each in asked.contexts.values() if has_files(each)]
    if mine:
        print(
            f"report.html contains data from your files on {mine[0]} citizens and their ties, without names; everybody "
            "who gets the report can read them."
        )


def _look(folder: Path) -> None:
    """Print how to open a comparison in the dashboard, if the dashboard is installed."""
    if find_spec("solara") is not None:
        try_next("app", f"studies={folder.parent}")


def _planned(asked: Compared) -> _Plan:
    """Return the settings of the comparison; all errors in the request are raised here."""
    options, contexts = asked.options, asked.contexts
    if not asked.packages and not options.search.tries:
        raise ParameterError("packages: missing; must be one or more, as in 'packages={audit: [social_audit]}'")
    packages = dict.fromkeys(contexts, asked.packages)
    if options.equal != "no":
        packages = {
            name: equal_budget(asked.packages, parameters, options.budget, options.equal)
            for name, parameters in contexts.items()
        }
    points_of(contexts, packages)
    uncertain, sought, study, wanted = options.uncertain, options.search, None, None
    society = type(next(iter(contexts.values())))
    is_directed = any(each.better for each in outcomes_of(society) if each.name == options.outcome)
    if uncertain.contexts and not is_directed:
        raise ParameterError(
            f"uncertain.contexts = {uncertain.contexts}: must be 0 with outcome={options.outcome}, of which neither "
            "more nor less is good in itself"
        )
    if uncertain.contexts:
        study = Study.of(
            {
                "factors": uncertain.model_dump()["factors"],
                "design": {"kind": "latin_hypercube", "samples": uncertain.contexts},
                "replicates": uncertain.seeds,
            },
            society,
        )
    if sought.tries:
        optimiser()
        goals = tuple(dict.fromkeys(sought.objectives))
        wanted = Search(goals, sought.budget, sought.tries, sought.most, fresh_seeds=sought.fresh_seeds)
    maps = {name: found for name, each in contexts.items() if (found := map_of(each)) is not None}
    unknowns = options.unknowns if is_directed else 0
    grid = grid_of_contexts(uncertain.factors, unknowns, society) if unknowns and study is None else None
    return _Plan(contexts, packages, study, wanted, maps, grid, unknowns)


def _question(asked: Compared) -> dict[str, Any]:
    """Return everything that determines the results, as stored in the folder."""
    society = type(next(iter(asked.contexts.values())))
    question = {
        "model_version": version_of(society),
        "contexts": {
            name: parameters.model_dump(mode="json")
            for name, parameters in zip(asked.contexts, named_by_content(asked.contexts.values()), strict=True)
        },
        "packages": [package.model_dump(mode="json") for package in asked.packages],
        "options": asked.options.model_dump(mode="json", exclude={"output", "progress", "place"}),
        "calibration": [dict(some) for some in asked.calibration.sets],
    }
    if asked.place is not None:
        question |= {"calibration": [], "place": asked.place[0].checksum}
    if sources_of(society):
        question["mechanisms"] = sources_of(society)
    if asked.options.search.tries:
        question["catalogue"] = {name: entry.model_dump(mode="json") for name, entry in asked.catalogue.items()}
    return question


def _societies(asked: Compared, plan: _Plan) -> int:
    """Return the largest number of societies to simulate."""
    options, packages = asked.options, 1 + len(asked.packages)
    searched = 0
    if plan.search:
        packages += plan.search.keep
        searched = 2 * plan.search.tries * plan.search.seeds + (1 + plan.search.keep) * plan.search.fresh_seeds
    each = len(plan.contexts) * options.seeds + options.uncertain.contexts * options.uncertain.seeds
    if plan.unknowns:
        count = (len(design_points(plan.grid)) if plan.grid else 0) + 1 + len(asked.definitions)
        searched += count * (1 + min(MOST_ASKED, packages - 1)) * plan.unknowns
    return packages * each + searched


def _found(asked: Compared, plan: _Plan, watched: Simulate) -> Findings:
    """Search, compare and explore; packages from the search are compared on seeds other than those of the search."""
    options, first, packages = asked.options, plan.first, plan.packages
    simulate = asked.spread(watched)
    seeds, searched, robust = range(first.seed, first.seed + options.seeds), None, None
    if plan.search:
        catalogue = with_reactions(asked.catalogue, asked.packages)
        ground = Ground(next(iter(plan.contexts)), first.changed({"seed": seeds.stop}), catalogue, simulate)
        searched = search(plan.search, ground)
        packages = {name: (*some, *searched.packages) for name, some in packages.items()}
    comparison = compare_packages(
        plan.contexts, packages, seeds, options.outcome, simulate, negligible=options.negligible
    )
    if plan.study:
        uncertain = options.uncertain
        question = Question(comparison.asked, uncertain.least_gain, uncertain.good_enough)
        starts, spread = [first], simulate
        if asked.place is None:
            starts, spread = [under(first, some) for some in sets_for(asked.calibration, uncertain.contexts)], watched
        robust = explore(plan.study, starts, next(iter(packages.values())), question, spread)
    mapped = {name: plan.contexts[name] for name in plan.maps}
    districts = by_district(mapped, packages, seeds, asked.spread) if mapped else None
    found = Findings(comparison, robust, searched, currency=options.currency, districts=districts, maps=plan.maps)
    if plan.unknowns:
        first_of_all = leading(comparison, MOST_ASKED)
        some = [each for each in next(iter(packages.values())) if each.name in first_of_all]
        question = Question(comparison.asked, options.uncertain.least_gain, options.uncertain.good_enough)
        defined = [each for each in comparison.outcomes if each.name in {comparison.outcome, FORMED}]
        again = range(first.seed, first.seed + plan.unknowns)
        found = found._replace(
            tried=explore(plan.grid, [first], some, question, simulate) if plan.grid else None,
            definitions=by_definition(first, asked.definitions, some, defined, (again, simulate)),
        )
    if asked.place is not None:
        return found._replace(place=asked.place[0])
    return found._replace(sets=len(asked.calibration.sets), calibration=asked.calibration.description)


def _write(folder: Path, found: Findings, society: type[Parameters]) -> None:
    """Write the tables and then the page, each completely or not at all; the page shows that the folder is complete."""
    compared, robust, searched = found.comparison, found.robustness, found.searched
    tables = {
        "comparison": compared.differences, "groups": compared.groups, "profiles": compared.profiles,
        "costs": compared.costs, "best_buy": compared.best_buy, "runs_saved": compared.saved,
        "sizes": compared.sizes, "runs": compared.runs,
    }  # fmt: skip
    if robust is not None:
        tables |= {"robustness": robust.table, "failures": robust.failures, "uncertain_contexts": robust.points}
        if robust.information is not None:
            tables["find_out_first"] = robust.information.table
    if found.districts is not None:
        names = {context: dict(enumerate(each.names)) for context, each in found.maps.items()}
        rows = zip(found.districts["context"], found.districts["district"], strict=True)
        named = [names[context][district] for context, district in rows]
        tables["districts"] = found.districts.assign(name=named)
    if found.tried is not None:
        tables["tried_contexts"] = found.tried.points
    if found.definitions is not None:
        tables["definitions"] = found.definitions
    if searched is not None:
        tables |= {"search": searched.table, "search_tried": searched.tried}
    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
    made = {"model_version": version_of(society), "mechanisms": sources_of(society), **environment()}
    write_whole(folder / "provenance.json", (json.dumps(made, indent=2) + "\n").encode())
    write_page(found, "How the designs compare in simulation", folder)


def _caution(compared: Comparison, least_gain: float) -> None:
    """Warn if a comparison has few seeds, or intervals so wide that they may hide a gain or loss that matters."""
    seeds = len(compared.seeds)
    if seeds < _SEEDS_FOR_INTERVALS:
        _log.warning("seeds = %d: intervals from fewer than %d seeds are too narrow", seeds, _SEEDS_FOR_INTERVALS)
    mine = compared.main
    for row in mine[mine["verdict"].isin((IDLE, POWERLESS))].itertuples():
        _log.warning("packages.%s: %s within these months in %s", row.package, row.verdict, row.context)
    hidden = _hiding(mine, least_gain)
    if len(hidden):
        _log.warning(
            "%d of %d differences in %s are not clear, and may be as large as %.2g; use more seeds",
            len(hidden), len(mine), compared.outcome, hidden[["low_all", "high_all"]].abs().to_numpy().max(),
        )  # fmt: skip


def _hiding(rows: pd.DataFrame, least_gain: float) -> pd.DataFrame:
    """Return the rows that show no clear difference, but whose intervals include a difference that matters."""
    fits = rows[["low_all", "high_all"]].abs().max(axis=1) >= least_gain
    return rows[(rows["verdict"] == UNCLEAR) & fits]


def _show(found: Findings) -> None:
    """Print one table per context, and the main results of robustness and search."""
    console, compared, robust = Console(markup=False), found.comparison, found.robustness
    asked = compared.asked
    for context in compared.contexts:
        title = f"{context}: {compared.outcome} ({difference_unit(asked)})"
        table = Table("package", "difference", "95 % interval (all together)", "verdict", title=title)
        for row in lines(ranked(compared, context)):
            ends = interval(row.low_all, row.high_all, asked)
            table.add_row(str(row.package), change(row.difference, asked, named=False), ends, str(row.verdict))
        console.print(table)
    if robust is not None:
        for row in lines(robust.table[robust.table["package"] != BASELINE]):
            harm = counted_in(float(row.harm_share), robust.contexts)
            console.print(f"• {row.package}: worse than doing nothing in {harm} contexts")
        console.print(f"• {find_out_first(robust)}", highlight=False)
    if found.searched is not None:
        for paragraph in explained(found.searched):
            console.print(f"• {paragraph}", highlight=False)
