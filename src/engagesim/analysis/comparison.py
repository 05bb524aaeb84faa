"""What packages change against a baseline on the same seeds: how much, how sure, at what cost, and where not.

Packages share the noise of every society with the baseline (common random numbers), so each seed gives one difference.
Seeds are resampled, never runs: a difference keeps its pair, and packages keep what they have in common.

References
----------
Efron (1987), Journal of the American Statistical Association 82, 171-185, for the intervals of one comparison (BCa).
Westfall and Young (1993), Resampling-Based Multiple Testing, and Montiel Olea and Plagborg-Moeller (2019), Journal of
Applied Econometrics 34, 1-17, for intervals that hold together (max-t band).
Fenwick, Claxton and Sculpher (2001), Health Economics 10, 779-787, for acceptability.
Savage (1951), Journal of the American Statistical Association 46, 55-67, for regret; Herman et al. (2015), Journal of
Water Resources Planning and Management 141(10), for shares of contexts.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from engagesim.errors import EngagementError

type Values = NDArray[np.float64]
type Measured = Callable[[str], Values]

YEAR = 12
LEAST_DIFFERING = 6
"""Seeds that must differ for a verdict: by a sign test, five may all point one way by chance (1 in 16)."""

LEAST_ERROR = 0.3
"""Standard error of a resample at least, of that of the sample: one that missed all rare events may have none."""

BETTER, WORSE, HIGHER, LOWER, UNCLEAR = "better", "worse", "higher", "lower", "no clear difference"


class Outcome(NamedTuple):
    """One thing that packages are compared on.

    ``better`` is 1 where more is better, -1 where less is, 0 where neither can be said. ``of`` gives its path by month
    from the measures; its value is the mean of the last year, or the last month where ``at_end``.
    """

    name: str
    unit: str
    description: str
    better: int
    of: Callable[[Measured], Values]
    at_end: bool = False


class Resampling(NamedTuple):
    """How intervals are made: level of confidence, bootstrap draws, their seed, and how many tables are read at once.

    Intervals that hold together do so over all that one call compares, and over ``tables`` calls (Bonferroni).
    """

    level: float = 0.95
    draws: int = 2000
    seed: int = 1
    tables: int = 1


USUAL = Resampling()


def _measure(name: str) -> Callable[[Measured], Values]:
    return lambda measure: measure(name)


def _less(one: str, other: str) -> Callable[[Measured], Values]:
    return lambda measure: measure(one) - measure(other)


def _waiting(measure: Measured) -> Values:
    """Months until a coalition formed, within the months simulated: bounded, so that no run need be left out."""
    month = measure("coalition_month")
    return np.where(month < 0, float(month.shape[-1]), month)


OUTCOMES = (
    Outcome("quality", "0 to 1", "Service quality", 1, _measure("quality")),
    Outcome("quality_gap", "0 to 1", "Quality as the better-off get it, less the poor", -1, _measure("quality_gap")),
    Outcome("engaged", "share", "Citizens who take part", 1, _measure("engaged")),
    Outcome("wealth_gap", "share", "Taking part: the better-off less the poor", 0,
            _less("engaged_least_vulnerable", "engaged_most_vulnerable")),
    Outcome("education_gap", "share", "Taking part: the most less the least educated", 0,
            _less("engaged_high_education", "engaged_low_education")),
    Outcome("trust", "believed chance", "Trust: will they respond", 1, _measure("trust")),
    Outcome("confront", "share", "Citizens who confront", 0, _measure("confront")),
    Outcome("morale", "0 to 1", "Morale of officials", 1, _measure("morale")),
    Outcome("coalition_formed", "share of societies", "A broad coalition has formed", 1, _measure("coalition_formed"),
            at_end=True),
    Outcome("coalition_wait", "months", "Months until a coalition, all months where none formed", -1, _waiting,
            at_end=True),
    Outcome("decision_share", "share", "Decisions in citizens' hands", 1, _measure("decision_share")),
)  # fmt: skip
"""What a comparison looks at."""

GROUPS = tuple(
    Outcome(name, "share", description, better, _measure(name))
    for name, description, better in (
        ("engaged_least_vulnerable", "Taking part, the better-off third", 1),
        ("engaged_most_vulnerable", "Taking part, the poorest third", 1),
        ("engaged_high_education", "Taking part, the most educated third", 1),
        ("engaged_low_education", "Taking part, the least educated third", 1),
        ("client_least_vulnerable", "Votes for favours, the better-off third", 0),
        ("client_most_vulnerable", "Votes for favours, the poorest third", 0),
    )
)
"""Who gains and who loses."""


def outcome_values(measure: Measured, outcomes: Sequence[Outcome] = OUTCOMES) -> dict[str, Values]:
    """Return each outcome of each run, shape (packages, seeds).

    Parameters
    ----------
    measure : callable
        Gives a measure by name, shape (packages, seeds, months), as ``Simulated.measure`` does; the baseline is first.
    outcomes : sequence of Outcome
    """
    return {outcome.name: _value(outcome, outcome.of(measure)) for outcome in outcomes}


def compare(
    values: Mapping[str, Values], names: Sequence[str], outcomes: Sequence[Outcome] = OUTCOMES,
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Compare every package with the baseline on every outcome.

    ``low`` to ``high`` is the interval of one comparison by itself: a bias-corrected and accelerated (BCa) bootstrap
    of the mean paired difference over seeds. ``low_all`` to ``high_all`` hold together over all rows: the difference
    plus and minus a common multiple of its standard error, the multiple being the quantile of the largest studentised
    difference when seeds are resampled. The verdict goes by the latter, and is withheld where fewer than six seeds
    differ at all. Where none does, both intervals are exactly 0; where all differ by the same, they have no width, and
    say nothing of what other seeds might do. On samples with a known truth, intervals that say 95 percent held it in
    90 to 94 of 100 with 20 seeds and in 94 with 50; those of all together in 94 or more, in 89 or more where
    differences are strongly skewed.

    Parameters
    ----------
    values : mapping of str to array, shape (packages, seeds)
        By outcome, as :func:`outcome_values` gives them; the baseline is first.
    names : sequence of str, length packages
    outcomes : sequence of Outcome
        Those in ``values``.
    resampling : Resampling

    Returns
    -------
    DataFrame
        A row a package and outcome: ``package``, ``outcome``, ``baseline`` and ``mean`` (means over seeds),
        ``difference``, ``low``, ``high``, ``low_all``, ``high_all``, ``verdict`` (better or worse, higher or lower
        where neither can be said, or no clear difference), ``better_share`` and ``worse_share`` (of seeds; for such
        outcomes higher and lower).

    Raises
    ------
    EngagementError
        Where there are fewer than two seeds, or a run is missing.
    """
    stacked = np.concatenate([values[outcome.name][1:] - values[outcome.name][:1] for outcome in outcomes])
    _check(stacked, least=2)
    low, high = _own_intervals(stacked, resampling)
    half = _common_multiples(stacked, resampling) * _standard_error(stacked)
    tells = _tells(stacked)
    better = np.repeat([outcome.better for outcome in outcomes], len(names) - 1)
    mean = stacked.mean(axis=1)
    towards = stacked * np.where(better < 0, -1, 1)[:, None]
    return pd.DataFrame(
        {
            "package": list(names[1:]) * len(outcomes),
            "outcome": np.repeat([outcome.name for outcome in outcomes], len(names) - 1),
            "baseline": np.repeat([values[outcome.name][0].mean() for outcome in outcomes], len(names) - 1),
            "mean": np.concatenate([values[outcome.name][1:].mean(axis=1) for outcome in outcomes]),
            "difference": mean,
            "low": low,
            "high": high,
            "low_all": mean - half,
            "high_all": mean + half,
            "verdict": np.where(
                tells, [_verdict(*row) for row in zip(mean - half, mean + half, better, strict=True)], UNCLEAR
            ),
            "better_share": (towards > 0).mean(axis=1),
            "worse_share": (towards < 0).mean(axis=1),
        }
    )


