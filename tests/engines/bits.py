"""The bits of a model version: 200 societies of every kind, and what they came to, as hashes.

``python tests/engines/bits.py`` draws the societies anew and writes down what they come to. That is right after the
model version was raised on purpose; at any other time a bit that moves is a mistake.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from engagesim import EngagementModel, Options, Parameters, simulate
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import SETTINGS
from engagesim.society.state import COLUMNS, State

KEPT = Path(__file__).with_name("bits.json")
SOCIETIES = 200
LIVELY = {
    "population.threshold_mean": 0.1,
    "population.orientation_low": 0.6,
    "population.orientation_high": 1.0,
    "population.members": 0.4,
    "population.leaders": 0.1,
    "incentives.patronage": 0.05,
    "organisations.cost": 0.0,
    "relations.answering": 0.8,
    "relations.due": 2.0,
    "relations.escalation": 2.0,
    "coalitions.citizens": 0.04,
    "coalitions.grace": 1.0,
}
"""A society in which people demand, promise and ally, so that coalitions come and go within few months."""
KINDS = ("watts_strogatz", "barabasi_albert", "erdos_renyi", "stochastic_block", "file")


def drawn(lots: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw one society as changes by path: any graph, extreme settings, schedules, now and then files."""
    months, districts = int(lots.integers(2, 25)), int(lots.integers(1, 6))
    changes: dict[str, Any] = {
        "months": months,
        "seed": int(lots.integers(0, 2**32)),
        "population.citizens": int(lots.integers(24, 90)),
        "population.districts": districts,
        "population.providers": int(lots.integers(1, 5)),
        "population.reform_minded_share": float(lots.random()),
        "population.tenure_longest": float(lots.integers(0, 60)),
        "population.members": float(lots.random()),
        "population.leaders": float(lots.random() * 0.2),
        "population.threshold_mean": float(lots.random()),
        "network.kind": KINDS[number % len(KINDS)],
        "network.degree": int(2 * lots.integers(1, 6)),
        "network.rewiring": float(lots.random()),
        "network.homophily": float(lots.random()),
        "network.brokers": float(lots.random() ** 2),
        "network.profession": int(lots.integers(0, 4)),
        "incentives.term": int(lots.integers(6, 25)),
        "incentives.staggered": float(lots.choice([0.0, 1.0, lots.random()])),
        "coalitions.persistence": int(lots.integers(1, 5)),
        "engagement.start": int(lots.integers(0, months)),
        "engagement.opened": 1.0,
        "engagement.influence": float(lots.random()),
        "engagement.collectiveness": float(lots.random()),
        "engagement.outreach": float(lots.random()),
        "engagement.where": float(lots.random()) if lots.random() < 0.3 else "all",
    }
    if number % 2:
        changes |= {"population.reform_minded_share": float(0.6 + 0.4 * lots.random())} | LIVELY
    for row in lots.choice(len(SETTINGS), size=int(lots.integers(0, 40)), replace=False):
        _, _, low, high = SETTINGS[row]
        changes[SETTINGS[row].path] = float(low + lots.choice([0.0, 1.0, lots.random(), lots.random()]) * (high - low))
    for group in ("trends", "interventions"):
        changes[group] = [_schedule(lots, months, districts) for _ in range(int(lots.integers(0, 4)))]
    if changes["network.kind"] == "file":
        changes["network.file"] = f"ties_{number}.csv"
        changes["population.file"] = f"people_{number}.csv"
    return changes


def _schedule(lots: np.random.Generator, months: int, districts: int) -> dict[str, Any]:
    path, _, low, high = SETTINGS[int(lots.integers(len(SETTINGS)))]
    start, is_set = int(lots.integers(0, months)), lots.random() < 0.5
    value = low + lots.random() * (high - low) if is_set else (lots.random() - 0.5) * (high - low)
    places: list[Any] = ["all", float(lots.random()), [int(lots.integers(districts))], {"worst": float(lots.random())}]
    return {
        "start": start,
        "stop": int(lots.integers(start + 1, months + 2)) if lots.random() < 0.4 else None,
        "ramp": int(lots.integers(0, 6)),
        "where": places[int(lots.integers(4))],
        "set" if is_set else "add": {path: float(value)},
    }


def with_files(changes: dict[str, Any], folder: Path) -> Parameters:
    """Return the parameters of a society; the files it reads are written into a folder first."""
    if "network.file" not in changes:
        return Parameters().changed(changes)
    lots = np.random.default_rng(changes["seed"])
    people = changes["population.citizens"]
    ties, attributes = folder / changes["network.file"], folder / changes["population.file"]
    pairs = {tuple(sorted(pair)) for pair in lots.integers(0, people, (4 * people, 2)).tolist() if pair[0] != pair[1]}
    ties.write_text("source,target\n" + "".join(f"p{one},p{other}\n" for one, other in sorted(pairs)))
    rows = [f"p{i},{lots.random():.3f},{lots.random():.3f},{lots.random():.3f}\n" for i in range(people)]
    attributes.write_text("person,education,vulnerability,trust\n" + "".join(rows))
    return Parameters().changed({**changes, "network.file": str(ties), "population.file": str(attributes)})


def hashed(metrics: np.ndarray, state: State) -> str:
    """Hash every measure of every month and every state variable at the end, each under its name."""
    digest = hashlib.sha256()
    for place in sorted(range(len(MEASURE_NAMES)), key=MEASURE_NAMES.__getitem__):
        digest.update(MEASURE_NAMES[place].encode() + np.ascontiguousarray(metrics[:, place], dtype="<f8").tobytes())
    for column in sorted(COLUMNS, key=lambda column: (column.entity, column.name)):
        values = np.ascontiguousarray(state.column(column.entity, column.name)[:, 0], dtype="<f8")
        digest.update(f"{column.entity}.{column.name}".encode() + values.tobytes())
    return digest.hexdigest()[:24]


def agent_by_agent(parameters: Parameters) -> str:
    """Live a society in the Mesa engine, and hash it."""
    model = EngagementModel(parameters)
    for _ in range(parameters.months):
        model.step()
    return hashed(np.array(model.observed), model.state())


def compiled(parameters: Parameters) -> str:
    """Live a society in the compiled engine, and hash it."""
    lived = simulate([parameters], [parameters.seed], Options(last_state=True, threads=1))
    return hashed(np.asarray(lived.metrics[0, 0]), next(iter(lived.states.values())))


def kept() -> list[dict[str, Any]]:
    """Return the societies with their hashes."""
    return json.loads(KEPT.read_text())  # type: ignore[no-any-return]


if __name__ == "__main__":
    lots = np.random.default_rng(20260105)
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        while len(cases) < SOCIETIES:
            changes = drawn(lots, len(cases))
            try:
                parameters = with_files(changes, Path(folder))
            except ValueError:  # drawn past what fits together
                continue
            bits = agent_by_agent(parameters)
            assert compiled(parameters) == bits
            cases.append({"changes": changes, "bits": bits})
    KEPT.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
