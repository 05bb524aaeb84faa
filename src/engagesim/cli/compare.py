"""``engagesim compare``: packages of interventions against doing nothing, for somebody who has to decide."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from engagesim import MODEL_VERSION
from engagesim.analysis.comparing import BASELINE, Comparison, Simulate, compare_packages
from engagesim.analysis.robustness import Question, Robustness, explore
from engagesim.analysis.searching import Ground, Search, Searched, search
from engagesim.cli.cautions import caution_of_comparison
from engagesim.cli.logbook import logbook
from engagesim.cli.outcome import DONE
from engagesim.configs.composing import Compared, composed_comparison
from engagesim.ensemble import Options
from engagesim.ensemble.sweeping import metrics_of
from engagesim.errors import ParameterError
from engagesim.evidence.calibration import spread_over
from engagesim.parameters import Parameters
from engagesim.report.page import write_page
from engagesim.study.certificate import workshop
from engagesim.study.description import Study
from engagesim.study.packages import equal_budget
from engagesim.study.run_folder import check_free, new_folder


def compare(arguments: list[str]) -> int:
    """Compare packages, look for more where that was asked, and write the report."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    if flags:
        raise ParameterError(f"{flags[0]}: no such flag; compare takes overrides only, as in comparison=forms")
    asked = composed_comparison(arguments)
    check_free(Path(asked.options.output))
    if not asked.packages and not asked.options.search.tries:
        raise ParameterError("packages: there are none; name some, as in 'packages={audit: [social_audit]}'")
    sets = asked.calibration.sets
    with _counting() as counted, logbook("compare", arguments) as book:
        simulate = spread_over(sets, counted)
        searched = _searched(asked, simulate)
        packages = (*asked.packages, *(searched.packages if searched else ()))
        asked = asked._replace(packages=packages)
        compared = _compared(asked, simulate)
        caution_of_comparison(compared, asked.options.uncertain.least_gain)
        robust = _explored(asked, simulate)
    output = Path(asked.options.output)
    with new_folder(output) as folder:
        book.keep_in(folder)
        _write(folder, asked, compared, robust, searched)
        write_page(compared, robust, "What each package is likely to do", folder, len(sets))
    _show(compared, robust, searched)
    print(f"\n{output}: report.html, tables, config")
    return DONE


@contextmanager
def _counting() -> Iterator[Simulate]:
    """Simulate, and show in a terminal how many societies have been."""
    done = 0
    with Console(stderr=True).status("simulating") as status:

        def simulate(points: Sequence[Parameters], seeds: Sequence[int]) -> NDArray[np.float64]:
            nonlocal done
            status.update(f"{done} societies simulated; now {len(points)} times {len(seeds)} more")
            metrics = metrics_of(points, seeds, Options())
            done += len(points) * len(seeds)
            return metrics

        yield simulate


def _compared(asked: Compared, simulate: Simulate) -> Comparison:
    options = asked.options
    packages = dict.fromkeys(asked.contexts, asked.packages)
    if options.equal != "no":
        packages = {
            name: equal_budget(asked.packages, parameters, options.budget, options.equal)
            for name, parameters in asked.contexts.items()
        }
    start = next(iter(asked.contexts.values())).seed
    return compare_packages(asked.contexts, packages, range(start, start + options.seeds), options.outcome, simulate)


def _explored(asked: Compared, simulate: Simulate) -> Robustness | None:
    uncertain = asked.options.uncertain
    if not uncertain.contexts:
        return None
    study = Study.of(
        {
            "factors": uncertain.model_dump()["factors"],
            "design": {"kind": "latin_hypercube", "samples": uncertain.contexts},
            "replicates": uncertain.seeds,
        }
    )
    question = Question(asked.options.outcome, uncertain.least_gain, uncertain.good_enough)
    return explore(study, next(iter(asked.contexts.values())), asked.packages, question, simulate)


def _searched(asked: Compared, simulate: Simulate) -> Searched | None:
    sought = asked.options.search
    if not sought.tries:
        return None
    wanted = Search(sought.objectives, sought.budget, sought.tries, sought.most, fresh_seeds=sought.fresh_seeds)
    return search(wanted, Ground(next(iter(asked.contexts.values())), asked.catalogue, simulate))


def _write(
    folder: Path, asked: Compared, compared: Comparison, robust: Robustness | None, searched: Searched | None
) -> None:
    tables = {
        "comparison": compared.differences, "groups": compared.groups, "profiles": compared.profiles,
        "costs": compared.costs, "best_buy": compared.best_buy, "runs_saved": compared.saved,
    }  # fmt: skip
    if robust is not None:
        tables |= {"robustness": robust.table, "failures": robust.failures, "uncertain_contexts": robust.points}
    if searched is not None:
        tables["search"] = searched.table
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    config = {
        "contexts": {name: parameters.model_dump(mode="json") for name, parameters in asked.contexts.items()},
        "packages": [package.model_dump(mode="json") for package in asked.packages],
        "options": asked.options.model_dump(mode="json"),
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    made = {"model_version": MODEL_VERSION, **workshop()}
    (folder / "provenance.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def _show(compared: Comparison, robust: Robustness | None, searched: Searched | None) -> None:
    """Print a table a context, and what is most worth knowing besides."""
    console = Console(markup=False)  # names are words, brackets and all
    mine = compared.differences[compared.differences["outcome"] == compared.outcome]
    for context, part in mine.groupby("context", sort=False):
        table = Table(
            "package", "difference", "95 % interval (all together)", "verdict", title=f"{context}: {compared.outcome}"
        )
        for row in part.sort_values("difference", ascending=False).itertuples():
            table.add_row(
                str(row.package),
                f"{row.difference:+.3f}",
                f"{row.low_all:+.3f} to {row.high_all:+.3f}",
                str(row.verdict),
            )
        console.print(table)
    if robust is not None:
        for row in robust.table[robust.table["package"] != BASELINE].itertuples():
            console.print(f"• {row.package}: worse than nothing in {row.harm_share:.0%} of {robust.contexts} contexts")
    if searched is not None:
        console.print(_search_table(searched.table))


def _search_table(found: pd.DataFrame) -> Table:
    table = Table(
        *map(str, found.columns), title="Found by search: what it seemed to gain, and what it gains on fresh seeds"
    )
    for row in found.itertuples(index=False):
        table.add_row(*(f"{value:.3g}" if isinstance(value, float) else str(value) for value in row))
    return table
