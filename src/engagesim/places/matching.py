"""Find the contexts that fit a place: simulate varied societies, and keep and adjust those nearest to the statements.

The method is approximate Bayesian computation with regression adjustment. The numbers of each simulated society get
random errors as large as those of the statements, so more certain statements count more (Wilkinson 2013). The nearest
societies are kept, and a local regression whose spread may vary removes the remaining distance.

References
----------
Beaumont, Zhang and Balding (2002), Genetics 162, 2025-2035, for the adjustment; Blum and François (2010), Statistics
and Computing 20, 63-73, for the spread; Wilkinson (2013), Statistical Applications in Genetics and Molecular Biology
12(2), for the errors.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from engagesim.errors import ParameterError
from engagesim.machine import cores
from engagesim.parameters import Parameters
from engagesim.places.profile import HISTORY, QUANTITIES, QUANTITY, Profile, Statement
from engagesim.study.observed import Observed
from engagesim.study.run_part import Simulate
from engagesim.validation.parameter_sets import read_ranges, under

type Values = NDArray[np.float64]

CONTEXTS: Mapping[str, tuple[float, float]] = read_ranges(Path(__file__).parent / "contexts.yaml")
"""The contexts that a place may have, as uniform ranges."""

LATER = 24
"""Number of months from today for which societies are followed."""

PREDICTED = ("participation", "satisfaction", "clients", "quality", "reformers")
"""The quantities that are followed."""

A_SEED = 64
"""Number of societies that share a seed, and thus a social graph: as many as the engine simulates together."""

KEPT = 0.25
"""Share of the societies that are kept: the nearest ones."""

LEVEL = 0.9
"""Chance that an interval contains the truth, if the model is right."""

ODD = 0.01
"""A statement is at odds with the others if they give it a chance below this value."""


def later(name: str) -> str:
    """Return the name under which a quantity's value two years from today is stored."""
    return f"{name}_later"


def inferred(profile: Profile) -> tuple[str, ...]:
    """Return the paths of the contexts that are not known for a place."""
    return tuple(path for path in CONTEXTS if path not in profile.exact)


class Effort(NamedTuple):
    """The number of societies to simulate (rounded up to whole groups), the seed of the random draw, and the threads.

    The seeds of the societies count up from that of the draw; 0 threads are one per core that this process may use.
    """

    societies: int
    seed: int = 1
    threads: int = 0


def societies_for(
    profile: Profile, sets: Sequence[Mapping[str, float]], effort: Effort, simulate: Simulate
) -> pd.DataFrame:
    """Simulate every kind of society that the place might be, each up to today and for two more years.

    Parameters
    ----------
    profile : Profile
        The place, whose people, posts and history every society shares; its statements play no part.
    sets : sequence of mapping
        Parameter sets of a calibration.
    effort : Effort
    simulate : callable
        Function to simulate, which several threads may call.

    Returns
    -------
    DataFrame
        One row per society: ``seed``, ``set`` (its number), each inferred context by its path, and each quantity today
        and, as ``NAME_later``, two years later.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - takes half a second, and runs in a place do not need it

    groups, paths, seed = -(-effort.societies // A_SEED), inferred(profile), effort.seed
    rng = np.random.default_rng(seed)
    shares = qmc.LatinHypercube(len(paths), rng=rng).random(groups * A_SEED)
    rows = pd.DataFrame({path: _from_share(path, shares[:, place]) for place, path in enumerate(paths)})
    rows.insert(0, "set", rng.permutation(np.arange(len(rows)) % len(sets)))
    rows.insert(0, "seed", seed + np.arange(len(rows)) // A_SEED)
    return replayed(profile, sets, rows, simulate, effort.threads)


def replayed(
    profile: Profile, sets: Sequence[Mapping[str, float]], rows: pd.DataFrame, simulate: Simulate,
    threads: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Simulate societies from their seeds, parameter sets and contexts, and return them with their quantities."""
    paths = list(inferred(profile))
    start = Parameters().changed(profile.exact)

    def lived(group: pd.DataFrame) -> pd.DataFrame:
        contexts: Any = group[paths].to_dict("records")
        points = [
            with_history(under(start, {**sets[int(number)], **context}).changed({"months": LATER}), profile.history)
            for number, context in zip(group["set"], contexts, strict=True)
        ]
        observed = simulate(points, [int(group["seed"].iloc[0])])
        return pd.DataFrame(_quantities(observed, points), index=group.index)

    first, *others = (group for _, group in rows.groupby("seed", sort=False))
    found = [lived(first)]  # first alone, because it may have to compile the engine
    with ThreadPoolExecutor(threads or cores()) as pool:
        found += pool.map(lived, others)
    return rows.join(pd.concat(found))


