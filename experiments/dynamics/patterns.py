"""Measure the dynamics of the model in three contexts: how long positions last, and what demands and promises do.

``python experiments/dynamics/patterns.py`` prints a table; ``--societies`` sets how many societies of five districts it
simulates in each context (80 take about a minute).
"""

import argparse
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from engagesim import Parameters, scenario
from engagesim.engines.compiled.batch import new_batch
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.measures import MEASURE_NAMES
from engagesim.mechanisms.design import design_of
from engagesim.rules.vocabulary import ACCOMMODATE, PATRONAGE, RESIST
from engagesim.society.files import read_people
from engagesim.society.network import wire

CONTEXTS = ("contested_reform", "clientelist_trap", "merit_state")
YEAR, OPEN, MONTHS = 12, 24, 144
KEPT = {
    "citizen": ("member", "strategy"),
    "official": ("response", "called", "promised", "kept", "broken", "dispute", "promise_due", "refilled", "agreement"),
    "politician": ("stance", "mandate", "new_party"),
    "district": ("quality", "coalition", "coalition_age", "coalition_ending", "manager_response", "coalition_month"),
}
"""State variables that are recorded each month."""


def society(context: str, form: str = "cocreation", districts: int = 5, **changes: Any) -> Parameters:
    """Return parameters of a society in a context, with a hundred citizens per district, with or without a form."""
    sizes = {"population.districts": districts, "population.citizens": 100 * districts, "months": MONTHS}
    opened = {"engagement.start": OPEN} if form != "none" else {}
    return scenario(context, engagement=form).changed(sizes | opened | CHANGED | changes)


SHOWN = (
    "quality", "trust", "responsive", "members", "leaders", "organisation", "disputes", "confrontations", "promises",
    "promises_kept", "promises_broken", "agreements", "reliability", "contributions", "sponsor", "patronage",
    "approval", "client", "diversion", "turnover", "morale", "satisfied", "tenure", "coalition_ever",
    "coalition_districts",
)  # fmt: skip

CHANGED: dict[str, float] = {}
"""Parameters changed on the command line."""


def record(
    parameters: Parameters,
    seeds: range,
    kept: Mapping[str, tuple[str, ...]] = KEPT,
    before: Callable[[Any, int], None] | None = None,
) -> SimpleNamespace:
    """Simulate a society with some seeds; return monthly states, of shape (months, entities, seeds), and measures.

    ``before`` may change the state before each month.
    """
    found: dict[str, list[Any]] = {f"{kind}_{name}": [] for kind, names in kept.items() for name in names}
    engine = engine_for(design_of(type(parameters)))
    metrics = []
    for begin in range(0, len(seeds), 32):
        some = [parameters.changed({"seed": seed, "network.seed": seeds[begin]}) for seed in seeds[begin : begin + 32]]
        read, people = read_people(some[0])
        wiring = wire(read, people)
        batch = new_batch(engine, some, wiring, people)
        columns = {name: [] for name in found}
        for month in range(parameters.months):
            if before:
                before(batch.state, month)
            batch.live(engine, month, month + 1)
            for kind, names in kept.items():
                for name in names:
                    column = batch.state.column(kind, name)
                    columns[f"{kind}_{name}"].append(
                        column.astype(np.int16) if column.dtype == np.int32 else column.copy()
                    )
        for name, months in columns.items():
            found[name].append(np.array(months))
        sums = batch.tallies.transpose(1, 0, 2)
        metrics.append(engine.design.measured(sums, wiring.sizes))
    states = {name: np.concatenate(parts, axis=2) for name, parts in found.items()}
    measures = dict(zip(MEASURE_NAMES, np.concatenate(metrics, axis=2), strict=False))
    return SimpleNamespace(wiring=wiring, districts=parameters.population.districts, measures=measures, **states)


def by_provider(run: SimpleNamespace, name: str) -> np.ndarray:
    """Return a column for providers only, of shape (months, districts, providers, seeds)."""
    column = getattr(run, f"official_{name}")
    months, _, seeds = column.shape
    return column.reshape(months, run.districts, -1, seeds)[:, :, 1:]


