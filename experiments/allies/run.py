"""How good is the search for allies? Compare it with all orders, with random allies and with the best-connected ones.

``python experiments/allies/run.py`` writes ``societies.csv`` and ``summary.csv`` beside this file.

Each society has run for two years, in its own context and with its own parameter set. Its futures differ only by noise.
The search uses some futures, its result is judged on others, and the true gain comes from many more.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from engagesim import Parameters
from engagesim.alliances.found import Effort, find
from engagesim.alliances.futures import Future, Horizon
from engagesim.alliances.levers import read_levers
from engagesim.alliances.search import Lengths, exhaustive, paired, path_of, worth
from engagesim.alliances.today import Ground, of_snapshot
from engagesim.configs import config_folder
from engagesim.configs.compose import composed_place
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.places.matching import CONTEXTS
from engagesim.study.intervention_packages import read_catalogue
from engagesim.validation.parameter_sets import under

HERE = Path(__file__).parent
SOCIETIES, PROVIDERS, LENGTHS = 15, (2, 3, 2, 4, 5), Lengths(3, 2)
APART = 10_000
"""Seeds between two societies, more than the futures of one, so that no two societies share noise."""
EFFORT, TRUE, RANDOM = Effort(60, 200), 600, 8
HOPELESS = 0.01
"""The share of the best order leaves out societies in which no order of allies is worth more than this."""
FORMS = ("none", "social_audit", "committee")


def society(number, sets):
    """Return a society in its own context, as it is after two years."""
    rng = np.random.default_rng(number)
    catalogue = read_catalogue(config_folder())
    form, providers = FORMS[number % len(FORMS)], PROVIDERS[number % len(PROVIDERS)]
    values = {path: float(rng.uniform(*ends)) for path, ends in CONTEXTS.items()}
    start = Parameters().changed(
        {
            **values, "population.citizens": 25 * providers, "population.districts": 1, "seed": APART * number,
            "population.providers": providers, "months": 24,
            "interventions": [] if form == "none" else [{**catalogue[form].model_dump(), "start": 0}],
        }
    )  # fmt: skip
    lived = LiveSociety(under(start, sets[number % len(sets)]))
    lived.step(24)
    return lived.snapshot(), form


def degree(ground, actor):
    """Return how many ties an actor has; for a group of users, the mean."""
    wiring = ground.first.wiring
    start = {"official": wiring.citizens, "politician": wiring.citizens + wiring.officials, "citizen": 0}[actor.entity]
    rows = start + ground.rows(ground.first, actor)
    return float((wiring.first[rows + 1] - wiring.first[rows]).mean())


def studied(number, sets, levers):
    """Return a row for a society: what the search found, what the best of all orders gives, and what others gain."""
    snapshot, form = society(number, sets)
    ground = Ground(of_snapshot(snapshot))
    future, rng = Future(ground, levers, Horizon()), np.random.default_rng(number)
    begun = time.process_time()
    found = find(str(number), future, LENGTHS, EFFORT)
    seconds = time.process_time() - begun
    chosen, known = found.judged.path, found.candidates
    searched = range(1, EFFORT.futures + 1)
    best, _ = exhaustive(known, LENGTHS, lambda paths: worth(future.of(searched, paths)))
    draws = [[known[place] for place in rng.permutation(len(known))[: len(chosen)]] for _ in range(RANDOM)]
    actors = {actor.key: actor for actor in ground.actors}
    tied = sorted(known, key=lambda each: -degree(ground, actors[each.actor]))[: len(chosen)]
    paths = [(), *(path_of(some, LENGTHS.every) for some in (chosen, best, tied, *draws))]
    mine = future.of(searched, paths[:3])
    first = EFFORT.futures + EFFORT.fresh + 1
    holds = future.of(range(first, first + TRUE), paths).holds
    truth, total = paired(holds[:, 1], holds[:, 0]), found.judged.total
    return {
        "society": number, "form": form, "candidates": len(known), "allies": len(chosen), "chance": holds[:, 0].mean(),
        "worth": worth(mine)[1], "worth_best": worth(mine)[2], "share": worth(mine)[1] / worth(mine)[2],
        "gain_searched": found.judged.searched.value, "gain_fresh": total.value, "low": total.low, "high": total.high,
        "gain_true": truth.value, "held": total.low <= truth.value <= total.high,
        "gain_best": (holds[:, 2].astype(float) - holds[:, 0]).mean(),
        "gain_tied": (holds[:, 3].astype(float) - holds[:, 0]).mean(),
        "gain_random": float(np.mean([(one.astype(float) - holds[:, 0]).mean() for one in holds[:, 4:].T])),
        "seconds": seconds,
    }  # fmt: skip


def summary(rows):
    """Return each result with its 95 % interval over societies."""
    some = rows[rows["worth_best"] > HOPELESS]
    results = {
        "share of the best of all orders": some["share"],
        "worst share": pd.Series([some["share"].min()]),
        "gain, where it was searched": rows["gain_searched"], "gain, on fresh futures": rows["gain_fresh"],
        "gain, true": rows["gain_true"], "intervals that hold the true gain": rows["held"].astype(float),
        "more than random allies": rows["gain_true"] - rows["gain_random"],
        "more than the best connected": rows["gain_true"] - rows["gain_tied"],
        "gain of the best of all orders, true": rows["gain_best"], "seconds of one core": rows["seconds"],
    }  # fmt: skip
    made = []
    for name, values in results.items():
        low = high = np.nan
        if len(values) > 1 and values.std() > 0:
            low, high = bootstrap((values.to_numpy(),), np.mean, rng=np.random.default_rng(1)).confidence_interval
        made.append({"result": name, "societies": len(values), "mean": values.mean(), "low": low, "high": high})
    return pd.DataFrame(made)


def main():
    """Study all societies, or a few."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--societies", type=int, default=SOCIETIES)
    count = parser.parse_args().societies
    _, calibration = composed_place([])
    levers, rows = read_levers(read_catalogue(config_folder())), []
    for number in range(1, count + 1):
        rows.append(studied(number, calibration.sets, levers))
        table = pd.DataFrame(rows).round(5)
        table.to_csv(HERE / "societies.csv", index=False, lineterminator="\n")
        summary(table).round(4).to_csv(HERE / "summary.csv", index=False, lineterminator="\n")
        print(table.iloc[-1].to_dict(), flush=True)


if __name__ == "__main__":
    main()
