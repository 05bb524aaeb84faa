"""Measure the engine against its rivals, as ratios within one run: ``make bench``.

Every number is taken on the machine it runs on, in one go, so that ratios mean something where seconds do not. Results
go to ``benchmarks/results/latest.json``; docs/performance.md says what each one means.
"""

import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))

import roofline
from phases import CITIZENS, nanoseconds_by_line
from rivals import cpp, numpy_vectorised, plain_mesa

from engagesim import MEASURES, Options, Parameters, stream
from engagesim.engines.compiled.batch import new_batch
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.machine import cores
from engagesim.measures import measured
from engagesim.mechanisms.design import design_of
from engagesim.parquet import content_of
from engagesim.society.files import read_people
from engagesim.society.network import wire

DESIGN = design_of(Parameters)
RESULTS = Path(__file__).parent / "results" / "latest.json"
FORM = {
    "engagement.opened": 1.0, "engagement.influence": 0.6, "engagement.voice": 0.6, "engagement.teeth": 0.3,
    "engagement.outreach": 0.2, "engagement.time_cost": 0.5, "engagement.inclusiveness": 0.5,
    "engagement.collectiveness": 0.7, "engagement.visibility": 0.5, "engagement.start": 12,
}  # fmt: skip


def society(citizens: int, months: int, **changes: float) -> Parameters:
    """A society with a form of engagement, a hundred citizens a district."""
    size = {"population.citizens": citizens, "population.districts": max(1, citizens // 100), "months": months}
    return Parameters().changed({**size, **FORM, **{path.replace("__", "."): v for path, v in changes.items()}})


def points(count: int, citizens: int = 1000, months: int = 144) -> list[Parameters]:
    """A sweep of patronage, for one graph a seed."""
    return [society(citizens, months, incentives__patronage=x) for x in np.linspace(0.0, 0.6, count)]


def seconds(work: Callable[[], object], repetitions: int = 3) -> float:
    """Return the least wall time of some repetitions."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def sweep(count: int, threads: int, seeds: int = 1) -> None:
    """Simulate a sweep, batch by batch, and check that it was done."""
    lived = 0
    for batch in stream(points(count), list(range(seeds)), Options(threads=threads)):
        assert np.isfinite(batch.metrics).all()
        lived += len(batch.societies)
    assert lived == count * seeds


def kernel_nanoseconds(citizens: int, lanes: int, months: int) -> float:
    """Time per citizen and month inside compiled code, with everything set up before."""
    parameters = points(lanes, citizens, months)
    _, people = read_people(parameters[0])
    wiring = wire(parameters[0], people)
    engine = engine_for(DESIGN)

    def once() -> float:
        batch = new_batch(engine, parameters, wiring, people)
        start = time.perf_counter()
        batch.live(engine, 0, months)
        return time.perf_counter() - start

    return min(once() for _ in range(3)) * 1e9 / (citizens * lanes * months)


def bytes_per_citizen(lanes: int = 32) -> float:
    """Bytes of state and scratch space that one citizen takes in one lane."""

    def held(citizens: int) -> int:
        parameters = points(lanes, citizens, 1)
        _, people = read_people(parameters[0])
        batch = new_batch(engine_for(DESIGN), parameters, wire(parameters[0], people), people)
        arrays = [array for array in batch.world if isinstance(array, np.ndarray)]
        return sum(array.nbytes for array in arrays)

    return (held(20_000) - held(10_000)) / (10_000 * lanes)


def ten_thousand_runs() -> dict[str, float]:
    """10,000 societies of 1,000 citizens over 144 months on all cores, stored as Parquet."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for number, batch in enumerate(stream(points(1000), list(range(10)))):
            flat = batch.metrics.reshape(-1, len(MEASURES))
            columns = {m.name: flat[:, place].astype(np.float32) for place, m in enumerate(MEASURES)}
            (Path(folder) / f"part-{number:05d}.parquet").write_bytes(content_of(pa.table(columns), "zstd"))
        wall = time.perf_counter() - start
        stored = sum(part.stat().st_size for part in Path(folder).iterdir())
    kernel = kernel_nanoseconds(1000, 32, 144) * 10_000 * 1000 * 144 / 1e9
    return {"wall": wall, "kernel_share": kernel / (wall * cores()), "stored_megabytes": stored / 1e6}


def where_time_goes() -> dict[str, float]:
    """Shares of one batch's time: graph, people, months, measures, storing."""
    parameters = points(64)
    engine = engine_for(DESIGN)
    _, people = read_people(parameters[0])
    marks = [time.perf_counter()]
    wiring = wire(parameters[0], people)
    marks.append(time.perf_counter())
    batch = new_batch(engine, parameters, wiring, people)
    marks.append(time.perf_counter())
    batch.live(engine, 0, 144)
    marks.append(time.perf_counter())
    metrics = measured(batch.tallies.swapaxes(0, 1), wiring.sizes).reshape(len(MEASURES), -1)
    marks.append(time.perf_counter())
    with tempfile.TemporaryDirectory() as folder:
        table = pa.table({m.name: row.astype(np.float32) for m, row in zip(MEASURES, metrics, strict=True)})
        (Path(folder) / "part.parquet").write_bytes(content_of(table, "zstd"))
    marks.append(time.perf_counter())
    names = ("graph", "people", "months", "measures", "storing")
    return dict(zip(names, np.diff(marks) / (marks[-1] - marks[0]), strict=True))


def large(citizens: int, months: int) -> dict[str, float]:
    """One large society in a process of its own: graph, set-up, months, and peak memory."""
    script = (
        f"import sys, time, resource; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from measure import society, engine_for, DESIGN, read_people, wire, new_batch\n"
        f"p = society({citizens}, {months}); engine = engine_for(DESIGN); _, people = read_people(p)\n"
        "a = time.perf_counter(); w = wire(p, people); b = time.perf_counter()\n"
        "batch = new_batch(engine, [p], w, people); c = time.perf_counter()\n"
        f"batch.live(engine, 0, {months}); d = time.perf_counter()\n"
        "print(b - a, c - b, d - c, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    graph, settle, months_seconds, peak = map(float, done.stdout.split())
    return {"graph_s": graph, "settle_s": settle, "months_s": months_seconds, "peak_gigabytes": peak}


def main() -> None:
    """Take all numbers and write them down; progress goes to standard error."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    say("compile, or read what was compiled before")
    ready = seconds(lambda: engine_for(DESIGN), 1)
    say("plain Mesa")
    mesa_ns = plain_mesa.nanoseconds_per_citizen_month(1000, 24)
    say("sweep on one core")
    sweep(64, 1)
    sweep_ns = seconds(lambda: sweep(256, 1)) * 1e9 / (256 * 1000 * 144)
    one, two = seconds(lambda: sweep(512, 1)), seconds(lambda: sweep(512, 2))
    say("mesa.batch_run with two processes")
    grid = 16
    mesa_wall = seconds(lambda: plain_mesa.batch_run(grid, 1000, 24, processes=2), 1)
    start = time.perf_counter()
    for _ in stream(points(grid, 1000, 24), [0], Options(threads=2)):
        pass
    sweep_wall = time.perf_counter() - start
    say("C++ and NumPy")
    cpp_small_ns, cpp_ns = (cpp.nanoseconds_per_citizen_month(society(n, 480_000 // n)) for n in (1_000, 10_000))
    numpy_ns = numpy_vectorised.nanoseconds_per_citizen_month(society(1000, 48))
    single_ns = kernel_nanoseconds(1000, 1, 144)
    say("phases of the month")
    sweep_phases = nanoseconds_by_line(points(64))
    single_phases = nanoseconds_by_line(points(1, 10_000, 48))
    sweep_citizens_ns = sum(sweep_phases[name] for name in CITIZENS)
    single_citizens_ns = sum(single_phases[name] for name in CITIZENS)
    say("scaling with citizens")
    scaling = {str(n): kernel_nanoseconds(n, 1, max(2, 400_000 // n)) for n in (1_000, 10_000, 100_000, 1_000_000)}
    say("ten thousand runs")
    ten = ten_thousand_runs()
    say("a million citizens for 144 months")
    million = large(1_000_000, 144)
    results = {
        "sweep_vs_plain_mesa": mesa_ns / sweep_ns,
        "sweep_vs_mesa_batch_run": mesa_wall / sweep_wall,
        "sweep_vs_cpp": cpp_small_ns / sweep_citizens_ns if cpp_small_ns else None,
        "single_vs_cpp": cpp_ns / single_citizens_ns if cpp_ns else None,
        "sweep_vs_numpy": numpy_ns / sweep_citizens_ns,
        "threads_2": one / two,
        "large_vs_small": scaling["1000000"] / scaling["1000"],
        "ten_thousand_runs_s": ten["wall"],
        "kernel_share": ten["kernel_share"],
        "bytes_per_citizen": bytes_per_citizen(),
        "nanoseconds_per_citizen_month": {
            "plain_mesa": mesa_ns, "numpy_citizens_only": numpy_ns, "cpp_citizens_only": cpp_ns,
            "cpp_citizens_only_of_1000": cpp_small_ns, "sweep": sweep_ns,
            "sweep_citizens_only": sweep_citizens_ns,
            "single": single_ns, "single_citizens_only": single_citizens_ns, "single_by_citizens": scaling,
            "sweep_by_phase": sweep_phases, "single_by_phase": single_phases,
        },
        "work_by_phase": roofline.work(roofline.lived()),
        "machine_can_do": roofline.machine(),
        "ten_thousand_runs": ten,
        "million_citizens": million,
        "where_time_goes": where_time_goes(),
        "engine_ready_s": ready,
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": cores()},
    }  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
