"""How often packages without any effect get each verdict: the model on other seeds, and made-up differences.

Each comparison has three packages and all usual outcomes; a false verdict is "better", "worse", "higher" or "lower" on
any of them. The joint intervals promise at most 5 of 100 comparisons with one, and the region that counts as
negligible makes them rarer still.
"""

import argparse

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from engagesim.analysis.differences import NEGLIGIBLE, UNCLEAR, compare
from engagesim.analysis.intervals import Resampling
from engagesim.analysis.outcomes import OUTCOMES, Outcome, judged, outcome_values
from engagesim.configs.api import scenario
from engagesim.engines.compiled import simulate

PACKAGES = ("a", "b", "c")
QUICK = Resampling(draws=500)


def of_the_model(tries: int, seeds: int) -> list[pd.DataFrame]:
    """Compare a society with itself on other seeds: all that differs is luck, and pairing does not help."""
    town = scenario("contested_reform", engagement="cocreation").changed(
        {"population.citizens": 60, "population.districts": 3, "months": 36}
    )
    options = 1 + len(PACKAGES)
    lived = simulate([town], range(tries * options * seeds))
    found, outcomes = [], judged(OUTCOMES, {}, town.months)
    for part in np.split(lived.metrics[0], tries):
        metrics = part.reshape(options, seeds, *part.shape[1:])
        values = outcome_values(lambda name, m=metrics: m[..., lived.measures.index(name)], outcomes)
        found.append(compare(values, ["baseline", *PACKAGES], outcomes, QUICK))
    return found


def made_up(tries: int, seeds: int, spread: float) -> list[pd.DataFrame]:
    """Compare packages whose differences are noise of a known spread around nothing."""
    rng = np.random.default_rng(1)
    share = Outcome("x", "share", "A share", 1, ("x",), negligible=0.01, reach=1.0)
    found = []
    for _ in range(tries):
        values = np.vstack([np.zeros(seeds), spread * rng.normal(size=(len(PACKAGES), seeds))])
        found.append(compare({"x": values}, ["baseline", *PACKAGES], [share], QUICK))
    return found


def main() -> None:
    """Print how many packages got each verdict."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tries", type=int, default=300, help="comparisons of each kind, with three packages each")
    tries = asked.parse_args().tries
    table = Table("null packages", "seeds", "comparisons", "with a false verdict", "quality: better", "worse",
                  "negligible", "unclear")  # fmt: skip
    kinds = [("the model on other seeds", 40, of_the_model(tries, 40))]
    for spread in (0.005, 0.02, 0.1):
        kinds.append((f"noise of {spread:g} a society", 40, made_up(tries, 40, spread)))
    for name, seeds, found in kinds:
        false = sum((~each["verdict"].isin((NEGLIGIBLE, UNCLEAR))).any() for each in found)
        main_rows = pd.concat([each[each["outcome"].isin(("quality", "x"))] for each in found])["verdict"]
        counts = [str((main_rows == verdict).sum()) for verdict in ("better", "worse", NEGLIGIBLE, UNCLEAR)]
        table.add_row(name, str(seeds), str(tries), str(false), *counts)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