def spells(alive: np.ndarray) -> np.ndarray:
    """Return the length of each spell of a state, negative if the spell has not ended by the end of the record."""
    lengths = []
    for line in alive.reshape(len(alive), -1).T:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(int), [0]))))
        for start, stop in edges.reshape(-1, 2):
            if start > 0:
                lengths.append(stop - start if stop < len(line) else start - stop)
    return np.array(lengths)


def survival(lengths: np.ndarray, months: int) -> tuple[float, float]:
    """Return the Kaplan-Meier share of spells that last more than some months, and the median length."""
    share, median, at = 1.0, np.inf, np.nan
    for month in range(1, 200):
        risk = (np.abs(lengths) >= month).sum()
        if risk == 0:
            break
        share *= 1 - (lengths == month).sum() / risk
        if month == months:
            at = share
        if share <= 0.5 and median == np.inf:
            median = month
    return at, median


def first(happens: np.ndarray) -> np.ndarray:
    """Return the month in which a condition first holds; 999 if it never does."""
    return np.where(happens.any(axis=0), happens.argmax(axis=0), 999)


def order(run: SimpleNamespace) -> float:
    """Return the share of districts with a coalition that saw confrontation first, and then an earnest promise."""
    earnest = (by_provider(run, "promised") > 0) & (by_provider(run, "response") >= ACCOMMODATE)
    confronted, promised = first((by_provider(run, "called") > 0).any(axis=2)), first(earnest.any(axis=2))
    formed = first(run.district_coalition > 0)
    got = formed < 999
    return ((confronted < promised) & (promised <= formed))[got].mean() if got.any() else np.nan


def at(run: SimpleNamespace, name: str, month: int) -> float:
    """Return the mean of a measure in a month."""
    return float(run.measures[name][month].mean())


def reelection(run: SimpleNamespace) -> tuple[float, float]:
    """Return the share of incumbents who are re-elected, and the share of patrons who are."""
    held, lost = run.politician_mandate[1:] > 0, run.politician_new_party[1:] > 0
    patron = run.politician_stance[1:] == PATRONAGE
    return 1 - lost[held].mean(), 1 - lost[held & patron].mean()


def twins(context: str, seeds: range, month: int, change: str, values: tuple[float, float]) -> list[SimpleNamespace]:
    """Simulate a society twice with the same seeds and a different value of one setting in one month."""
    kept = {"official": KEPT["official"], "district": ("manager_response",), "politician": ("stance",)}
    base = society(context, "none", months=month + 14)
    entries = [{"name": "forced", "start": month, "stop": month + 1, "set": {change: value}} for value in values]
    return [record(base.changed({"interventions": [entry]}), seeds, kept) for entry in entries]


def confronted_odds(context: str, seeds: range, month: int = 48) -> tuple[float, int, float, int]:
    """Return the odds ratio of an earnest response within half a year of a confrontation, and the number of cases (D4).

    Twins differ in whether users in dispute confront in one month. The first two numbers are for officials without a
    shield, the other two for officials shielded by a manager who resists under a patron.
    """
    low, high = twins(context, seeds, month, "relations.escalation", (0.0, 10.0))
    quiet, loud = (by_provider(run, "called")[month] > 0 for run in (low, high))
    held = (by_provider(low, "response")[month - 1] < ACCOMMODATE) & loud & ~quiet
    shield = (low.district_manager_response[month - 1] == RESIST) & (low.politician_stance[month - 1] == PATRONAGE)
    shield = np.broadcast_to(shield[:, None], held.shape)
    earnest = [(by_provider(run, "response")[month : month + 7] >= ACCOMMODATE).any(axis=0) for run in (low, high)]
    found: list[Any] = []
    for use in (held & ~shield, held & shield):
        less, more = (each[use].mean() if use.any() else np.nan for each in earnest)
        found += [(more / (1 - more)) / (less / (1 - less)) if less > 0 else np.nan, int(use.sum())]
    return tuple(found)


