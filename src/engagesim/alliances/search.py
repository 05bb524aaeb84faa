"""Find whom to approach and in which order: each actor's cheapest lever, then a path by greedy look-ahead.

The search uses one set of futures, and its result is judged on fresh ones. The reported gain therefore excludes the
luck of the futures on which the path was chosen (the winner's curse).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from engagesim.alliances.futures import DEFECT, TRANSFER, Future, Futures, Lives, Path, Step
from engagesim.alliances.levers import Lever
from engagesim.errors import ParameterError

type Values = NDArray[np.float64]

LEVEL = 0.95
"""Chance that an interval contains the true gain, if the model is right."""

MOVES, CHEAP = 2.0, 0.9
"""Number of standard errors by which a lever must move an actor, and the share of the largest move that is enough."""

WINNING = 0.9
"""Share of the whole path's gain at which a smaller coalition also counts as winning."""

ROUNDS = 4
"""Largest number of rounds of exchanges after the greedy search."""

AHEAD = 4
"""Number of allies after whom the search looks one step ahead; these are the allies who gain most alone."""

LEFT_OUT = 3
"""Largest number of allies left out at once in the search for a smaller path that does as well."""

STANDING = 0.1
"""Weight of months with a standing coalition in the search's objective, to rank paths on which no coalition holds."""


class Gain(NamedTuple):
    """A difference between two chances with the same noise, and its interval."""

    value: float
    low: float
    high: float


def paired(with_it: NDArray[np.bool_], without: NDArray[np.bool_]) -> Gain:
    """Return the difference between two chances, from futures with the same noise.

    The interval is that of Bonett and Price (2012), Journal of Educational and Behavioral Statistics 37(4), 479-488,
    which has good coverage if few pairs differ.

    Parameters
    ----------
    with_it, without : array of bool, shape (futures,)

    Returns
    -------
    Gain
        Difference of shares, from -1 to 1.
    """
    count = len(with_it)
    up = (np.count_nonzero(with_it & ~without) + 1) / (count + 2)
    down = (np.count_nonzero(without & ~with_it) + 1) / (count + 2)
    half = float(ndtri((1 + LEVEL) / 2)) * math.sqrt(max(0.0, up + down - (up - down) ** 2) / (count + 2))
    value = float(with_it.mean() - without.mean())
    return Gain(value, max(-1.0, up - down - half), min(1.0, up - down + half))


class Lengths(NamedTuple):
    """Limits of a path: its maximum number of steps, the months between two steps, and its maximum cost."""

    most: int = 8
    every: int = 2
    budget: float = math.inf


class Pull(NamedTuple):
    """A lever's effect on an actor's membership: share of months in which the actor belongs, without and with it.

    ``moves`` says whether the effect is more than chance. Everybody else is approached as well.
    """

    actor: str
    lever: str
    cost: float
    without: float
    belongs: float
    moves: bool


class Candidate(NamedTuple):
    """An actor with the lever that moves the actor most cheaply."""

    actor: str
    lever: str
    cost: float


type Evaluate = Callable[[Sequence[Path]], Values]
"""A function that returns the worth of each path."""


def worth(found: Futures) -> Values:
    """Return the search's objective for each path: the chance that a coalition holds, plus a little if one stands."""
    value: Values = found.holds.mean(axis=0) + STANDING * found.stands.mean(axis=0)
    return value


def path_of(chosen: Iterable[Candidate], every: int) -> Path:
    """Return a path that approaches some actors one after another."""
    return tuple(Step(each.actor, each.lever, number * every) for number, each in enumerate(chosen))


def cost_of(chosen: Iterable[Candidate]) -> float:
    """Return the cost of approaching some actors."""
    return math.fsum(each.cost for each in chosen)


def pulls(future: Future, numbers: Sequence[int], lives: Lives) -> list[Pull]:
    """Try every lever on every actor, first alone, then while all others are approached with their best lever so far.

    Whether somebody joins depends on who else does, so the second try counts.
    """
    options = {
        key: [lever for lever in future.levers.values() if actor.kind in lever.changes]
        for key, actor in future.actors.items()
    }
    company: dict[str, Path] = dict.fromkeys(options, ())
    found: list[Pull] = []
    for _ in range(2):
        paths = [
            (*company[key], *step)
            for key, levers in options.items()
            for step in ((), *((Step(key, lever.name, 0),) for lever in levers))
        ]
        belongs = lives(numbers, paths).belongs
        found, start = [], 0
        for place, (key, levers) in enumerate(options.items()):
            mine = belongs[:, start : start + 1 + len(levers), place]
            found += [_pull(key, lever, mine[:, 0], mine[:, 1 + n]) for n, lever in enumerate(levers)]
            start += 1 + len(levers)
        best = {each.actor: each for each in sorted(found, key=lambda each: each.belongs)}
        everybody = [Step(each.actor, each.lever, 0) for each in best.values()]
        company = {key: tuple(step for step in everybody if step.actor != key) for key in options}
    return found


