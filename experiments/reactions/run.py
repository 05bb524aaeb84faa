"""Is it better to react? Compare interventions that wait for a condition with static packages of the same cost.

``python experiments/reactions/run.py`` writes ``compared.csv`` and ``tried.csv`` beside this file.

A reaction and a static package are each chosen on some seeds, in one parameter set of the calibration, and compared on
fresh seeds, in this set and in others. The cost of a reaction is counted over the months in which it is in force. Each
static package is scaled to the same cost on the seeds on which it is chosen: to fewer districts, or to a higher
intensity in all districts.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from engagesim import Parameters, scenario, simulate
from engagesim.analysis.intervals import USUAL, own_intervals
from engagesim.configs import config_folder
from engagesim.configs.compose import composed_place
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.study.intervention_packages import Package, apply, cost, covering, read_catalogue, read_packages, scaled
from engagesim.validation.parameter_sets import under

HERE = Path(__file__).parent
MONTHS, SEEDS, FRESH, SETS = 72, 30, 150, 6
REACTIONS = {
    "press where answers are token": [
        {"use": "named_officials", "when": {"observed": "token_answers", "at_least": 0.5, "months": 6}, "lasts": 12}
    ],
    "monitor for half a year where answers are token": [
        {
            "use": "attendance_monitoring",
            "when": {"observed": "token_answers", "at_least": 0.5, "months": 6},
            "lasts": 6,
        }
    ],
    "publish where a promise is broken": [
        {"use": "named_officials", "when": {"observed": "broken_promises", "at_least": 1}, "lasts": 6}
    ],
    "bring together where providers respond": [
        {"use": "coalition_brokering", "when": {"observed": "responsive", "at_least": 0.5, "months": 3}, "lasts": 12}
    ],
    "bring together where the manager responds": [
        {
            "use": "coalition_brokering",
            "when": {"observed": "manager_holds_back", "at_most": 0, "months": 3},
            "lasts": 12,
        }
    ],
    "bring together where the politician sponsors": [
        {"use": "coalition_brokering", "when": {"observed": "sponsor", "at_least": 1, "months": 3}, "lasts": 12}
    ],
    "recognise where providers respond": [
        {"use": "recognition", "when": {"observed": "responsive", "at_least": 0.5, "months": 3}, "lasts": 12}
    ],
    "protect where a coalition stands": [
        {"use": "security_of_tenure", "when": {"observed": "coalition", "at_least": 1}, "lasts": 12},
        {"use": "recognition", "when": {"observed": "coalition", "at_least": 1}, "lasts": 12},
    ],
}
OUTCOME = "coalition_districts"


def context(some):
    """Return a contested society with a social audit, in one parameter set."""
    start = scenario("contested_reform", engagement="social_audit").changed(
        {
            "population.citizens": 240, "population.districts": 6, "population.providers": 3, "months": MONTHS,
            "engagement.start": 0, "network.seed": 1,
        }
    )  # fmt: skip
    return under(start, some)


def outcome(points, seeds):
    """Return the mean share of districts with a coalition over all months, of shape (points, seeds)."""
    return simulate(points, list(seeds)).measure(OUTCOME).mean(axis=2)


def spent(package: Package, base: Parameters, seeds) -> float:
    """Return the cost of a package that reacts, in dollars, counted over its months in force in each district."""
    total = 0.0
    for seed in seeds:
        society = LiveSociety(apply(package, base).changed({"seed": seed}))
        watch, count = society._batch.watch, len(package.interventions)
        for month in range(base.months):
            in_force = (watch.memory[1] <= month) & (month < watch.memory[2])
            places = len(in_force) // count
            total += sum(
                entry.cost * in_force[n * places : (n + 1) * places].sum()
                for n, entry in enumerate(package.interventions)
            )
            society.step()
    return total / len(seeds)


def at_cost(package: Package, base: Parameters, money: float) -> Package | None:
    """Return a package that costs a given sum, in fewer districts or stronger in all; None if that is impossible."""
    now = cost(package, base)
    if now <= 0 or money / now > 3:
        return None
    return covering(package, money / now, base.population.districts) if money <= now else scaled(package, money / now)


def main():
    """Choose packages in the first parameter set, and compare them in all sets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=int, default=SETS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--fresh", type=int, default=FRESH)
    asked = parser.parse_args()
    catalogue = read_catalogue(config_folder())
    sets = composed_place([])[1].sets[: asked.sets]
    base, seeds = context(sets[0]), range(1, asked.seeds + 1)
    reactions = read_packages({name: [{**e, "start": 0} for e in some] for name, some in REACTIONS.items()}, catalogue)
    found = outcome([base, *(apply(each, base) for each in reactions)], seeds)
    gains = (found[1:] - found[0]).mean(axis=1)
    money = [spent(each, base, seeds[:20]) for each in reactions]
    singles = [Package(name=n, interventions=(e.model_copy(update={"start": 0}),)) for n, e in catalogue.items()]
    tried, best = [], None
    for reaction, gain, budget in zip(reactions, gains, money, strict=True):
        static = [made for each in singles if (made := at_cost(each, base, budget)) is not None]
        others = outcome([apply(each, base) for each in static], seeds) - found[0]
        top = int(others.mean(axis=1).argmax())
        row = {"reaction": reaction.name, "cost": budget, "gain": gain, "static": static[top].name,
               "gain_static": others[top].mean()}  # fmt: skip
        tried.append(row)
        if best is None or row["gain"] - row["gain_static"] > best[0]:
            best = (row["gain"] - row["gain_static"], reaction, static[top], budget)
        print(row, flush=True)
    pd.DataFrame(tried).round(4).to_csv(HERE / "tried.csv", index=False, lineterminator="\n")
    _, reaction, static, budget = best
    fresh, rows = range(10_001, 10_001 + asked.fresh), []
    for number, some in enumerate(sets):
        base = context(some)
        cost_here = spent(reaction, base, fresh[:20])
        none, reacts, stays = outcome([base, apply(reaction, base), apply(static, base)], fresh)
        low, high = own_intervals((reacts - stays)[None], USUAL)
        rows.append(
            {
                "set": number, "chosen_here": number == 0, "reaction": reaction.name, "static": static.name,
                "cost_reaction": cost_here, "cost_static": cost(static, base), "without": none.mean(),
                "gain_reaction": (reacts - none).mean(), "gain_static": (stays - none).mean(),
                "difference": (reacts - stays).mean(), "low": low[0], "high": high[0],
            }
        )  # fmt: skip
        print(rows[-1], flush=True)
        pd.DataFrame(rows).round(4).to_csv(HERE / "compared.csv", index=False, lineterminator="\n")
    means = [row["difference"] for row in rows[1:]]
    print(f"elsewhere: {np.mean(means):+.4f} on average, {sum(each > 0 for each in means)} of {len(means)} above 0")


if __name__ == "__main__":
    main()
