"""Find when citizens engage for the first time, and what came just before.

python experiments/when_do_they_engage/run.py [FOLDER]
"""

import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml
from scipy import stats

from engagesim import EngagementModel, Parameters

plt.rcParams["svg.hashsalt"] = "engagesim"  # the same picture is the same file
HERE = Path(__file__).parent
FORMS = HERE.parents[1] / "conf" / "engagement"
PRECURSORS = {
    "asked": "asked this month",
    "neighbours": "a neighbour engaged the month before",
    "success": "a neighbour succeeded the month before",
    "grievance": "among the third with the largest grievance",
    "turned": "the politician turned to sponsoring within a year",
}
"""What may come before a first engagement."""


def at_risk(form: str, seed: int, society: dict[str, Any]) -> tuple[pd.DataFrame, pd.Series]:
    """Return a row for each month of each citizen who has not engaged yet, and the month of each first engagement.

    Precursors are those of the month before, except being asked, which is of the month itself; -1 means never.
    """
    profile = yaml.safe_load((FORMS / f"{form}.yaml").read_text("utf-8"))
    changes = {**society, **{f"engagement.{name}": value for name, value in profile.items()}, "seed": seed}
    model = EngagementModel(Parameters().changed(changes))
    start, rows, turned = model.parameters.engagement.start, [], np.full(len(model.districts), -99)
    while model.month < model.parameters.months:
        before = [_before(citizen) for citizen in model.citizens]
        stances = [district.politician.stance for district in model.districts]
        waiting = [citizen.first_engagement < 0 for citizen in model.citizens]
        model.step()
        month = model.month - 1
        for number, district in enumerate(model.districts):
            if district.politician.stance == 2 and stances[number] != 2:
                turned[number] = month
        if month < start:
            continue
        least = np.quantile([grievance for _, _, grievance in before], 2 / 3)
        for citizen, (engaged, succeeded, grievance), waits in zip(model.citizens, before, waiting, strict=True):
            if waits:
                recent = month - turned[citizen.home.row] <= 12
                rows.append(
                    (citizen.asked, engaged, succeeded, grievance >= least, recent, citizen.first_engagement == month)
                )
    table = pd.DataFrame(rows, columns=[*PRECURSORS, "first"]).astype(float)
    first = pd.Series([citizen.first_engagement for citizen in model.citizens])
    newcomers = first[(first < 0) | (first >= start)]  # citizens who engaged before the form opened are not at risk
    return table, newcomers.where(newcomers < 0, newcomers - start)


def _before(citizen: Any) -> tuple[bool, bool, float]:
    peers = [other for other in citizen.kin if other.engages]
    received = citizen.model.rules.received_quality(citizen, citizen.home, citizen.s)
    grievance = max(0.0, citizen.aspiration - received)
    return bool(peers), any(other.outcome > 0 for other in peers), grievance


def counts(risks: pd.DataFrame) -> dict[str, float]:
    """Return the numbers of months at risk and of first engagements, with and without each precursor."""
    found = {}
    for name in PRECURSORS:
        for label, value in (("with", 1.0), ("without", 0.0)):
            some = risks.loc[risks[name] == value, "first"]
            found |= {f"{name} {label} months": float(len(some)), f"{name} {label} first": float(some.sum())}
    return found


def rates(table: pd.DataFrame) -> pd.DataFrame:
    """Return how often people engage for the first time with and without each precursor, and the ratio of the two.

    Counts are pooled over all societies with a form. The 95 percent interval of the ratio comes from resampling whole
    societies 500 times, because citizens of one society are not independent cases.
    """
    rng = np.random.default_rng(1)
    rows = []
    for form, part in table.groupby("form", sort=False):
        drawn = [part.iloc[rng.integers(0, len(part), len(part))].sum(numeric_only=True) for _ in range(500)]
        whole = part.sum(numeric_only=True)
        for name in PRECURSORS:
            with_it, without = (whole[f"{name} {x} first"] / whole[f"{name} {x} months"] for x in ("with", "without"))
            ratios = [_ratio(each, name) for each in drawn]
            low, high = np.percentile(ratios, [2.5, 97.5])
            rows.append((form, name, with_it, without, _ratio(whole, name), low, high))
    return pd.DataFrame(rows, columns=["form", "precursor", "with", "without", "ratio", "low", "high"])


def _ratio(total: pd.Series, name: str) -> float:
    with_it, without = (total[f"{name} {x} first"] / max(1.0, total[f"{name} {x} months"]) for x in ("with", "without"))
    return float(with_it / max(without, 1e-9))


def survival(first: pd.Series, months: int) -> np.ndarray:
    """Return the share that has not engaged yet after each month since the form opened (Kaplan and Meier 1958)."""
    happened = first[first >= 0].to_numpy(dtype=float)
    censored = np.full(int((first == -1).sum()), float(months))
    curve = stats.ecdf(stats.CensoredData(uncensored=happened, right=censored)).sf
    return np.asarray(curve.evaluate(np.arange(months)))


def main(folder: Path = HERE, config: Path = HERE / "config.yaml") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run the experiment, write its tables and figure into a folder, and return the tables."""
    asked = yaml.safe_load(config.read_text("utf-8"))
    found, curves = [], {}
    for form in asked["forms"]:
        firsts = []
        for seed in range(1, asked["seeds"] + 1):
            risks, first = at_risk(form, seed, asked["society"])
            found.append({"form": form, "seed": seed, **counts(risks)})
            firsts.append(first)
        months = asked["society"]["months"] - Parameters().engagement.start
        curves[form] = survival(pd.concat(firsts), months)
    table = rates(pd.DataFrame(found))
    still = pd.DataFrame(curves, index=range(1, months + 1)).rename_axis("months since the form opened")
    folder.mkdir(parents=True, exist_ok=True)
    table.round(4).to_csv(folder / "rates.csv", index=False)
    still.round(4).to_csv(folder / "not_yet.csv")
    draw(table, still, folder / "first_time.svg")
    print(table.round(3).to_string(index=False))
    print(still.iloc[11::12].round(4))
    return table, still


def draw(table: pd.DataFrame, still: pd.DataFrame, path: Path) -> None:
    """Draw how many people have not engaged yet, and how closely each precursor goes with a first engagement."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.2), layout="constrained")
    for form in still:
        left.plot(still.index, still[form], label=str(form).replace("_", " "))
    left.set(xlabel="Months since the form opened", ylabel="Share that has not engaged yet", ylim=(0, 1))
    left.legend(frameon=False, fontsize=8)
    forms = list(still)
    for place, form in enumerate(forms):
        mine = table[table["form"] == form]
        rows = np.arange(len(PRECURSORS)) + 0.2 * (place - (len(forms) - 1) / 2)
        around = np.clip([mine["ratio"] - mine["low"], mine["high"] - mine["ratio"]], 0, None)
        right.errorbar(mine["ratio"], rows, xerr=around, fmt="o", markersize=4)
    right.set_yticks(range(len(PRECURSORS)), list(PRECURSORS.values()), fontsize=8)
    right.axvline(1, color="black", linewidth=0.6)
    right.set(xlabel="First times: with it over without", xscale="log")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
