"""Simulate many societies, each a parameter point with a seed, in batches that share a social graph."""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.engines.compiled.batch import new_batch, padded
from engagesim.engines.compiled.compile import Engine, announced, build, compiled_here, vectorising
from engagesim.errors import ParameterError, shown, span
from engagesim.machine import cores, timed
from engagesim.mechanisms.checks import compiling
from engagesim.mechanisms.declarations import listed
from engagesim.mechanisms.design import Design, design_of, extended, version_of
from engagesim.parameters import Parameters
from engagesim.policy import Policy, is_drawn
from engagesim.rules import RULES, Rules
from engagesim.society.events import Log, merged, on_lanes
from engagesim.society.files import People, read_people, reading_once, wiring_key
from engagesim.society.network import Wiring, wire
from engagesim.society.state import State
from engagesim.study.argument_checks import checked, seeds_of, societies_of
from engagesim.study.description import Study
from engagesim.study.executors import Place, executor
from engagesim.study.observed import Observed, place_of
from engagesim.study.plan import Plan, Variant
from engagesim.study.results import Results, load
from engagesim.study.run_study import SweepOptions, run_study

MOST_LANES = 64
"""Largest number of societies in a batch, one bit each in a word; this number was the fastest when measured."""

BATCH_BYTES = 256_000_000
"""Memory for a batch, in bytes; batches of large societies have fewer lanes."""

_MOST = 100_000
"""Largest numbers of threads and of months between stored states."""

WORK_A_CALL = 4_000_000
"""Number of agent-months that compiled code simulates between checks for a stop: a fraction of a second."""


_BUILDING = threading.Lock()
"""Held while an engine is built, because this redirects standard error and sets LLVM's options for all threads."""


def engine_for(design: Design) -> Engine:
    """Return the compiled engine of a design, after simulating a month of a tiny society to have it compiled."""
    with _BUILDING:
        return _engine_for(design)


@cache
def _engine_for(design: Design) -> Engine:
    hamlet, people = read_people(
        design.tree().changed({"months": 1, "population.citizens": 40, "population.districts": 2})
    )
    with compiling(design), timed("compiling"), announced(compiled_here(design)), vectorising():
        engine = build(design)
        new_batch(engine, [hamlet], wire(hamlet, people), people).live(engine, 0, 1)
    return engine


class RunKey(NamedTuple):
    """The key of one society in an ensemble: its point and its seed."""

    point: int
    seed: int


@dataclass(frozen=True)
class BatchResult:
    """The results of a batch of societies.

    Attributes
    ----------
    societies : tuple of RunKey
        Point and seed of each, in the order of the first axis of ``metrics``.
    metrics : array, shape (societies, months, measures)
        Every measure of every month.
    measures : tuple of str
        Names along the last axis.
    wiring : Wiring
        The social graph that the societies share.
    state : State or None
        The last state, one lane per society, if requested.
    states : dict of int to State
        States by month, counted from 0, if requested.
    events : array of ``engagesim.society.events.ROW`` or None
        The log of events, if requested; a lane is a place in ``societies``.
    """

    societies: tuple[RunKey, ...]
    metrics: NDArray[np.float64]
    measures: tuple[str, ...]
    wiring: Wiring
    state: State | None = None
    states: dict[int, State] = field(default_factory=dict)
    events: NDArray[Any] | None = None

    def measure(self, name: str) -> NDArray[np.float64]:
        """Return one measure, shape (societies, months), in its unit."""
        return self.metrics[..., place_of(name, self.measures)]


