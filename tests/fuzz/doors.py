"""Every way in which something from outside comes into the package, with inputs for it that are nearly sound."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pyarrow as pa
import yaml
from comparisons import DAMAGES, knock_with_comparison
from hypothesis import strategies as st
from lines import MESSAGES, knock_with_messages
from mutations import TOKENS, VALUES, as_json, byte_edits, replace, tables, texts, trees
from pages import EVENTS, LINKS, knock_with_events, knock_with_link
from programs import program_doors

from engagesim.cli.calibrate import _known
from engagesim.configs.compose import (
    checked,
    composed_calibration,
    composed_comparison,
    composed_study,
    composed_validation,
    config_folder,
)
from engagesim.configs.overrides import Asked
from engagesim.engines.mesa import EngagementModel
from engagesim.errors import MechanismError
from engagesim.measures import MEASURE_NAMES
from engagesim.mechanisms.design import columns_of, design_of, extended, measures_of, version_of
from engagesim.mechanisms.stored import told, tree_told
from engagesim.parameters import Parameters, parameter_table
from engagesim.parquet import content_of, opened, table_in
from engagesim.society.files import ATTRIBUTES, KINDS, read_people
from engagesim.society.network import wire
from engagesim.study.description import Study
from engagesim.study.designs import design_points
from engagesim.study.intervention_packages import apply, cost, read_catalogue, read_packages
from engagesim.study.observed import Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.provenance import Record, checksum, with_code
from engagesim.study.results import load
from engagesim.study.run_folder import config_bytes, metrics_bytes, read_run, tampered, write_run
from engagesim.study.run_study import SweepOptions, run_study
from engagesim.study.snapshot import Snapshot
from engagesim.study.store import CONFIG, MANIFEST
from engagesim.validation.fact_expressions import Evidence, Vocabulary, parse
from engagesim.validation.facts import SHIPPED, Fact, read_fact
from engagesim.validation.parameter_sets import calibration_of


class Door(NamedTuple):
    """A door: inputs, what is done with one in an empty folder, and the seconds of computing that one may take."""

    inputs: st.SearchStrategy[Any]
    knock: Callable[[Any, Path], object]
    limit: float = 10.0


# Parameters, packages, studies, calibrations: trees as a config or Python gives them


def _parameters(tree: Any, _: Path) -> object:
    return Parameters.of(tree)


SOCIETY = Parameters().model_dump(mode="json")
SCHEDULED = {**SOCIETY, "trends": [
    {"name": "t", "start": 3, "stop": 9, "ramp": 2, "where": {"worst": 0.5}, "add": {"conditions.resources": -0.1}},
    {"name": "u", "where": [0, 1], "set": {"incentives.patronage": 0.2}},
]}  # fmt: skip
PACKAGES = {
    "audit": ["social_audit"],
    "aimed": {"where": {"worst": 0.25}, "interventions": ["survey", {"use": "merit_protection", "intensity": 0.5}]},
    "pay": [{"name": "pay", "add": {"officials.intrinsic": 0.1}, "cost": 900}],
}


@cache
def catalogue() -> Any:
    return read_catalogue(config_folder())


def _packages(tree: Any, _: Path) -> object:
    if not isinstance(tree, dict):  # a config holds nothing else there
        return None
    made = read_packages(tree, catalogue())
    return [(apply(package, Parameters()), cost(package, Parameters())) for package in made]


STUDIES = [
    {"factors": {"p": {"path": "incentives.patronage", "low": 0.0, "high": 0.6, "levels": 3}}, "replicates": 2},
    {"factors": {"p": {"path": "incentives.term", "low": 12, "high": 60, "log": True}},
     "design": {"kind": "latin_hypercube", "samples": 4, "seed": 1}, "replicates": "auto", "width": 0.2},
    {"factors": {"p": {"path": "incentives.patronage", "low": 0.0, "high": 0.6}, "q": {"path": "population.citizens",
     "low": 20, "high": 40}}, "design": {"kind": "sobol", "samples": 2}, "measure": "quality", "size": 1},
    {"factors": {"p": {"path": "incentives.patronage", "values": [0.1, 0.2]}, "q": {"path": "incentives.term",
     "values": [12, 24]}}, "design": {"kind": "grid", "zipped": True}, "choices": {}, "trajectories": True},
]  # fmt: skip


def _study(tree: Any, _: Path) -> object:
    study = Study.of(tree)
    plan = Plan(study, (Variant({}, Parameters()),))
    return plan.paths, plan.part_runs, None if study.design.kind == "boundary" else len(design_points(study))


CALIBRATION = {
    "description": "x",
    "provenance": {"commit": None, "prior": {"sets": 3}},
    "sets": [{"incentives.patronage": 0.2, "citizens.learning": 0.1}, {"incentives.term": 24}],
    "rivals": {"no_learning": [{"incentives.patronage": 0.3}]},
}


def _calibration(tree: Any, _: Path) -> object:
    return calibration_of(tree)


TRIED = json.dumps(
    {
        "name": json.dumps([{"citizens.learning": 0.1}, [4, 10], 0]),
        "met": ["E05"],
        "near": {"E05": 0.5, "E07": 0.1},
        "outcomes": {"E05": [[0.5, 0.1]], "E07": [[-2.0, 0.1], [30.0, 1.0]]},
    }
)


def _tried(content: bytes, _: Path) -> object:
    return dict(_known(content.splitlines(keepends=True)))


# Files of the user's


def _file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def _settled(changes: dict[str, Any]) -> object:
    parameters, people = read_people(Parameters().changed({"population.districts": 2, **changes}))
    return wire(parameters, people)


def _people(content: bytes, folder: Path) -> object:
    return _settled({"population.file": _file(folder, "people.csv", content)})


def _ties(content: bytes, folder: Path) -> object:
    return _settled({"network.kind": "file", "network.file": _file(folder, "ties.csv", content)})


def _graphml(content: bytes, folder: Path) -> object:
    return _settled({"network.kind": "file", "network.file": _file(folder, "ties.graphml", content)})


COLUMNS = list(dict.fromkeys(name for names in ATTRIBUTES.values() for name in names))
PEOPLE = [
    ["role", "person", "district", *COLUMNS],
    *(
        [role, f"p{i}", str(i % 2), *("1" if name in ATTRIBUTES[KINDS[role]] else "" for name in COLUMNS)]
        for i, role in enumerate([*["citizen"] * 12, "manager", "manager", "provider", "provider", "politician"])
    ),
]
SPARSE = [["trust", "household"], *(["", "a b"] if i % 3 else ["0.25", "c"] for i in range(12))]
TIES = [["source", "target"], *([f"p{i}", f"p{(i + 1) % 12}"] for i in range(12))]
GRAPHS = ["\n".join(nx.generate_graphml(graph)) for graph in (
    nx.cycle_graph(12), nx.relabel_nodes(nx.gnm_random_graph(11, 30, seed=1), str), nx.MultiDiGraph(nx.path_graph(11)),
)]  # fmt: skip


def _points(content: bytes, folder: Path) -> object:
    path = _file(folder, "points.csv", content)
    return design_points(Study.of({"design": {"kind": "list", "file": path}}))


POINTS = [
    ["incentives.patronage", "incentives.term", "population.citizens"],
    *([str(0.1 * i), "24", "100"] for i in range(5)),
]


# Facts


def _fact(content: bytes, folder: Path) -> object:
    fact = read_fact(Path(_file(folder, "F01.yaml", content)))
    return _evaluated(fact), fact.points(Parameters(), {}, catalogue(), {})


def _evaluated(fact: Fact) -> list[Any]:
    """Evaluate every check on made-up evidence, as a laboratory would."""
    draws = np.random.default_rng(1)
    months = fact.history + fact.months
    shape = (2, 3, months)
    needs = {need for check in fact.checks for each in check.expressions(fact.vocabulary) for need in each.needs}
    levels = {need: draws.random(shape) for need in sorted(needs)}
    groups = {name: np.array([[True, False, True]] * 2) for name in fact.groups}
    evidence = Evidence(levels, groups, np.full((4, 2), 0.5))
    with np.errstate(all="ignore"):
        return [each.evaluate(evidence) for check in fact.checks for each in check.expressions(fact.vocabulary)]


@cache
def _fact_texts() -> list[str]:
    shipped = sorted(SHIPPED.glob("*.yaml"))
    some = shipped[:: max(1, len(shipped) // 8)]
    return [re.sub(r"(?m)^id: .*$", "id: F01", path.read_text("utf-8")) for path in some]


@cache
def _fact_trees() -> list[Any]:
    return [yaml.safe_load(text) for text in _fact_texts()]


VOCABULARY = Vocabulary(MEASURE_NAMES, ("a", "b", "c", "control"), "control", ("poor",), 12, 24)
EXPRESSIONS = [
    "sd(quality, a, 12)", "odds(mean(engaged, a, 24, group=poor)) / 2 - 1e-3", "interaction_sd(trust, a, b, c, 6)",
    "max(share_between(quality, b, 3, 0.1, 0.5), peak_month(trust, a, [1, 24], versus=b))", "log(abs(-3 * change(trust, a, 9)))",
    "share(0.1 < mean([trust, quality], a, 9) <= 0.5 and not effect(engaged, [a, b], 6) > 0 or 1 >= 2, group=poor)",
    "slope(mean(approval, a, [1, 24]), effect(quality, a, 12)) / spread_people(engaged, a, 3)",
]  # fmt: skip


def _expression(content: bytes, _: Path) -> object:
    read = parse(content.decode("utf-8", "replace")[:1000], VOCABULARY)
    levels = {need: np.full((2, 3, 36), 0.5) for need in read.needs}
    with np.errstate(all="ignore"):
        return read.evaluate(Evidence(levels, {"poor": np.ones((2, 3), dtype=bool)}, np.full((4, 2), 0.5)))


# What is told of mechanisms

FATIGUE = Path(__file__).parents[2] / "experiments/mechanisms/fatigue.py"
MEDIA = FATIGUE.with_name("local_media.py")


@cache
def _told_trees() -> list[Any]:
    return [told(type(extended(Parameters(), files))) for files in ([FATIGUE], [FATIGUE, MEDIA])]


def _told(tree: Any, _: Path) -> object:
    society = tree_told(tree)
    assert told(tree_told(json.loads(json.dumps(told(society))))) == told(society)
    known = parameter_table(society), measures_of(society), columns_of(society), version_of(society)
    with contextlib.suppress(MechanismError):
        design_of(society)  # lives with its code alone
        assert society is Parameters
    return known, yaml.safe_dump(society().model_dump()), extended(society(), [FATIGUE])


# Folders that a command wrote, damaged or passed on by somebody

SMALL = {
    "months": 3,
    "population.citizens": 12,
    "population.districts": 2,
    "population.providers": 1,
    "network.degree": 2,
}


@cache
def tired() -> Parameters:
    """Return a small society with a mechanism."""
    return extended(Parameters().changed(SMALL), [FATIGUE])


@cache
def sound_study(home: Path) -> Path:
    """Write a study of made-up numbers."""
    study = Study.of({**STUDIES[0], "trajectories": True})
    numbers = np.random.default_rng(1)

    def made_up(points: Any, seeds: Any) -> Any:
        names = tuple(measure.name for measure in measures_of(type(points[0])))
        made = numbers.random((len(points), len(seeds), 3, len(names)))
        return Observed(made, names, tuple(seeds))

    folder = home / "sound_study"
    run_study(Plan(study, (Variant({"engagement": "none"}, tired()),)), folder, made_up, SweepOptions("1"))
    return folder


def _stored_study(damage: Any, folder: Path) -> object:
    place = folder / "study"
    shutil.copytree(sound_study(folder.parent), place)
    _damage_study(place, damage)
    results = load(place)
    results.parameters(0), results.parameters(len(results.runs) - 1)
    return len(results.sound), results.varying, results.dataset.sizes


def _damage_study(place: Path, damage: Any) -> None:
    what, content = damage
    part = next((place / "runs").iterdir())
    match what:
        case "manifest" | "config":
            (place / {"manifest": MANIFEST, "config": CONFIG}[what]).write_bytes(content)
        case "part":
            part.write_bytes(content(part.read_bytes()))
        case "resealed":  # somebody who knows how the checksum is made
            changed = content(part.read_bytes())
            part.unlink()
            (place / "runs" / f"000000-{checksum(changed)[:16]}.parquet").write_bytes(changed)
        case "link":
            part.unlink()
            part.symlink_to(content)
        case "extra":
            (place / "runs" / content).write_bytes(b"PAR1")


def _rewritten(change: Callable[[pa.Table], pa.Table]) -> Callable[[bytes], bytes]:
    def rewrite(content: bytes) -> bytes:
        table = table_in(opened(content))
        return content_of(change(table).replace_schema_metadata(table.schema.metadata))

    return rewrite


def _with_column(name: str, values: list[Any]) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        column = pa.array((values * len(table))[: len(table)])
        return table.set_column(table.column_names.index(name), name, column)

    return change


_COLUMNS = ["point", "seed", "engagement", "incentives.patronage", "failed", "quality", "trust", "coalition_month"]
_CELLS = st.sampled_from(
    [
        [0],
        [-1],
        [2**62],
        [0.5],
        [float("nan")],
        [float("inf")],
        ["x"],
        ["a\0b"],
        [None],
        [True],
        [b"\xff"],
        [[1, 2]],
        [{"a": 1}],
    ]
)
CHANGED_TABLES = st.one_of(
    st.builds(_with_column, st.sampled_from(_COLUMNS), _CELLS),
    st.sampled_from(_COLUMNS).map(lambda name: lambda table: table.drop_columns([name])),
    st.sampled_from(_COLUMNS).map(lambda name: lambda table: table.append_column(name, table[name])),
    st.just(lambda table: table.slice(0, 0)),
    st.just(lambda table: pa.concat_tables([table, table])),
    st.just(lambda table: table.select(table.column_names[::-1])),
)


def _study_damages(home: Path) -> st.SearchStrategy[Any]:
    place = sound_study(home)
    manifest = (place / MANIFEST).read_text()
    config = (place / CONFIG).read_text()
    sound = next((place / "runs").iterdir()).read_bytes()
    return st.one_of(
        st.tuples(st.just("manifest"), st.one_of(texts([manifest]), trees([json.loads(manifest)]).map(as_json))),
        st.tuples(st.just("config"), st.one_of(texts([config]), trees([yaml.safe_load(config)]).map(as_json))),
        st.tuples(st.just("part"), byte_edits(sound).map(lambda found: lambda _: found)),
        st.tuples(st.just("resealed"), byte_edits(sound).map(lambda found: lambda _: found)),
        st.tuples(st.just("resealed"), CHANGED_TABLES.map(_rewritten)),
        st.tuples(
            st.just("link"), st.sampled_from(["/dev/zero", "/nowhere", ".", "../manifest.json", "/proc/self/environ"])
        ),
        st.tuples(
            st.just("extra"), st.sampled_from(["x.parquet", "000000-x.parquet", "é.parquet", "000001-a-b.parquet"])
        ),
    )


@cache
def sound_run(home: Path) -> Path:
    """Write the folder of a run."""
    model = EngagementModel(tired())
    for _ in range(3):
        model.step()
    folder = home / "sound_run"
    folder.mkdir()
    results = {
        "config.yaml": config_bytes(model.parameters),
        "metrics.parquet": metrics_bytes(model.metrics, model.design.tree),
    }
    write_run(folder, Record(model.parameters, "1", 0, results), {"words": []})
    return folder


def _stored_run(damage: Any, folder: Path) -> object:
    place = folder / "run"
    shutil.copytree(sound_run(folder.parent), place)
    name, content = damage
    replace(place / name, content)
    parameters, certificate = read_run(place)
    return tampered(place, certificate), with_code(parameters, [FATIGUE], place)


def _run_damages(home: Path) -> st.SearchStrategy[Any]:
    place = sound_run(home)
    born, config = (place / "provenance.json").read_text(), (place / "config.yaml").read_text()
    special = st.sampled_from(["/dev/zero", "/nowhere", ".", "pipe", "summary.json"])
    return st.one_of(
        st.tuples(
            st.just("provenance.json"), st.one_of(texts([born]), trees([json.loads(born)]).map(as_json), special)
        ),
        st.tuples(
            st.just("config.yaml"), st.one_of(texts([config]), trees([yaml.safe_load(config)]).map(as_json), special)
        ),
        st.tuples(st.just("metrics.parquet"), st.one_of(byte_edits((place / "metrics.parquet").read_bytes()), special)),
    )


def _snapshot(content: bytes, folder: Path) -> object:
    read = Snapshot.load(Path(_file(folder, "state.npz", content)))
    return extended(read.parameters, [FATIGUE])


def _snapshot_bytes(home: Path) -> st.SearchStrategy[Any]:
    model = EngagementModel(tired())
    model.step()
    path = home / "sound.npz"
    model.snapshot().save(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    about = json.loads(str(arrays.pop("about")))

    def told_otherwise(tree: Any) -> bytes:
        found = io.BytesIO()
        np.savez(found, about=np.array(json.dumps(tree, default=str)), **arrays)
        return found.getvalue()

    return st.one_of(byte_edits(path.read_bytes()), trees([about]).map(told_otherwise))


# Command lines

_KEYS = st.sampled_from(
    ["seed", "months", "name", "output", "scenario", "engagement", "trends", "incentives.patronage", "population.file",
     "engagement.where", "network.kind", "network", "population.citizens", "agents_every", "progress", "hydra.run.dir",
     "hydra/launcher", "+x", "~seed", "++hydra.callbacks.a._target_", "interventions", "factors.p", "factors.p.path",
     "choices.scenario", "design", "design.samples", "replicates", "packages.a", "contexts", "outcome", "search.tries",
     "facts", "only", "size", "calibration", "calibration.sets", "waves", "citizens.learning", "study", "executor"]
)  # fmt: skip
_WORDS = st.one_of(
    st.sampled_from(["none", "merit_state", "survey", "../merit_state", "all", "1", "0", "-1", "1e9", "[1,2]", "{a: 1}",
                     "null", "true", "???", "${seed}", "${oc.env:HOME}", "{worst: 0.5}", "[survey,none]", "grid", "sobol",
                     "[social_audit]", "incentives.patronage", "{path: incentives.term, low: 12, high: 24}", "quick",
                     "range(1,5)", "glob(*)", "1,2", "[0.1,0.2]", "'a b'", "default", "[{}]", "interval(0,1)", "dask"]),
    st.sampled_from(TOKENS),
    VALUES.map(lambda value: str(value)[:200]),
    st.text("=+~{}[](),:.@/$'\"\\ ab1-", max_size=15),
)  # fmt: skip
_PIECES = st.one_of(st.builds("{}={}".format, _KEYS, _WORDS), st.builds("{}={}".format, _KEYS, _WORDS), _WORDS)


def _lines(*sound: str) -> st.SearchStrategy[list[str]]:
    """Draw command lines: mostly damaged throughout, now and then sound but for one piece at most.

    The former end at Hydra's grammar; the latter are composed and checked, which takes thirty times as long.
    """
    damaged = st.lists(_PIECES, min_size=1, max_size=3)
    most = st.lists(st.sampled_from(sound), max_size=3, unique_by=lambda each: each.partition("=")[0])
    nearly = st.builds(list.__add__, most, st.lists(_PIECES, max_size=1))
    return st.integers(0, 3).flatmap(lambda number: damaged if number else nearly)


_OF_A_SOCIETY = ("scenario=merit_state", "engagement=survey", "months=6", "seed=3", "incentives.patronage=0.3",
                 "population.citizens=60", "network=erdos_renyi", "engagement.where={worst: 0.5}")  # fmt: skip
RUN_LINES = _lines(*_OF_A_SOCIETY, "agents_every=2", "output=x")
SWEEP_LINES = _lines(*_OF_A_SOCIETY, "study=hysteresis", "replicates=2", "choices.engagement=[none,survey]",
                     "factors.a={path: incentives.term, low: 12, high: 24}", "design.samples=8")  # fmt: skip
COMPARE_LINES = _lines(*_OF_A_SOCIETY[1:], "contexts=[merit_state]", "packages.a=[social_audit]", "outcome=trust")
EVIDENCE_LINES = _lines("seed=3", "citizens.learning=0.1", "calibration=default", "incentives.term=36")


def _run_line(overrides: list[str], _: Path) -> object:
    return checked(Asked(overrides, is_multirun=False, config_shown=None, is_resolved=False))


def _sweep_line(overrides: list[str], _: Path) -> object:
    return composed_study(overrides).plan.paths


def _compare_line(overrides: list[str], _: Path) -> object:
    return composed_comparison(overrides)


def _evidence_line(overrides: list[str], _: Path) -> object:
    return composed_validation(overrides), composed_calibration(overrides)


def doors(home: Path) -> dict[str, Door]:
    """Return every door by name; ``home`` is where sound folders are written to be damaged."""
    return {
        "parameters": Door(trees([SOCIETY, SCHEDULED]), _parameters),
        "packages": Door(trees([PACKAGES]), _packages),
        "studies": Door(trees(STUDIES), _study),
        "calibrations": Door(trees([CALIBRATION]), _calibration),
        "tried sets": Door(texts([TRIED, TRIED + "\n" + TRIED + "\n"]), _tried),
        "people": Door(tables([PEOPLE, SPARSE]), _people),
        "ties": Door(tables([TIES]), _ties),
        "graphml": Door(texts(GRAPHS), _graphml),
        "points": Door(tables([POINTS]), _points),
        "facts as text": Door(texts(_fact_texts()), _fact),
        "facts as trees": Door(trees(_fact_trees()).map(as_json), _fact),
        "mechanisms as they are told": Door(trees(_told_trees()), _told),
        "expressions": Door(texts(EXPRESSIONS), _expression),
        "study folders": Door(_study_damages(home), _stored_study),
        "run folders": Door(_run_damages(home), _stored_run),
        "snapshots": Door(_snapshot_bytes(home), _snapshot),
        "command line of run": Door(RUN_LINES, _run_line),
        "command line of sweep": Door(SWEEP_LINES, _sweep_line),
        "command line of compare": Door(COMPARE_LINES, _compare_line),
        "command lines of validate and calibrate": Door(EVIDENCE_LINES, _evidence_line),
        "links of the dashboard": Door(LINKS, knock_with_link),
        "events of the dashboard": Door(EVENTS, knock_with_events),
        "stored comparisons": Door(DAMAGES, knock_with_comparison),
        "messages of the dashboard": Door(MESSAGES, knock_with_messages),
        **{name: Door(*of) for name, of in program_doors().items()},
    }