def _quantities(observed: Observed, points: Sequence[Parameters]) -> dict[str, Values]:
    """Return each quantity of each society, both today and later."""
    values = {}
    for each in QUANTITIES:
        if each.path:
            values[each.name] = np.array([attrgetter(each.path)(point) for point in points])
        else:
            values[each.name] = each.observed(observed, HISTORY)[:, 0]
    return values | {later(name): QUANTITY[name].observed(observed, HISTORY + LATER)[:, 0] for name in PREDICTED}


def with_history(parameters: Parameters, history: Sequence[Mapping[str, Any]]) -> Parameters:
    """Return a society that begins ``HISTORY`` months before today, with its schedules shifted accordingly.

    Parameters
    ----------
    parameters : Parameters
        Parameters whose months, and those of schedules, count from today.
    history : sequence of mapping
        Schedules from before today. A form of engagement among them ends when the society opens another.
    """

    def moved(entry: Mapping[str, Any]) -> dict[str, Any]:
        stop = entry["stop"]
        return {**entry, "start": entry["start"] + HISTORY, "stop": None if stop is None else stop + HISTORY}

    form = parameters.engagement
    opens = form.start + HISTORY if form.opened else None
    before = [
        {**entry, "stop": opens} if opens is not None and entry["stop"] is None and _opens(entry) else entry
        for entry in history
    ]
    return parameters.changed(
        {
            "months": parameters.months + HISTORY,
            "engagement.start": form.start + HISTORY,
            "engagement.stop": None if form.stop is None else form.stop + HISTORY,
            "trends": [moved(entry.model_dump()) for entry in parameters.trends],
            "interventions": [*before, *(moved(entry.model_dump()) for entry in parameters.interventions)],
        }
    )


def _opens(entry: Mapping[str, Any]) -> bool:
    return "engagement.opened" in entry["set"]


class Fit(NamedTuple):
    """The societies that fit the statements about a place.

    Attributes
    ----------
    values : DataFrame
        The kept societies, with each context, quantity and later quantity adjusted to the statements; the index is that
        of the simulated societies.
    weights : array, shape (societies,)
        Weight of each society; weights add up to 1.
    """

    values: pd.DataFrame
    weights: Values

    def interval(self, name: str, level: float = LEVEL) -> tuple[float, float, float]:
        """Return the lower end, median and upper end of the values that fit, as weighted quantiles."""
        return quantiles(self.values[name].to_numpy(), self.weights, level)


def quantiles(values: Values, weights: Values | None = None, level: float = LEVEL) -> tuple[float, float, float]:
    """Return the lower end, median and upper end of an interval with equal weight on either side."""
    ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
    found = np.quantile(values, ends, weights=weights, method="linear" if weights is None else "inverted_cdf")
    low, middle, high = map(float, found)
    return low, middle, high


def fit(societies: pd.DataFrame, profile: Profile, seed: int = 0) -> Fit:
    """Keep the societies nearest to the statements about a place, and adjust them.

    Parameters
    ----------
    societies : DataFrame
        Societies from :func:`societies_for`.
    profile : Profile
        The place; without statements, all societies are kept unchanged.
    seed : int
        Seed of the errors that simulated societies get; each statement's error is independent of other statements.
    """
    variables = [name for name in societies.columns if name not in ("seed", "set")]
    if not profile.statements:
        return Fit(societies[variables], np.full(len(societies), 1 / len(societies)))
    distances = np.stack([_distances(societies, each, seed) for each in profile.statements], axis=1)
    distance = np.sqrt((distances * distances).sum(axis=1))
    width = np.quantile(distance, KEPT)
    weights = np.clip(1 - (distance / width) ** 2, 0.0, None)  # Epanechnikov
    kept = weights > 0
    weights, near = weights[kept] / weights[kept].sum(), distances[kept]
    numbers = np.stack([_to_line(name, societies[name].to_numpy()[kept]) for name in variables], axis=1)
    adjusted = _adjusted(numbers, near, weights)
    values = {name: _from_line(name, adjusted[:, place]) for place, name in enumerate(variables)}
    return Fit(pd.DataFrame(values, index=societies.index[kept]), weights)