def profiles(
    measure: Measured, names: Sequence[str], outcomes: Sequence[Outcome] = OUTCOMES,
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Return how differences from the baseline run over the years.

    Intervals are percentiles of the resampled mean difference, each year's by itself. Years count from month 0; a last
    one may have fewer months. The wait for a coalition has no path and is left out.

    Returns
    -------
    DataFrame
        A row a package, outcome and year: ``package``, ``outcome``, ``year`` (from 1), ``baseline``, ``mean``,
        ``difference``, ``low``, ``high``.
    """
    tables = []
    for outcome in outcomes:
        if outcome.of is _waiting:
            continue
        path = outcome.of(measure)
        starts = np.arange(0, path.shape[-1], YEAR)
        lengths = np.diff(starts, append=path.shape[-1])
        years = np.add.reduceat(path, starts, axis=-1) / lengths
        differences = (years[1:] - years[:1]).swapaxes(1, 2)
        low, high = _percentiles(_resampled_means(differences, resampling), resampling.level)
        packages, count = len(names) - 1, len(starts)
        tables.append(
            pd.DataFrame(
                {
                    "package": np.repeat(list(names[1:]), count),
                    "outcome": outcome.name,
                    "year": np.tile(np.arange(1, count + 1), packages),
                    "baseline": np.tile(years[0].mean(axis=0), packages),
                    "mean": years[1:].mean(axis=1).ravel(),
                    "difference": differences.mean(axis=-1).ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def runs_saved(values: Values) -> Values:
    """Return how many times as many runs independent seeds would take for intervals as wide, one a package.

    The variance of a difference between independent runs, over that between runs on the same seed; infinite where the
    paired difference never varies.

    Parameters
    ----------
    values : array, shape (packages, seeds)
        Of one outcome; the baseline is first.
    """
    apart = values[1:].var(axis=1, ddof=1) + values[0].var(ddof=1)
    together = (values[1:] - values[:1]).var(axis=1, ddof=1)
    return _ratio(apart, together, together > 0, np.inf)


def cost_effectiveness(
    values: Values, costs: Sequence[float], names: Sequence[str], resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Return what each package costs for a unit of an outcome, against the baseline, and which ones are no bargain.

    Costs are sums of schedules and certain; effects are not. So the interval of the cost per unit follows from that of
    the effect (percentile bootstrap): it has no upper end where the effect may be nothing or harm, and is missing where
    there is none above 0.

    Parameters
    ----------
    values : array, shape (packages, seeds)
        Of one outcome for which more is better (turn the sign of others); the baseline is first.
    costs : sequence of float, length packages
    names : sequence of str, length packages

    Returns
    -------
    DataFrame
        A row a package, the baseline first: ``package``, ``cost``, ``extra_cost``, ``effect``, ``effect_low``,
        ``effect_high``, ``cost_per_unit``, ``cost_low``, ``cost_high``, ``chance_effective`` (share of resamples with
        an effect above 0), and ``standing``: ``efficient``; ``dominated`` (another does at least as much for no more,
        and one of both better); ``dominated by a mix`` (two others, each in some places, do as much for less).
    """
    extra = np.asarray(costs, dtype=float) - costs[0]
    effect = values.mean(axis=1) - values[0].mean()
    draws = _resampled_means(values - values[:1], resampling)
    low, high = _percentiles(draws, resampling.level)
    is_dearer = extra >= 0
    return pd.DataFrame(
        {
            "package": list(names),
            "cost": np.asarray(costs, dtype=float),
            "extra_cost": extra,
            "effect": effect,
            "effect_low": low,
            "effect_high": high,
            "cost_per_unit": _ratio(extra, effect, is_dearer & (effect > 0), np.nan),
            "cost_low": _ratio(extra, high, is_dearer & (high > 0), np.nan),
            "cost_high": np.where(
                is_dearer & (high > 0), _ratio(extra, low, is_dearer & (low > 0), np.inf), np.nan
            ),
            "chance_effective": (draws > 0).mean(axis=-1),
            "standing": _standings(extra, effect),
        }
    )  # fmt: skip


def cost_effect_cloud(
    values: Values, costs: Sequence[float], names: Sequence[str], resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Return the resampled mean effects beside the extra costs: the points of a cost-effectiveness plane.

    Takes what :func:`cost_effectiveness` takes; columns ``package``, ``draw``, ``extra_cost``, ``effect``.
    """
    draws = _resampled_means(values[1:] - values[:1], resampling)
    count = draws.shape[1]
    return pd.DataFrame(
        {
            "package": np.repeat(list(names[1:]), count),
            "draw": np.tile(np.arange(count), len(draws)),
            "extra_cost": np.repeat(np.asarray(costs[1:], dtype=float) - costs[0], count),
            "effect": draws.ravel(),
        }
    )


def acceptability(
    values: Values, costs: Sequence[float], names: Sequence[str], willingness: Sequence[float],
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Return how probable it is that each package, or the baseline, is the best buy.

    The best buy has the greatest net benefit, ``willingness * effect - cost``; equal ones go to the one named first.

    Parameters
    ----------
    values, costs, names
        As for :func:`cost_effectiveness`.
    willingness : sequence of float
        What one is willing to pay for a unit of the outcome.

    Returns
    -------
    DataFrame
        Columns ``willingness``, ``package``, ``chance`` (share of resamples); chances add up to 1 for each willingness.
    """
    draws = _resampled_means(values - values[:1], resampling)
    extra = np.asarray(costs, dtype=float)[:, None] - costs[0]
    tables = []
    for price in willingness:
        best = np.bincount(np.argmax(price * draws - extra, axis=0), minlength=len(names))
        tables.append(pd.DataFrame({"willingness": price, "package": list(names), "chance": best / draws.shape[1]}))
    return pd.concat(tables, ignore_index=True)


def across_contexts(values: Values, names: Sequence[str], good_enough: float, level: float = 0.95) -> pd.DataFrame:
    """Return how packages fare over many contexts: chance of being better, harm, regret, and being good enough.

    Regret is what a package's mean falls short of that of the best option in the same context, the baseline among
    them. With few seeds a context, chance makes some harm appear (``harm_share``); ``clear_harm_share`` counts
    contexts where Student's interval of the paired difference lies wholly below 0.

    Parameters
    ----------
    values : array, shape (contexts, packages, seeds)
        Of one outcome for which more is better; the baseline is the first package. No missing values.
    names : sequence of str, length packages
    good_enough : float
        The least mean that satisfies.

    Returns
    -------
    DataFrame
        A row a package, the baseline first: ``package``; ``chance_better`` (share of runs better than their baseline,
        half of equal ones); ``harm_share``, its Wilson interval ``harm_low`` to ``harm_high``, and
        ``clear_harm_share``; ``mean_regret``, ``greatest_regret``; ``best_share`` and ``good_enough_share`` (of
        contexts).

    Raises
    ------
    EngagementError
        Where a run is missing.
    """
    _check(values, least=1)
    differences, means = values - values[:, :1], values.mean(axis=-1)
    mean, seeds = differences.mean(axis=-1), values.shape[-1]
    half = stats.t.ppf((1 + level) / 2, max(seeds - 1, 1)) * _standard_error(differences) if seeds > 1 else np.inf
    harmed = (mean < 0).sum(axis=0)
    ends = [
        stats.binomtest(int(count), len(values)).proportion_ci(level, method="wilson") for count in harmed
    ]  # fmt: skip
    regret = means.max(axis=1, keepdims=True) - means
    return pd.DataFrame(
        {
            "package": list(names),
            "chance_better": ((differences > 0) + 0.5 * (differences == 0)).mean(axis=(0, 2)),
            "harm_share": harmed / len(values),
            "harm_low": [end.low for end in ends],
            "harm_high": [end.high for end in ends],
            "clear_harm_share": (mean + half < 0).mean(axis=0),
            "mean_regret": regret.mean(axis=0),
            "greatest_regret": regret.max(axis=0),
            "best_share": (regret == 0).mean(axis=0),
            "good_enough_share": (means >= good_enough).mean(axis=0),
        }
    )


def _value(outcome: Outcome, path: Values) -> Values:
    return path[..., -1] if outcome.at_end else path[..., -YEAR:].mean(axis=-1)


def _check(values: Values, least: int) -> None:
    if values.shape[-1] < least:
        raise EngagementError(f"{values.shape[-1]} seeds: allowed are {least} or more, and 20 or more are of use")
    if np.isnan(values).any():
        raise EngagementError("a run is missing; leave out what failed, for every package alike")


def _own_intervals(differences: Values, resampling: Resampling) -> tuple[Values, Values]:
    """Return a BCa interval a row; a row that never varies is its own interval."""
    low, high = differences[:, 0].copy(), differences[:, 0].copy()
    varies = np.flatnonzero(np.ptp(differences, axis=1) > 0)
    for row in varies:
        found = stats.bootstrap(
            (differences[row],), np.mean, n_resamples=resampling.draws, confidence_level=resampling.level,
            rng=np.random.default_rng(resampling.seed),
        ).confidence_interval  # fmt: skip
        low[row], high[row] = found.low, found.high
    return low, high


def _common_multiples(differences: Values, resampling: Resampling) -> Values:
    """Return how many standard errors hold every mean at once, a row each.

    The same for all rows in which enough seeds differ. Resampling knows little of rarer events; such rows are held by
    Bonferroni's multiple of Student's t where that is larger, and do not widen the others.
    """
    seeds, error, tells = differences.shape[1], _standard_error(differences), _tells(differences)
    doubt = (1 - resampling.level) / resampling.tables
    shared = float(stats.t.ppf(1 - doubt / 2, seeds - 1))
    counted = (error > 0) & tells
    if counted.any():
        scaled = (differences - differences.mean(axis=1, keepdims=True))[counted] / error[counted, None]
        moved = _resampled_means(scaled, resampling)
        spread = _resampled_means(scaled * scaled, resampling) - moved * moved
        errors = np.sqrt(np.maximum(spread, 0.0) / (seeds - 1))
        largest = np.abs(moved / np.maximum(errors, LEAST_ERROR)).max(axis=0)
        shared = max(shared, float(np.quantile(largest, 1 - doubt)))
    apart = float(stats.t.ppf(1 - doubt / 2 / max(1, int(np.count_nonzero(error))), seeds - 1))
    return np.where(tells, shared, max(shared, apart))


def _tells(differences: Values) -> NDArray[np.bool_]:
    """Whether enough seeds differ to tell a direction."""
    enough: NDArray[np.bool_] = (differences != 0).sum(axis=1) >= LEAST_DIFFERING
    return enough


def _resampled_means(values: Values, resampling: Resampling) -> Values:
    """Resample the last axis, seeds, all rows together; returns means, shape (..., draws)."""
    seeds = values.shape[-1]
    counts = np.random.default_rng(resampling.seed).multinomial(seeds, np.full(seeds, 1 / seeds), resampling.draws)
    means: Values = values @ (counts.T / seeds)
    return means


def _standard_error(values: Values) -> Values:
    error: Values = values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])
    return np.where(np.ptp(values, axis=-1) > 0, error, 0.0)  # no error of rounding where nothing varies