def _pull(key: str, lever: Lever, without: Values, belongs: Values) -> Pull:
    more = belongs - without
    error = more.std(ddof=1) / math.sqrt(len(more)) if len(more) > 1 else 0.0
    moves = bool(more.mean() > max(MOVES * error, 0.0))
    return Pull(key, lever.name, lever.cost, float(without.mean()), float(belongs.mean()), moves)


def candidates(found: Sequence[Pull]) -> tuple[Candidate, ...]:
    """Return each actor whom a lever moves, with the cheapest lever that moves the actor about as far as any other."""
    chosen = []
    for key in dict.fromkeys(each.actor for each in found):
        moving = [each for each in found if each.actor == key and each.moves]
        if moving:
            far = CHEAP * max(each.belongs - each.without for each in moving)
            best = min((each for each in moving if each.belongs - each.without >= far), key=lambda each: each.cost)
            chosen.append(Candidate(key, best.lever, best.cost))
    return tuple(chosen)


def greedy(known: Sequence[Candidate], lengths: Lengths, value_of: Evaluate) -> tuple[Candidate, ...]:
    """Return the best order that a greedy search with look-ahead finds, improved by exchanges.

    A coalition needs several members at once, so one ally alone may gain nothing. Each step therefore tries every ally,
    tries every other ally after the best of them, and keeps the first ally of the best result. Then single allies are
    exchanged, moved or left out for as long as this improves the path. Allies who add nothing are left out.

    Parameters
    ----------
    known : sequence of Candidate
    lengths : Lengths
    value_of : callable
        Function that returns the worth of each path, like :func:`worth`.
    """
    value = _remembering(lengths, value_of)
    chosen: tuple[Candidate, ...] = ()
    while len(chosen) < lengths.most:
        ahead = [each for each in _longer(known, chosen) if _fits(each, lengths)]
        value([chosen, *ahead])
        if len(chosen) + 2 <= lengths.most:
            first = sorted(ahead, key=lambda each: (-value([each])[0], cost_of(each)))[:AHEAD]
            ahead += [each for one in first for each in _longer(known, one) if _fits(each, lengths)]
            value(ahead)
        best = max(ahead, key=lambda each: (value([each])[0], -cost_of(each), -len(each)), default=chosen)
        if value([best])[0] <= value([chosen])[0]:
            break
        chosen = best[: len(chosen) + 1]
    for _ in range(ROUNDS):
        others = [each for each in _neighbours(chosen, known, lengths.most) if _fits(each, lengths)]
        value([chosen, *others])
        best = max([chosen, *others], key=lambda each: (value([each])[0], -cost_of(each), -len(each)))
        if best == chosen:
            break
        chosen = best
    return chosen


def exhaustive(known: Sequence[Candidate], lengths: Lengths, value_of: Evaluate) -> tuple[tuple[Candidate, ...], float]:
    """Return the best of all orders of up to ``lengths.most`` allies, and its worth.

    Raises
    ------
    ParameterError
        If there are more than 20,000 orders.
    """
    sizes = range(lengths.most + 1)
    if sum(math.perm(len(known), size) for size in sizes) > _MOST_ORDERS:
        raise ParameterError(f"most = {lengths.most}: must be smaller, to try all orders of {len(known)} candidates")
    allowed = [each for size in sizes for each in permutations(known, size) if _fits(each, lengths)]
    values = value_of([path_of(each, lengths.every) for each in allowed])
    best = max(range(len(allowed)), key=lambda number: (values[number], -cost_of(allowed[number]), -number))
    return allowed[best], float(values[best])


_MOST_ORDERS = 20_000


def _longer(known: Sequence[Candidate], chosen: tuple[Candidate, ...]) -> list[tuple[Candidate, ...]]:
    return [(*chosen, each) for each in known if each not in chosen]


def _neighbours(
    chosen: tuple[Candidate, ...], known: Sequence[Candidate], most: int
) -> Iterable[tuple[Candidate, ...]]:
    """Yield paths that differ in one ally, who is left out, exchanged, moved or added."""
    rest = [each for each in known if each not in chosen]
    for place, mine in enumerate(chosen):
        without = chosen[:place] + chosen[place + 1 :]
        yield without
        for other in rest:
            yield (*chosen[:place], other, *chosen[place + 1 :])
        for there in range(len(chosen)):
            if there != place:
                yield (*without[:there], mine, *without[there:])
    if len(chosen) < most:
        for there in range(len(chosen) + 1):
            for other in rest:
                yield (*chosen[:there], other, *chosen[there:])


def _fits(chosen: Sequence[Candidate], lengths: Lengths) -> bool:
    return cost_of(chosen) <= lengths.budget


def _remembering(lengths: Lengths, value_of: Evaluate) -> Callable[[Sequence[Sequence[Candidate]]], list[float]]:
    """Return the worth of each choice, without simulating any choice twice."""
    known: dict[tuple[Candidate, ...], float] = {}

    def value(choices: Sequence[Sequence[Candidate]]) -> list[float]:
        wanted = [tuple(each) for each in choices]
        fresh = [each for each in dict.fromkeys(wanted) if each not in known]
        if fresh:
            found = value_of([path_of(each, lengths.every) for each in fresh])
            known.update(zip(fresh, map(float, found), strict=True))
        return [known[each] for each in wanted]

    return value