def _distances(societies: pd.DataFrame, said: Statement, seed: int) -> Values:
    """Return each society's distance from a statement, including its error, in standard deviations."""
    numbers = with_error(societies[said.quantity].to_numpy(), said, seed)
    found: Values = (numbers - said.value) / (numbers.std() or 1.0)
    return found


def with_error(numbers: Values, said: Statement, seed: int) -> Values:
    """Return numbers with random errors that are as large as that of a given statement."""
    noise = np.random.default_rng([seed, crc32(said.quantity.encode())]).standard_normal(len(numbers))
    found: Values = numbers + said.error * noise
    return found


def _adjusted(numbers: Values, near: Values, weights: Values) -> Values:
    """Return numbers adjusted to a distance of 0, by a weighted linear regression of their mean and spread."""
    at_zero, mean = _regressed(near, numbers, weights)
    residuals = numbers - mean
    here, spread = _regressed(near, np.log(residuals**2 + _TINY), weights)
    scale = np.clip(np.exp((here - spread) / 2), 1 / _MOST_SCALE, _MOST_SCALE)
    return at_zero + residuals * scale


_TINY, _MOST_SCALE, _RIDGE = 1e-6, 3.0, 3.0


def _regressed(near: Values, numbers: Values, weights: Values) -> tuple[Values, Values]:
    """Return regressed numbers at a distance of 0 and at each distance.

    A slight penalty keeps slopes finite if statements are correlated.
    """
    design = np.column_stack([np.ones(len(near)), near])
    weighted = design * (weights / weights.mean())[:, None]
    penalty = np.diag([0.0] + [_RIDGE] * near.shape[1])
    coefficients = np.linalg.solve(weighted.T @ design + penalty, weighted.T @ numbers)
    return coefficients[0], design @ coefficients


def _ends(name: str) -> tuple[float, float]:
    """Return the lowest and highest possible value of a context or quantity."""
    if name in CONTEXTS:
        return CONTEXTS[name]
    return 0.0, QUANTITY[name.removesuffix("_later")].most


_EDGE = 0.003
"""Distance from an end of a range, as a share of the range, at which a value counts as different from that end."""


def _to_line(name: str, values: Values) -> Values:
    """Return values on an unbounded scale, so that no adjustment leaves their range."""
    low, high = _ends(name)
    found: Values = logit(np.clip((values - low) / (high - low), _EDGE, 1 - _EDGE))
    return found


def _from_line(name: str, values: Values) -> Values:
    low, high = _ends(name)
    share = expit(values)
    share = np.where(share <= _EDGE * 1.001, 0.0, np.where(share >= 1 - _EDGE * 1.001, 1.0, share))
    found: Values = low + share * (high - low)
    return found


def _from_share(path: str, shares: Values) -> Values:
    low, high = CONTEXTS[path]
    return low + shares * (high - low)