def promise_risks(context: str, seeds: range, month: int = 60) -> tuple[float, float, int]:
    """Return the risk of confrontation in the year after a kept and a broken promise, and the number of cases (D5).

    Both are relative to the risk at the same service points in a third twin, where the promise is still open.
    """
    low, high = twins(context, seeds, month, "relations.keeping", (-1.0, 1.0))

    def put_off(state: Any, now: int) -> None:
        if now == month:
            due = state.column("official", "promise_due")
            due[due == 1] = 15

    still_open = record(society(context, "none", months=month + 14), seeds, {"official": ("called",)}, before=put_off)
    due = (by_provider(low, "broken")[month] > 0) & (by_provider(high, "kept")[month] > 0)
    base, broken, kept = (
        (by_provider(run, "called")[month : month + 13] > 0).any(axis=0)[due].mean() for run in (still_open, low, high)
    )
    return kept / base, broken / base, int(due.sum())


def one_run(put: Callable[..., None], name: str, run: SimpleNamespace) -> None:
    """Put the patterns of a run into the table."""
    backed = np.repeat((run.district_manager_response >= ACCOMMODATE)[:, :, None], 4, axis=2)
    own = by_provider(run, "response") >= ACCOMMODATE
    belongs = run.citizen_member * (run.district_coalition > 0)[:, run.wiring.district]
    causes = run.district_coalition_ending[run.district_coalition_ending > 0]
    put(f"D2 officials switch ({name}, <= .12)", (np.diff(run.official_response, axis=0) != 0).mean())
    put(f"D2 backed spells lasting a year, median ({name})", *survival(spells(own & backed), YEAR))
    put(f"D3 median belonging in a coalition ({name})", survival(spells(belongs[:, ::5, ::4]), YEAR)[1])
    put(f"D6 order ({name}, >= .6)", order(run))
    put(f"D7 re-election: all, patrons ({name})", *reelection(run))
    for measure in ("taken_part", "protested"):
        put(f"D8 {measure} at 35, 59, 143 ({name})", *(at(run, measure, month) for month in (35, 59, 143)))
    put(f"ends; by cause 1 to 8 ({name})", len(causes), *(np.bincount(causes, minlength=9)[1:] / max(1, len(causes))))
    for measure in SHOWN:
        put(f"{measure} at 0, 23, 48, 143 ({name})", *(at(run, measure, month) for month in (0, 23, 48, 143)))


def main() -> None:
    """Print the patterns beside the levels that they must reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--societies", type=int, default=80)
    parser.add_argument("--quick", action="store_true", help="leave out the twins")
    parser.add_argument("changes", nargs="*", help="parameters, as in incentives.patronage=0.2")
    asked = parser.parse_args()
    CHANGED.update((path, float(value)) for path, _, value in (change.partition("=") for change in asked.changes))
    seeds = range(1, asked.societies + 1)
    rows: dict[str, list[str]] = {}

    def put(name: str, *values: float) -> None:
        rows.setdefault(name, []).append(" ".join(f"{value:.3g}" for value in values))

    for context in CONTEXTS:
        none, form = record(society(context, "none"), seeds), record(society(context), seeds)
        switches = (np.diff(none.politician_stance, axis=0) != 0)[none.politician_mandate[:-1] == 0]
        put("D1 stance switches a month (<= .03)", switches.mean())
        one_run(put, "none", none)
        one_run(put, "form", form)
        spread, gap = none.district_quality[OPEN - 1].std(), form.measures["quality"] - none.measures["quality"]
        put("effect on quality in SD at 48, 143", *(gap[month].mean() / spread for month in (48, 143)))
        put(
            "SD of quality over districts at 0, 23, 143",
            *(none.district_quality[month].std() for month in (0, 23, 143)),
        )
        if not asked.quick:
            put("D4 odds after confrontation, n; shielded, n", *confronted_odds(context, seeds))
            put("D5 risk of confrontation after kept, broken, n", *promise_risks(context, seeds))
    print(pd.DataFrame.from_dict(rows, orient="index", columns=list(CONTEXTS)).to_string())


if __name__ == "__main__":
    main()