def _percentiles(draws: Values, level: float) -> tuple[Values, Values]:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return low, high


def _ratio(above: Values, below: Values, where: Any, otherwise: float) -> Values:
    ratio: Values = np.divide(above, below, out=np.full(len(above), otherwise), where=where)
    return ratio


def _verdict(low: float, high: float, better: int) -> str:
    if low <= 0 <= high:
        return UNCLEAR
    if not better:
        return HIGHER if low > 0 else LOWER
    return BETTER if (low > 0) == (better > 0) else WORSE


def _standings(costs: Values, effects: Values) -> list[str]:
    """Say of each option whether it is worth considering, by the efficiency frontier over costs and mean effects."""
    dominated = [
        bool(np.any((costs <= c) & (effects >= e) & ((costs < c) | (effects > e))))
        for c, e in zip(costs, effects, strict=True)
    ]
    left = [number for number, is_dominated in enumerate(dominated) if not is_dominated]
    mixed = {one for one in left if _is_beaten_by_a_mix(one, left, costs, effects)}
    return [
        "dominated" if is_dominated else "dominated by a mix" if number in mixed else "efficient"
        for number, is_dominated in enumerate(dominated)
    ]


def _is_beaten_by_a_mix(one: int, options: list[int], costs: Values, effects: Values) -> bool:
    """Whether a straight line between a cheaper and a dearer option passes above this one."""
    cheaper = [other for other in options if costs[other] < costs[one]]
    dearer = [other for other in options if costs[other] > costs[one]]
    for low in cheaper:
        for high in dearer:
            share = (costs[one] - costs[low]) / (costs[high] - costs[low])
            if effects[low] + share * (effects[high] - effects[low]) > effects[one]:
                return True
    return False