@dataclass(frozen=True)
class Simulated(Observed):
    """The results of an ensemble.

    Attributes
    ----------
    metrics : array, shape (points, seeds, months, measures)
        Every measure of every month; ``MEASURES`` gives the units.
    measures : tuple of str
        Names along the last axis.
    seeds : tuple of int
        Seeds along the second axis.
    states : dict of RunKey to State
        Last state by (point, seed), if requested.
    """

    states: dict[RunKey, State] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """How to run an ensemble, and with which rules; only the rules change the results.

    Attributes
    ----------
    rules : Rules
        The rules that all societies follow.
    lanes : int
        Societies in a batch, 1 to 64; 0: as many as fit.
    threads : int
        Number of threads; 0: one per core that this process may use.
    last_state : bool
        Whether to keep the last state.
    states_every : int
        Months between states that ``stream`` keeps; 0: none.
    events : bool
        Whether to keep the log of events.
    measures : tuple of str
        Names of the measures to keep; without names, all.
    """

    rules: Rules = RULES
    lanes: int = 0
    threads: int = 0
    last_state: bool = False
    states_every: int = 0
    events: bool = False
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse options that are out of range."""
        checked(self.rules, Rules, "options.rules")
        checked(self.measures, tuple, "options.measures")
        checked(self.last_state, bool, "options.last_state")
        checked(self.events, bool, "options.events")
        for name, most in (("lanes", MOST_LANES), ("threads", _MOST), ("states_every", _MOST)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
                raise ParameterError(f"options.{name} = {shown(value)}: must be {span(0, most, True)}")


def simulate(
    points: Sequence[Parameters], seeds: Sequence[int], options: Options | None = None, mechanisms: Sequence[Any] = ()
) -> Simulated:
    """Simulate every point with every seed.

    Parameters
    ----------
    points : sequence of Parameters
        One or more points, all with the same number of months; ``seeds`` replaces their own seeds.
    seeds : sequence of int
        One or more distinct seeds, from 0 to 4294967295. All points use the same seeds, so they share their chance
        events.
    options : Options, optional
        How to run the ensemble, and by which rules.
    mechanisms : sequence of module, str or Path
        Mechanisms of your own that all societies have (see :mod:`engagesim.mechanisms`).

    Returns
    -------
    Simulated
        Metrics of shape (points, seeds, months, measures).

    Raises
    ------
    ParameterError
        If points differ in their number of months or in their mechanisms, or if points, seeds or options are not valid.
    MechanismError
        If an engine cannot follow a mechanism; the message names its file and line.
    InputError
        If a file of people or ties cannot be read.

    Examples
    --------
    >>> from engagesim import Parameters, simulate
    >>> hamlet = Parameters().changed({"population.citizens": 60, "population.districts": 2, "months": 6})
    >>> points = [hamlet, hamlet.changed({"incentives.patronage": 0.6})]
    >>> simulate(points, seeds=[1, 2, 3]).measure("quality").shape
    (2, 3, 6)
    """
    societies, known = _with(societies_of(points), mechanisms), seeds_of(seeds)
    asked = checked(Options() if options is None else options, Options, "options")
    names = asked.measures or design_of(type(societies[0])).measure_names
    metrics = np.full((len(societies), len(known), societies[0].months, len(names)), np.nan)
    place = {seed: column for column, seed in enumerate(known)}
    states, logs = {}, []
    for lived in stream(societies, known, asked):
        for lane, society in enumerate(lived.societies):
            metrics[society.point, place[society.seed]] = lived.metrics[lane]
            if lived.state is not None:
                states[society] = lived.state.lane(lane)
        if lived.events is not None:
            lanes = [society.point * len(known) + place[society.seed] for society in lived.societies]
            logs.append(on_lanes(lived.events, lanes))
    return Simulated(metrics, names, known, merged(logs) if logs else None, states)


def stream(
    points: Sequence[Parameters], seeds: Sequence[int], options: Options | None = None, mechanisms: Sequence[Any] = ()
) -> Iterator[BatchResult]:
    """Simulate every point with every seed, and yield batches in a fixed order as soon as they are done.

    Memory holds one batch per thread, and as many finished batches that are not yet consumed.

    Parameters
    ----------
    points : sequence of Parameters
        As in :func:`simulate`.
    seeds : sequence of int
        As in :func:`simulate`.
    options : Options, optional
        How to run the ensemble, and by which rules.
    mechanisms : sequence of module, str or Path
        Mechanisms of your own that all societies have (see :mod:`engagesim.mechanisms`).

    Returns
    -------
    iterator of BatchResult
        Results of batches of up to 64 societies that share a social graph.

    Raises
    ------
    ParameterError
        As in :func:`simulate`, but before any simulation.
    """
    asked = checked(Options() if options is None else options, Options, "options")
    societies = _with(societies_of(points), mechanisms)
    for name in asked.measures:
        place_of(name, design_of(type(societies[0])).measure_names)
    return _streamed(societies, seeds_of(seeds), asked)


def _streamed(points: Sequence[Parameters], seeds: Sequence[int], options: Options) -> Iterator[BatchResult]:
    engine = engine_for(design_of(type(points[0]), options.rules))
    stopping = threading.Event()
    workers = options.threads or cores()
    waiting: list[Future[BatchResult]] = []
    with ThreadPoolExecutor(workers) as pool:
        try:
            for job in _jobs(points, seeds, options.lanes):
                waiting.append(pool.submit(_run, engine, job, options, stopping))
                if len(waiting) >= 2 * workers:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            stopping.set()
            for future in waiting:
                future.cancel()


def _with(points: Sequence[Parameters], mechanisms: Sequence[Any]) -> tuple[Parameters, ...]:
    found = listed(mechanisms)
    made = tuple(extended(point, found) for point in points)
    if len({type(point) for point in made}) > 1:
        raise ParameterError("points: must all have the same mechanisms")
    return made


class _Job(NamedTuple):
    """Societies that share a social graph, and what each lane of the batch follows; the last lane may be repeated."""

    societies: tuple[RunKey, ...]
    parameters: tuple[Parameters, ...]
    policy: Policy
    people: People
    wiring: Wiring


def _jobs(points: Sequence[Parameters], seeds: Sequence[int], lanes: int) -> Iterator[_Job]:
    """Group societies by the graph that they share, and split the groups into batches.

    Each graph is built once, and so is the policy of each point, unless the seed decides which districts it reaches.
    """
    read = list(map(reading_once(), points))
    known = [None if is_drawn(point) else Policy.alone(point) for point, _ in read]
    sharing: dict[str, list[int]] = {}
    for number, (point, _) in enumerate(read):
        sharing.setdefault(wiring_key(point), []).append(number)
    for numbers in sharing.values():
        point, people = read[numbers[0]]
        groups = [list(seeds)] if point.network.seed is not None else [[seed] for seed in seeds]
        for group in groups:
            members = [RunKey(number, seed) for seed in group for number in numbers]
            with timed("graphs"):
                wiring = wire(point.model_copy(update={"seed": group[0]}), people)
            room = _fitting(wiring)
            width = lanes or room
            for start in range(0, len(members), width):
                batch = tuple(members[start : start + width])
                lanes_of = padded(batch, room)
                parameters = tuple(read[each.point][0].model_copy(update={"seed": each.seed}) for each in lanes_of)
                policies = [
                    known[each.point] or Policy.alone(own) for each, own in zip(lanes_of, parameters, strict=True)
                ]
                yield _Job(batch, parameters, Policy.side_by_side(policies), people, wiring)


def _fitting(wiring: Wiring) -> int:
    """Return how many societies of a given size fit into the memory for a batch."""
    tiny = State.empty(wiring.sizes, 1)
    size = sum(block.nbytes for blocks in (tiny.numbers, tiny.counts) for block in blocks.values())
    return max(1, min(MOST_LANES, BATCH_BYTES // (size + 1)))


def _run(engine: Engine, job: _Job, options: Options, stopping: threading.Event) -> BatchResult:
    """Simulate all months of a batch, and check regularly whether to stop."""
    batch = new_batch(engine, job.parameters, job.wiring, job.people, job.policy)
    asked = slice(len(job.societies))
    months = job.parameters[0].months
    states: dict[int, State] = {}
    log = Log(job.wiring) if options.events else None
    for begin, stop in _stretches(months, options.states_every, job.wiring.agents * len(job.societies)):
        if stopping.is_set():
            break
        with timed("simulation"):
            batch.live(engine, begin, stop, log)
        if options.states_every and stop % options.states_every == 0:
            states[stop - 1] = batch.state.copy(asked)
    names = options.measures or engine.design.measure_names
    tallies = batch.tallies[..., asked].swapaxes(0, 1)
    metrics = engine.design.measured(tallies, job.wiring.sizes, names).transpose(2, 1, 0)
    last = batch.state.copy(asked) if options.last_state else None
    rows = None if log is None else merged([log.rows[log.rows["lane"] < asked.stop]])
    return BatchResult(job.societies, metrics, names, job.wiring, last, states, rows)


def _stretches(months: int, every: int, agents: int) -> Iterator[tuple[int, int]]:
    """Split the months into short stretches, which end where a run can stop or where states are requested."""
    begin = 0
    while begin < months:
        step = max(1, math.floor(WORK_A_CALL / agents))
        stop = min(months, begin + step, (begin // every + 1) * every if every else months)
        yield begin, stop
        begin = stop


def do_study(plan: Plan, folder: Path, place: Place, how: SweepOptions, rules: Rules = RULES) -> None:
    """Run the rest of a study on the compiled engine; on Dask, each worker uses one thread."""
    for variant in plan.variants:
        engine_for(design_of(type(variant.parameters), rules))
    threads, has_events = 1 if place.kind == "dask" else place.workers, plan.study.events != "none"
    options = Options(rules=rules, threads=threads, events=has_events)
    with executor(place) as chosen:
        run_study(plan, folder, partial(simulate, options=options), how._replace(executor=chosen))


def sweep(  # noqa: PLR0913 - a full study has six parts
    study: Study | Mapping[str, Any], parameters: Parameters, folder: str | Path, place: Place | None = None,
    rules: Rules = RULES, *, mechanisms: Sequence[Any] = (),
) -> Results:  # fmt: skip
    """Run a study, or the rest of it, and return its results.

    Parameters
    ----------
    study : Study or mapping
        For example ``{"factors": {"patronage": {"path": "incentives.patronage", "low": 0, "high": 0.6}}}``. It must
        have no choices, because only the command line can compose their configs.
    parameters : Parameters
        The parameters from which every point starts; seeds count up from their seed.
    folder : str or Path
        A new folder, or a folder that holds the same study.
    place : Place, optional
        Where to run the parts; by default, in threads of this process.
    rules : Rules, optional
        The rules that all societies follow; the study records whether they are the usual ones.
    mechanisms : sequence of module, str or Path
        Mechanisms of your own that all societies have; factors may vary their settings. The folder keeps their sources.

    Returns
    -------
    Results
        As ``load(folder)`` reads them.

    Raises
    ------
    ParameterError
        If the study names something that does not exist.
    MechanismError
        If an engine cannot follow a mechanism; the message names its file and line.
    StoreError
        If the folder holds another study, or is in use.
    """
    parameters = extended(checked(parameters, Parameters, "parameters"), mechanisms)
    described = study if isinstance(study, Study) else Study.of(study, type(parameters))
    if described.choices:
        raise ParameterError("choices: must be left out here; use engagesim sweep, which composes their configs")
    where = checked(Path(folder) if isinstance(folder, str) else folder, Path, "folder")
    checked(rules, Rules, "rules")
    plan = Plan(described, (Variant({}, parameters),))
    how = SweepOptions(version_of(plan.society, rules))
    do_study(plan, where, checked(Place() if place is None else place, Place, "place"), how, rules)
    return load(where)