class Judged(NamedTuple):
    """The gain of the chosen path on fresh futures, and the reasons for it.

    Attributes
    ----------
    path : tuple of Candidate
        Allies in the order in which to approach them.
    searched : Gain
        Gain of the whole path on the futures of the search, which is too high because the path was chosen there.
    chances : tuple of float
        Chance that a coalition holds after none, one, two ... steps.
    steps : tuple of Gain
        Gain that each step adds to the previous ones.
    total : Gain
        Gain of the whole path over doing nothing.
    alone : mapping of str to Gain
        Gain of approaching only one candidate, by candidate.
    without : mapping of str to Gain
        For each ally on the path, the loss if that ally is not approached; for each other candidate, the gain if that
        one is also approached.
    smaller : tuple of (tuple of str, Gain)
        The smallest parts of the path that gain nearly as much, with their gains.
    shocks : mapping of (str, str) to Gain
        Loss if ``transfer`` or ``defect`` happens to an ally after the last step, by ally and event.
    missing : mapping of str to float
        Share of the months in which each actor does not belong, over the futures in which the path fails.
    failing : int
        Number of futures in which the path fails.
    futures : int
        Number of fresh futures.
    """

    path: tuple[Candidate, ...]
    searched: Gain
    chances: tuple[float, ...]
    steps: tuple[Gain, ...]
    total: Gain
    alone: Mapping[str, Gain]
    without: Mapping[str, Gain]
    smaller: tuple[tuple[tuple[str, ...], Gain], ...]
    shocks: Mapping[tuple[str, str], Gain]
    missing: Mapping[str, float]
    failing: int
    futures: int


def judge(  # noqa: PLR0913, PLR0917 - the findings, and where to judge them
    path: Sequence[Candidate], known: Sequence[Candidate], every: int, searched: Gain,
    lives: Callable[[Sequence[Path]], Futures], actors: Sequence[str],
) -> Judged:  # fmt: skip
    """Judge a path on fresh futures: step by step, without each ally, and after each blow.

    Parameters
    ----------
    path : sequence of Candidate
    known : sequence of Candidate
        All candidates.
    every : int
        Months between two steps.
    searched : Gain
        Gain of the path on the futures of the search.
    lives : callable
        Function that simulates paths on the fresh futures.
    actors : sequence of str
        The keys of all actors, in the order that futures use.
    """
    chosen, whole = tuple(path), path_of(path, every)
    parts = [tuple(step for step in whole if step.actor in part) for part in _subsets([each.actor for each in chosen])]
    after = (whole[-1].month if whole else 0) + 1
    blows = [(each.actor, blow) for each in chosen for blow in (TRANSFER, DEFECT)]
    shocked = [(*whole, Step(actor, blow, after)) for actor, blow in blows]
    alone = [path_of([each], every) for each in known]
    others = [each for each in known if each not in chosen]
    more = [path_of([*chosen, each], every) for each in others]
    prefixes = [whole[:size] for size in range(len(whole) + 1)]
    paths = list(dict.fromkeys([*prefixes, *parts, *shocked, *alone, *more]))
    found = lives(paths)
    holds = dict(zip(paths, found.holds.T, strict=True))
    nothing, all_of = holds[()], holds[whole]
    fails = ~all_of
    belongs = found.belongs[fails, paths.index(whole)]
    without = {
        each.actor: paired(all_of, holds[tuple(step for step in whole if step.actor != each.actor)]) for each in chosen
    }
    without |= {each.actor: paired(holds[longer], all_of) for each, longer in zip(others, more, strict=True)}
    return Judged(
        chosen,
        searched,
        tuple(float(holds[each].mean()) for each in prefixes),
        tuple(paired(holds[now], holds[before]) for before, now in pairwise(prefixes)),
        paired(all_of, nothing),
        {each.actor: paired(holds[one], nothing) for each, one in zip(known, alone, strict=True)},
        without,
        _smallest(parts, holds, whole),
        {blow: paired(holds[one], all_of) for blow, one in zip(blows, shocked, strict=True)},
        {key: float(1 - belongs[:, place].mean()) for place, key in enumerate(actors)} if fails.any() else {},
        int(fails.sum()),
        len(all_of),
    )


def _subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [part for size in range(max(0, len(names) - LEFT_OUT), len(names) + 1) for part in combinations(names, size)]


def _smallest(
    parts: Sequence[Path], holds: Mapping[Path, NDArray[np.bool_]], whole: Path
) -> tuple[tuple[tuple[str, ...], Gain], ...]:
    """Return the smallest parts of a path that gain nearly as much as the whole, starting with the best."""
    nothing = holds[()]
    gains = {part: paired(holds[part], nothing) for part in parts if part}
    wanted = WINNING * gains[whole].value if whole else 0.0
    winning = [part for part in gains if gains[part].value >= wanted > 0]
    least = min(map(len, winning), default=0)
    best = sorted((part for part in winning if len(part) == least), key=lambda part: -gains[part].value)
    return tuple((tuple(step.actor for step in part), gains[part]) for part in best)
