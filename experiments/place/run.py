"""Are the intervals of a match with a place right? Test them on two hundred synthetic places whose truth is known.

``python experiments/place/run.py`` writes ``coverage.csv`` and ``odds.csv`` beside this file.

Each place is a society of the model. A made-up respondent states five to nine numbers about it, each with an error of
the stated size; the match does not know the truth. Intervals of 90 % should contain the truth in 90 of 100 cases, for
stated and unstated numbers, for contexts, and for numbers two years later. Then one number is made to contradict the
others.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from engagesim.configs import config_folder
from engagesim.configs.compose import composed_place
from engagesim.engines.compiled import Options, simulate
from engagesim.places.matching import (
    CONTEXTS,
    Effort,
    drawn,
    fit,
    inferred,
    match_table,
    quantiles,
    replayed,
    societies_for,
)
from engagesim.places.profile import QUANTITIES, SURE, profile_of
from engagesim.study.intervention_packages import read_catalogue

HERE = Path(__file__).parent
PLACES, SIMULATED, REPLAYED, SEED = 200, 4096, 40, 1
ALMOST_NOTHING = 0.01
"""Nobody knows a share more exactly than to within a percentage point, or a time to within a month."""


def truths(places, profile, sets, simulator):
    """Return societies that are not in the match, each with its own seed."""
    rng = np.random.default_rng(SEED + 1)
    contexts = {path: rng.uniform(*CONTEXTS[path], places) for path in inferred(profile)}
    rows = pd.DataFrame(
        {"seed": 1_000_000 + np.arange(places), "set": rng.integers(len(sets), size=places), **contexts}
    )
    return replayed(profile, sets, rows, simulator)


def stated(truth, rng):
    """Return what somebody who knows five to nine numbers states: value and uncertainty by quantity."""
    some = rng.choice(len(QUANTITIES), rng.integers(5, 10), replace=False)
    said = {}
    for place in sorted(some):
        about = QUANTITIES[place]
        within = max(
            SURE[rng.choice(list(SURE))] * truth[about.name],
            ALMOST_NOTHING if about.most == 1 else 100 * ALMOST_NOTHING,
        )
        value = truth[about.name] + rng.standard_normal() * within / 1.96
        said[about.name] = (float(np.clip(value, 0, about.most)), float(within))
    return said


def impossible(said, truth):
    """Return statements with more people who protest than take part at all, and the names of the contradiction."""
    part = float(truth["participation"])
    wrong = {"participation": (part, max(SURE["sure"] * part, ALMOST_NOTHING)), "protest": (part + 0.2, 0.05)}
    return {**said, **wrong}, ("participation", "protest")


def far_off(said, societies):
    """Return the statements with one moved to the far end of the model's range, and the name of that one."""
    reach = {name: quantiles(societies[name].to_numpy(), level=0.96)[::2] for name in said}
    far = {
        name: max((abs(end - value) / (reach[name][1] - reach[name][0]), end) for end in reach[name])
        for name, (value, _) in said.items()
    }
    name = max(far, key=far.get)
    end = far[name][1]
    return {**said, name: (end, max(SURE["sure"] * end, ALMOST_NOTHING))}, (name,)


def covered(places, simulated, again):
    """Return whether each interval contains the truth, and which statements are flagged."""
    catalogue, (_, calibration) = read_catalogue(config_folder()), composed_place([])
    blank = profile_of({"know": {"participation": "20 ± 10 %"}}, catalogue)
    sets, simulator = calibration.sets, partial(simulate, options=Options(threads=1))
    societies = societies_for(blank, sets, Effort(simulated, SEED), simulator)
    hits, odds = [], []
    for number, truth in truths(places, blank, sets, simulator).iterrows():
        rng = np.random.default_rng([SEED, number])
        said = stated(truth, rng)
        profile = blank.saying(said)
        found = fit(societies, profile, SEED)
        standing = replayed(blank, sets, drawn(societies, found, profile, again, SEED), simulator) if again else None
        for name in found.values.columns:
            kind = (
                "context" if name in CONTEXTS else "stated" if name in said else
                "in two years" if name.endswith("_later") else "not stated"
            )  # fmt: skip
            if kind == "not stated" and name == "merit":
                continue  # it is a context
            low, _, high = found.interval(name)
            hits.append((kind, name, low <= truth[name] <= high))
            if standing is not None and kind == "in two years":
                low, _, high = quantiles(standing[name].to_numpy())
                hits.append(("in two years, simulated", name, low <= truth[name] <= high))
        table = match_table(societies, profile, SEED)
        flags = {"statements": len(said), "flagged": int(table["at_odds"].sum())}
        for kind, (wrong, names) in {
            "impossible": impossible(said, truth),
            "far_off": far_off(said, societies),
        }.items():
            odd = match_table(societies, blank.saying(wrong), SEED).set_index("quantity")["at_odds"]
            flags |= {
                f"{kind}_flagged": bool(odd[list(names)].any()),
                f"{kind}_others": int(odd.drop(list(names)).sum()),
            }
        odds.append(flags)
    return pd.DataFrame(hits, columns=["kind", "name", "covered"]), pd.DataFrame(odds)


def shares(hits):
    """Return the share of intervals that contain the truth, by kind and name, with Wilson's interval over places."""
    rows = []
    for kind, part in hits.groupby("kind", sort=False):
        for name, mine in [("all", part), *part.groupby("name", sort=False)]:
            count, total = int(mine["covered"].sum()), len(mine)
            low, high = binomtest(count, total).proportion_ci(method="wilson")
            rows.append((kind, name, total, count / total, low, high))
    return pd.DataFrame(rows, columns=["kind", "name", "intervals", "covered", "low", "high"]).round(3)


def main(places=PLACES, simulated=SIMULATED, again=REPLAYED, folder=HERE):
    """Run the check, write its tables and print the result."""
    hits, odds = covered(places, simulated, again)
    table = shares(hits)
    table.to_csv(folder / "coverage.csv", index=False)
    odds.to_csv(folder / "odds.csv", index=False)
    print(table[table["name"] == "all"].to_string(index=False))
    false = odds["flagged"]
    share = false.sum() / odds["statements"].sum()
    print(f"flagged by chance: {share:.1%} of statements, in {(false > 0).mean():.0%} of places")
    print(f"more protest than participation: flagged in {odds['impossible_flagged'].mean():.0%} of places")
    print(f"one number moved to the far end: flagged in {odds['far_off_flagged'].mean():.0%} of places")
    return table, odds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--places", type=int, default=PLACES)
    parser.add_argument("--simulated", type=int, default=SIMULATED)
    parser.add_argument("--again", type=int, default=REPLAYED, help="societies simulated again for each place; 0: none")
    main(*vars(parser.parse_args()).values())
