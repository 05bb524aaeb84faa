"""The engine for the web lives the same months as the native one, byte for byte, in societies of every kind."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bits import drawn, with_files

from browsers import BROWSERS, answered, installed
from engagesim import EngagementModel
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Intervention, Parameters
from engagesim.parameters.engagement import OBSERVABLE
from engagesim.report.story import told
from engagesim.society.events import EVENT_COLUMNS
from engagesim.web.assembly import bundled, modules
from engagesim.web.compiling import TERMS, web_engine
from engagesim.web.description import described
from engagesim.web.tables import model_tables

NODE = shutil.which("node") or shutil.which("nodejs")
HERE = Path(__file__).parent
SOCIETIES = 100


def laid_out(folder: Path) -> Path:
    """Write the engine, its tables and the modules into a folder, as a page would hold them."""
    design = design_of(Parameters)
    engine = web_engine(design)
    (folder / "engine.wasm").write_bytes(engine.module)
    (folder / "model.json").write_text(json.dumps(model_tables(design, engine)))
    (folder / "package.json").write_text('{"type": "module"}')
    for name, script in modules(design).items():
        (folder / f"{name}.js").write_text(script)
    return folder


def in_node(cases: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    (laid_out(folder) / "cases.json").write_text(json.dumps(cases))
    command = [str(NODE), str(HERE / "in_node.mjs"), str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-2000:]
    return [json.loads(line) for line in said.stdout.splitlines()]


def in_browser(program: str, cases: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    (laid_out(folder) / "cases.json").write_text(json.dumps(cases))
    for name in ("lived.mjs", "in_browser.html"):
        shutil.copy(HERE / name, folder)
    answer = answered(program, folder, "in_browser.html")
    assert "error" not in answer, answer
    return answer["answers"]


def short(*arrays: np.ndarray) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def changing(parameters: Parameters, lots: np.random.Generator) -> list[dict[str, Any]]:
    """Draw a change on the way: another intervention from some month on."""
    month = int(lots.integers(1, parameters.months))
    more = Intervention(start=month, set={"incentives.patronage": float(lots.random())}, ramp=int(lots.integers(0, 4)))
    return [{"month": month, "interventions": [*parameters.interventions, more]}]


def natively(parameters: Parameters, changes: list[dict[str, Any]]) -> tuple[dict[str, Any], LiveSociety]:
    society = LiveSociety(parameters)
    for month in range(parameters.months):
        for change in changes:
            if change["month"] == month:
                society.change(change["interventions"])
        society.step()
    wiring, state, events = society.wiring, society.state, society.events
    rows = [",".join(map(str, row)) for row in events[list(EVENT_COLUMNS)].itertuples(index=False)]
    ints = [wiring.edges, wiring.first, wiring.kin, wiring.neighbours, wiring.service_point]
    edges, first, kin, neighbours, point = (each.astype(np.int32) for each in ints)
    return {
        "graph": short(edges, wiring.ties.astype(np.uint8), first, kin, neighbours, point),
        "tallies": short(society._batch.tallies[: society.month]),
        "state": {kind: [short(state.numbers[kind]), short(state.counts[kind])] for kind in state.numbers},
        "measures": short(society.metrics.T),
        "events": hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16],
        "words": [told(event) for event in events.tail(40).itertuples()],
        "some": rows[:400],
    }, society


@pytest.fixture(scope="module")
def societies(tmp_path_factory) -> list[tuple[dict[str, Any], dict[str, Any], LiveSociety]]:
    """Random societies as the page takes them, what they came to natively, and the native society itself."""
    lots, folder = np.random.default_rng(20261129), tmp_path_factory.mktemp("files")
    found: list[tuple[dict[str, Any], dict[str, Any], LiveSociety]] = []
    while len(found) < SOCIETIES:
        try:
            parameters = with_files(drawn(lots, len(found)), folder)
            changes = changing(parameters, lots)
            native, society = natively(parameters, changes)
        except ValueError:  # drawn past what fits together
            continue
        sent = [{**each, "interventions": _sent(parameters, each["interventions"])} for each in changes]
        found.append(({"society": described(parameters), "changes": sent}, native, society))
    return found


def check(societies: list[Any], answers: list[dict[str, Any]]) -> None:
    """Compare what societies came to elsewhere with what they came to natively."""
    for number, ((_, native, society), web) in enumerate(zip(societies, answers, strict=True)):
        for what in ("graph", "tallies", "state", "measures", "events", "words"):
            assert web[what] == native[what], f"society {number}: {what}"
        if number % 10 == 0:
            assert web["reasons"] == reasons_of(society), f"society {number}: reasons"


@pytest.mark.skipif(NODE is None, reason="no node here: apt-get install nodejs")
def test_a_hundred_random_societies_live_the_same_bytes_in_node(societies, tmp_path):
    check(societies, in_node([case for case, *_ in societies], tmp_path))


@pytest.mark.parametrize("package", BROWSERS)
def test_societies_live_the_same_bytes_in_every_browser(package, societies, tmp_path):
    program = installed(package)
    check(societies, in_browser(program, [case for case, *_ in societies], tmp_path))


def test_a_hundred_random_societies_live_the_same_bytes_in_a_browser(societies, browser):
    design = design_of(Parameters)
    engine = web_engine(design)
    page = browser.new_page()
    page.add_script_tag(content=bundled(design, "engine", "measures"))
    model = [json.dumps(model_tables(design, engine)), base64.b64encode(engine.module).decode()]
    page.evaluate(
        """([tables, bytes]) => {
            const module = new WebAssembly.Module(Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0)));
            globalThis.engine = new Engine(module, { ...JSON.parse(tables), measures: MEASURES });
        }""",
        model,
    )
    for number, (case, native, _) in enumerate(societies):
        lived = page.evaluate(
            """({ society: told, changes }) => {
                const society = new Society(engine, told);
                for (let month = 0; month < told.months; month++) {
                    const change = changes.find((each) => each.month === month);
                    if (change) society.follow(change.interventions);
                    society.step();
                }
                const bytes = society.tallies.flatMap((each) => [...new Uint8Array(each.buffer)]);
                return btoa(bytes.map((each) => String.fromCharCode(each)).join(""));
            }""",
            case,
        )
        assert hashlib.sha256(base64.b64decode(lived)).hexdigest()[:16] == native["tallies"], f"society {number}"
    page.close()


@pytest.mark.skipif(NODE is None, reason="no node here: apt-get install nodejs")
def test_what_waits_for_something_observed_begins_and_ends_in_the_same_months(tmp_path):
    seldom = {"broken_promises": 1, "kept_promises": 1, "calls": 1, "manager_tenure": 6, "election_in": 4}
    some = {"population.citizens": 90, "population.districts": 3, "population.providers": 3, "months": 40,
            "engagement.opened": 1, "engagement.voice": 0.8, "engagement.outreach": 0.4, "engagement.start": 0,
            "population.members": 0.4, "population.leaders": 0.1, "relations.answering": 0.6,
            "population.reform_minded_share": 0.6}  # fmt: skip
    cases, natives = [], []
    for number, name in enumerate(OBSERVABLE):
        when = {"observed": name, "at_least": seldom.get(name, 0.34), "months": 1 + number % 3}
        below = {"observed": name, "at_most": seldom.get(name, 0.34)}
        entries = [
            {"name": "rise", "start": 1, "when": when, "lasts": 5, "add": {"engagement.teeth": 0.3}},
            {"name": "fall", "start": 2, "stop": 30, "when": below, "where": [0, 2], "ramp": 2,
             "set": {"incentives.patronage": 0.7}, "add": {"conditions.resources": -0.1}},
        ]  # fmt: skip
        parameters = Parameters().changed({**some, "seed": number, "interventions": entries})
        changes = changing(parameters, np.random.default_rng(number))
        natives.append(natively(parameters, changes)[0])
        without = natively(parameters.changed({"interventions": []}), [])[0]
        assert natives[-1]["tallies"] != without["tallies"], name
        sent = [{**each, "interventions": _sent(parameters, each["interventions"])} for each in changes]
        cases.append({"society": described(parameters), "changes": sent})
    for name, web, native in zip(OBSERVABLE, in_node(cases, tmp_path), natives, strict=True):
        assert (web["tallies"], web["state"]) == (native["tallies"], native["state"]), name


def _sent(parameters: Parameters, interventions: list[Intervention]) -> list[dict[str, Any]]:
    return described(parameters.changed({"interventions": [each.model_dump() for each in interventions]}))[
        "interventions"
    ]


def reasons_of(society: LiveSociety) -> list[dict[str, dict[str, float]]]:
    """Return the terms of some agents' options, as the agents of the Mesa engine weigh them."""
    wiring, model = society.wiring, EngagementModel.restore(society.snapshot())
    rows = [0, wiring.citizens, wiring.citizens + 1, wiring.agents - 1]
    known = {option for options in TERMS.values() for option in options}
    return [
        {option.lower(): terms for option, terms in model.actors[row].reasons().items() if option.lower() in known}
        for row in rows
    ]
