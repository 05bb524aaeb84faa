"""Who takes part, and why: participation by group, and the parts of the gap by channel.

python experiments/who_takes_part/run.py [FOLDER]
"""

import itertools
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml

from engagesim import EngagementModel, Parameters

plt.rcParams["svg.hashsalt"] = "engagesim"  # the same picture is the same file
HERE = Path(__file__).parent
FORMS = HERE.parents[1] / "conf" / "engagement"
CHANNELS = {
    "being asked": ["asked"],
    "what it would bring": ["collaborate.gain", "confront.gain", "confront.anger"],
    "company of peers": ["collaborate.solidarity", "confront.solidarity"],
    "cost and risk": ["collaborate.cost", "confront.risk"],
    "favours instead": ["client.favour", "client.stigma"],
}
"""Terms of a citizen's choice, by the channel through which they keep people away or bring them in."""


def reasons(citizen: Any) -> dict[str, float]:
    """Return a citizen's current chance of being asked, and the current terms of each utility."""
    found = {"asked": citizen.model.rules.asked_chance(citizen, citizen.s)}
    for option, terms in citizen.reasons().items():
        found |= {f"{option.lower()}.{term}": value for term, value in terms.items()}
    return found


def chance(terms: pd.DataFrame, sensitivity: float, spontaneity: float) -> np.ndarray:
    """Return each citizen's chance of engaging: the model's logit, averaged over being asked and not being asked."""

    def odds(option: str) -> np.ndarray:
        columns = [name for name in terms if str(name).startswith(option)]
        return np.exp(sensitivity * terms[columns].sum(axis=1).to_numpy())

    engaging, client = odds("collaborate.") + odds("confront."), odds("client.")
    asked = terms["asked"].to_numpy()

    def engages(gate: float) -> np.ndarray:
        return gate * engaging / (1.0 + gate * engaging + client)

    return asked * engages(1.0) + (1.0 - asked) * engages(spontaneity)


def decomposed(poor: pd.DataFrame, rich: pd.DataFrame, sensitivity: float, spontaneity: float) -> dict[str, float]:
    """Split the difference in participation into parts that add up to it exactly.

    A channel's part is how much participation of the poor would rise if each of them had the better-off's mean in that
    channel, averaged over all orders in which channels can be equalised (Shapley value, Shorrocks 2013, Journal of
    Economic Inequality 11, 99-126). The rest is due to differences within the groups.
    """

    def with_equal(channels: tuple[str, ...]) -> float:
        changed = poor.copy()
        for name in itertools.chain.from_iterable(CHANNELS[channel] for channel in channels):
            changed[name] = rich[name].mean()
        return float(chance(changed, sensitivity, spontaneity).mean())

    names = tuple(CHANNELS)
    value = {some: with_equal(some) for size in range(len(names) + 1) for some in itertools.combinations(names, size)}
    parts = {}
    for name in names:
        others = tuple(other for other in names if other != name)
        parts[name] = sum(
            math.factorial(len(some)) * math.factorial(len(others) - len(some)) / math.factorial(len(names))
            * (value[tuple(sorted((*some, name), key=names.index))] - value[some])
            for size in range(len(others) + 1) for some in itertools.combinations(others, size)
        )  # fmt: skip
    total = float(chance(rich, sensitivity, spontaneity).mean() - chance(poor, sensitivity, spontaneity).mean())
    return {**parts, "differences within groups": total - sum(parts.values()), "total": total}


def societies(asked: dict[str, Any]) -> Iterator[tuple[str, int, EngagementModel]]:
    """Simulate every form with every seed to the end."""
    for form in asked["forms"]:
        profile = yaml.safe_load((FORMS / f"{form}.yaml").read_text("utf-8"))
        for seed in range(1, asked["seeds"] + 1):
            changes = {**asked["society"], **{f"engagement.{name}": value for name, value in profile.items()}}
            parameters = Parameters().changed({**changes, "seed": seed})
            model = EngagementModel(parameters)
            for _ in range(parameters.months):
                model.step()
            yield form, seed, model


def thirds(model: EngagementModel, trait: str) -> tuple[list[Any], list[Any]]:
    """Return the citizens in the lowest and in the highest third by a trait."""
    ordered = sorted(model.citizens, key=lambda citizen: getattr(citizen, trait))
    third = len(ordered) // 3
    return ordered[:third], ordered[-third:]


def measured(asked: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return participation by group, and the decomposition of the gap by vulnerability: rows by form and seed."""
    groups, gaps = [], []
    for form, seed, model in societies(asked):
        c = model.parameters.citizens
        for trait in ("education", "vulnerability", "access_rank"):
            for name, people in zip(("lowest third", "highest third"), thirds(model, trait), strict=True):
                table = pd.DataFrame([reasons(citizen) for citizen in people])
                rate = float(chance(table, c.sensitivity, c.spontaneity).mean())
                groups.append({"form": form, "seed": seed, "trait": trait, "group": name, "engaged": rate})
        secure, poor = (pd.DataFrame([reasons(c) for c in people]) for people in thirds(model, "vulnerability"))
        gaps.append({"form": form, "seed": seed, **decomposed(poor, secure, c.sensitivity, c.spontaneity)})
    return pd.DataFrame(groups), pd.DataFrame(gaps)


def with_intervals(table: pd.DataFrame, by: list[str], columns: list[str]) -> pd.DataFrame:
    """Return means over seeds with their 95 percent intervals (two standard errors)."""
    grouped = table.groupby(by, sort=False)[columns]
    mean, error = grouped.mean(), grouped.sem()
    return pd.concat({"mean": mean, "low": mean - 2 * error, "high": mean + 2 * error}, axis=1)


def draw(gaps: pd.DataFrame, path: Path) -> None:
    """Draw the parts of the gap as bars, with one panel per form."""
    parts = [*CHANNELS, "differences within groups"]
    summary = with_intervals(gaps, ["form"], [*parts, "total"])
    forms = list(summary.index)
    figure, panels = plt.subplots(1, len(forms), figsize=(2.4 * len(forms) + 1.6, 2.8), sharey=True, sharex=True)
    for axes, form in zip(np.atleast_1d(panels), forms, strict=True):
        row = summary.loc[form]
        around = [row["mean"][parts] - row["low"][parts], row["high"][parts] - row["mean"][parts]]
        axes.barh(parts[::-1], row["mean"][parts][::-1] * 100, xerr=np.array(around)[:, ::-1] * 100, color="#0072B2")
        axes.axvline(0, color="black", linewidth=0.6)
        axes.set_title(f"{form.replace('_', ' ')}: {row['mean']['total'] * 100:+.1f} points", fontsize=9)
    figure.supxlabel("Percentage points of participation, better-off third less poorest third", fontsize=9)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main(folder: Path = HERE, config: Path = HERE / "config.yaml") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run the experiment, write its tables and figure into a folder, and return the tables."""
    asked = yaml.safe_load(config.read_text("utf-8"))
    groups, gaps = measured(asked)
    folder.mkdir(parents=True, exist_ok=True)
    by_group = with_intervals(groups, ["form", "trait", "group"], ["engaged"])
    by_channel = with_intervals(gaps, ["form"], [*CHANNELS, "differences within groups", "total"])
    by_group.round(4).to_csv(folder / "participation.csv")
    by_channel.round(4).to_csv(folder / "gap.csv")
    draw(gaps, folder / "gap.svg")
    print(by_group["mean"]["engaged"].unstack("group").round(3))
    print(by_channel["mean"].T.round(3))
    return groups, gaps


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