def match_table(societies: pd.DataFrame, profile: Profile, seed: int = 0) -> pd.DataFrame:
    """Compare statements with the values that fit, and each statement with what the others predict.

    Returns
    -------
    DataFrame
        One row per statement: ``quantity``; ``stated``, and ``stated_low`` to ``stated_high``; ``before_low`` to
        ``before_high``, the range of all simulated societies; ``fit_low``, ``fit``, ``fit_high``, the values that fit
        all statements; ``others_low``, ``others``, ``others_high``, the statement that the others predict, and
        ``chance``, how often they predict a number at least as extreme as the stated one; ``at_odds``.
    """
    everything, rows = fit(societies, profile, seed), []
    for said in profile.statements:
        others = fit(societies, profile.without(said.quantity), seed)
        predicted = with_error(others.values[said.quantity].to_numpy(), said, seed + 1)
        below = float(others.weights[predicted < said.value].sum() + others.weights[predicted == said.value].sum() / 2)
        chance = 2 * min(below, 1 - below)
        least, expected, most = quantiles(predicted, others.weights)
        low, middle, high = everything.interval(said.quantity)
        before = quantiles(societies[said.quantity].to_numpy())
        top = QUANTITY[said.quantity].most
        rows.append(
            {
                "quantity": said.quantity, "stated": said.value,
                "stated_low": max(0.0, said.value - said.within), "stated_high": min(top, said.value + said.within),
                "before_low": before[0], "before_high": before[2], "fit_low": low, "fit": middle, "fit_high": high,
                "others_low": max(0.0, least), "others": min(max(0.0, expected), top), "others_high": min(top, most),
                "chance": chance, "at_odds": chance < ODD,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def width_table(societies: pd.DataFrame, fitted: Fit, profile: Profile) -> pd.DataFrame:
    """Return the range of each context before and after the statements, and how much narrower it is.

    Returns
    -------
    DataFrame
        One row per context: ``path``; ``before_low`` to ``before_high`` and ``now_low``, ``now``, ``now_high``, 90 %
        intervals; ``narrower``, the share of the width that the statements took away (below 0 if it grew).
    """
    rows = []
    for path in inferred(profile):
        before, now = quantiles(societies[path].to_numpy()), fitted.interval(path)
        narrower = 1 - (now[2] - now[0]) / (before[2] - before[0])
        rows.append((path, before[0], before[2], *now, narrower))
    return pd.DataFrame(
        rows, columns=["path", "before_low", "before_high", "now_low", "now", "now_high", "narrower"]
    )  # fmt: skip


def predicted_table(societies: pd.DataFrame, fitted: Fit, profile: Profile) -> pd.DataFrame:
    """Return the values that fit all quantities that were not stated, today and two years later.

    Returns
    -------
    DataFrame
        One row per quantity: ``quantity``, ``when`` (``today`` or ``in two years``); ``before_low`` to ``before_high``;
        ``fit_low``, ``fit``, ``fit_high``.
    """
    said = {each.quantity for each in profile.statements}
    rows = []
    for when, names in (("today", [each.name for each in QUANTITIES if not each.path]), ("in two years", PREDICTED)):
        for name in names:
            column = name if when == "today" else later(name)
            if column not in said:
                before = quantiles(societies[column].to_numpy())
                rows.append((name, when, before[0], before[2], *fitted.interval(column)))
    return pd.DataFrame(
        rows, columns=["quantity", "when", "before_low", "before_high", "fit_low", "fit", "fit_high"]
    )  # fmt: skip


def set_table(societies: pd.DataFrame, fitted: Fit, sets: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Return how far the statements move each parameter of the calibrated sets, which shows the behaviour that fits.

    Returns
    -------
    DataFrame
        One row per parameter that varies between the sets, starting with the most moved: ``path``; ``before`` and
        ``now``, means; ``moved``, in standard deviations of the sets.
    """
    shares = np.bincount(societies.loc[fitted.values.index, "set"], weights=fitted.weights, minlength=len(sets))
    values = pd.DataFrame(list(sets)).astype(float)
    before, spread = values.mean(), values.std(ddof=0)
    now = (values.mul(shares, axis=0)).sum()
    table = pd.DataFrame({"before": before, "now": now, "moved": (now - before) / spread.where(spread > 0)})
    table = table.dropna().rename_axis("path").reset_index()
    return table.iloc[table["moved"].abs().argsort(kind="stable")[::-1]].reset_index(drop=True)


def drawn(societies: pd.DataFrame, fitted: Fit, profile: Profile, count: int, seed: int) -> pd.DataFrame:
    """Draw societies that represent the place, with a seed, a parameter set and adjusted contexts for each."""
    rng = np.random.default_rng([seed, count])
    some = rng.choice(len(fitted.weights), min(count, int((fitted.weights > 0).sum())), replace=False, p=fitted.weights)
    values = fitted.values.iloc[some]
    return societies.loc[values.index, ["seed", "set"]].join(values[list(inferred(profile))]).reset_index(drop=True)


def most_like(societies: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return societies in order, starting with the one most similar to the statements."""
    far = sum(((societies[said.quantity] - said.value) / max(said.error, 1e-9)) ** 2 for said in profile.statements)
    return societies.iloc[np.argsort(np.asarray(far), kind="stable")].reset_index(drop=True)


def check_sets(sets: Sequence[Mapping[str, float]]) -> None:
    """Refuse a calibration whose sets contain what is to be inferred.

    Raises
    ------
    ParameterError
        If a set contains a context.
    """
    both = next((path for some in sets for path in some if path in CONTEXTS), None)
    if both is not None:
        raise ParameterError(f"calibration: must leave out {both}, which the context of the place sets")
