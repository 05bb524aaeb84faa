"""The scorecard: the result of each check, which facts are met, and how null models compare."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from engagesim.validation.analytic_checks import Verification
from engagesim.validation.experiments import SIZES, Laboratory, ParameterSet, Reading, Readings, Size, Values, observe
from engagesim.validation.facts import Check, Fact, Role
from engagesim.validation.null_models import MECHANISMS, NULL_MODELS

SAME_SIGN = 0.9
"""The share of trials that must have the stated sign."""

SAME_ORDER = 0.8
"""The share of trials in which all values must have the stated order."""

ENOUGH = 0.8
"""The share of the calibration facts that a parameter set must meet, in addition to all patterns."""

INTERVAL = (0.05, 0.95)
"""The 90 percent interval of a value, over resampled trials and parameter sets."""

_MARGIN = 0.1
"""Share of a band's half-width, inwards from its edge, in which a value counts as near but not as safe."""

_LEAST_EDGE = 0.05
"""The smallest unit for distances from the edge of a band that is open on one side."""

_CLEAR = (1.8, 1.3)
"""Distances from zero, in standard deviations over trials, from which a sign and an order count as safe."""


class Verdict(NamedTuple):
    """The result of one check; ``agreement`` is the share of trials with the stated sign or order, if one is stated."""

    fact: str
    check: int
    claim: str
    tolerance: str
    target: str
    value: float
    low: float
    high: float
    agreement: float
    passed: bool
    reason: str


@dataclass(frozen=True)
class Scorecard:
    """Verdicts on all checks of some facts."""

    facts: tuple[Fact, ...]
    verdicts: tuple[Verdict, ...]

    def met(self, role: Role | None = None) -> tuple[str, ...]:
        """Return the facts, with one role or all roles, whose checks all pass."""
        failed = {verdict.fact for verdict in self.verdicts if not verdict.passed}
        return tuple(fact.id for fact in self.of(role) if fact.id not in failed)

    def of(self, role: Role | None = None) -> tuple[Fact, ...]:
        """Return the facts with one role, or all facts."""
        return tuple(fact for fact in self.facts if role in {None, fact.role})

    def share_met(self, role: Role | None = None) -> float:
        """Return the share of facts that are met; NaN if there are no facts."""
        return len(self.met(role)) / len(self.of(role)) if self.of(role) else float("nan")

    def table(self) -> pd.DataFrame:
        """Return one row per check, with the title, role and source of its fact."""
        facts = {fact.id: fact for fact in self.facts}
        table = pd.DataFrame(self.verdicts, columns=Verdict._fields)
        for place, name in enumerate(("title", "role", "source"), start=1):
            table.insert(place, name, [getattr(facts[each], name) for each in table["fact"]])
        return table


def meets_jointly(met: Collection[str], facts: Sequence[Fact]) -> bool:
    """Return whether the given facts include enough of the calibration facts, and every pattern."""
    return shortfall(met, facts) == 0


def shortfall(met: Collection[str], facts: Sequence[Fact]) -> int:
    """Return how many more calibration facts and patterns a model must meet, given the facts that it meets already."""
    return int(shortfalls(np.array([[fact.id in met for fact in facts]], dtype=bool), facts)[0])


def shortfalls(met: NDArray[np.bool_], facts: Sequence[Fact]) -> NDArray[np.int64]:
    """Return the shortfalls of many sets; ``met`` has shape (sets, facts), in the order of the facts."""
    return np.asarray(distances(met.astype(np.float64), facts), dtype=np.int64)


def distances(near: NDArray[np.float64], facts: Sequence[Fact]) -> NDArray[np.float64]:
    """Return how far many sets are from meeting enough facts, with closeness in place of meeting; 0 is near enough.

    ``near`` has shape (sets, facts), as from :func:`closeness`. A set may miss a fifth of the calibration facts, so its
    worst do not count.
    """
    wanted = np.array([fact.role == "calibration" for fact in facts], dtype=bool)
    patterns = np.array([fact.role == "pattern" for fact in facts], dtype=bool)
    away = np.sort(1.0 - near[:, wanted], axis=1)
    counted: NDArray[np.float64] = away[:, : int(wanted.sum()) - allowed_misses(int(wanted.sum()))].sum(axis=1)
    return counted + (1.0 - near[:, patterns]).sum(axis=1)


def allowed_misses(wanted: int) -> int:
    """Return how many of a number of calibration facts a parameter set may miss."""
    return wanted - ceil(round(ENOUGH * wanted, 9))


def judge(facts: Sequence[Fact], readings: Readings) -> Scorecard:
    """Judge every check over all parameter sets together, with pooled trials and resamples."""
    return Scorecard(
        tuple(facts),
        tuple(
            _verdict(fact, number, _pooled(readings[fact.id, number]))
            for fact in facts
            for number in range(len(fact.checks))
        ),
    )


def judge_each(facts: Sequence[Fact], readings: Readings) -> list[Scorecard]:
    """Return a scorecard for each parameter set."""
    sets = len(next(iter(readings.values())))
    return [judge(facts, {key: (each[number],) for key, each in readings.items()}) for number in range(sets)]


def closeness(facts: Sequence[Fact], readings: Readings) -> dict[str, float]:
    """Return a parameter set's closeness to each fact, a mean over checks, from 0 (far off) to 1 (safely met).

    A check counts 1 if it would most likely pass with other seeds, too. Its value then lies at least a tenth of the way
    in from the edge of its band, or its sign or order stands out from the noise between trials. Otherwise the count
    falls with the distance, in half-widths of the band.
    """
    return {
        fact.id: float(
            np.mean([_near(check, readings[fact.id, number][0]) for number, check in enumerate(fact.checks)])
        )
        for fact in facts
    }


class Outcome(NamedTuple):
    """The result of a check under one parameter set, on a scale on which ``limits`` is the range that passes.

    For a closed band, ``value`` is the distance from its middle in half-widths. For a band that is open on one side, it
    is the distance from the edge relative to the edge's size. For a sign or order, it is the mean over trials in
    standard deviations between trials of full size (with Hedges's 1981 correction for few trials), as a multiple of the
    required number. ``error`` is the standard error of ``value``, from the differences between trials.
    """

    value: float
    error: float


def limits(check: Check) -> tuple[float, float]:
    """Return the lowest and highest value of an outcome that passes; infinite where a side is open."""
    if check.is_directed:
        return 1.0, float("inf")
    low, high = check.band
    if np.isfinite(low) and np.isfinite(high):
        return -1.0, 1.0
    return (0.0 if np.isfinite(low) else low), (0.0 if np.isfinite(high) else high)


def outcomes(facts: Sequence[Fact], readings: Readings, size: Size) -> dict[str, tuple[Outcome, ...]]:
    """Return the outcome of each check of each fact under one parameter set, simulated at a given size.

    If a value is not defined, the outcome is far outside the range that passes.
    """
    with np.errstate(all="ignore"):
        return {
            fact.id: tuple(
                _outcome(check, readings[fact.id, number][0], size) for number, check in enumerate(fact.checks)
            )
            for fact in facts
        }


_FAR = 3.0
"""The distance from the passing range that is assigned to an undefined value."""

_MOST = 30.0
"""Limit of an outcome's value; without it, the values of signs and orders would be infinite if all trials agreed."""


def _outcome(check: Check, reading: Reading, size: Size) -> Outcome:
    if check.is_directed:
        return _signed(check, reading, size)
    ends = [end for end in check.band if np.isfinite(end)]
    middle, unit = sum(ends) / max(len(ends), 1), _unit(check)
    value, error = (float(reading.centre[0]) - middle) / unit, float(reading.draws[0].std()) / unit
    if not np.isfinite([value, error]).all():
        least, most = limits(check)
        return Outcome(least - _FAR if np.isfinite(least) else most + _FAR, 0.0)
    return Outcome(float(np.clip(value, -_MOST, _MOST)), min(error, _MOST))


def _unit(check: Check) -> float:
    """Return the unit of distances from the edge of a band: half its width, or the size of its only edge."""
    ends = [end for end in check.band if np.isfinite(end)]
    return (ends[1] - ends[0]) / 2 if len(ends) == 2 else max(_LEAST_EDGE, *map(abs, ends))


def _signed(check: Check, reading: Reading, size: Size) -> Outcome:
    trials = _toward(check, reading)
    trials = trials[np.isfinite(trials)]  # a small trial may have no district of a group
    count = len(trials)
    needed = float(ndtri(SAME_ORDER if check.tolerance == "O" else SAME_SIGN))
    scale = np.sqrt(SIZES["full"].districts / size.districts) / needed
    spread = float(trials.std(ddof=1)) if count > 1 else float("nan")
    if not np.isfinite(spread):
        return Outcome(1.0 - _FAR, 0.0)
    corrected = (1 - 3 / (4 * count - 5)) * float(trials.mean()) / (spread + 1e-12)
    value = float(np.clip(scale * corrected, -_MOST, _MOST))
    return Outcome(value, float(scale * np.sqrt(1 / count + (value / scale) ** 2 / (2 * count))))


def _pooled(readings: Iterable[Reading]) -> Reading:
    each = list(readings)
    return Reading(
        np.hstack([one.trials for one in each]),
        np.median([one.centre for one in each], axis=0),
        np.hstack([one.draws for one in each]),
    )


def _verdict(fact: Fact, number: int, reading: Reading) -> Verdict:
    check = fact.checks[number]
    shown = _shown(check, reading)
    value = float(shown.centre)
    low, high = _interval(shown.draws)
    agreement, passed = _agreement(check, reading), False
    reason = ""
    if not np.isfinite([value, low, high] if check.tolerance == "N" else value).all():
        reason = "not defined"
    elif np.isfinite(agreement):
        needed = SAME_ORDER if check.tolerance == "O" else SAME_SIGN
        passed = agreement >= needed
        reason = "" if passed else f"true in {agreement:.0%} of trials (must be {needed:.0%} or more)"
    else:
        passed, reason = _within(check, value, (low, high))
    return Verdict(
        fact.id, number, check.claim, check.tolerance, check.words, value, low, high, agreement, bool(passed), reason
    )


def _interval(draws: Values) -> tuple[float, float]:
    """Return the interval of a value, which is NaN unless the value is defined in every resample."""
    if not np.isfinite(draws).all():
        return float("nan"), float("nan")
    low, high = np.quantile(draws, INTERVAL)
    return float(low), float(high)


def _shown(check: Check, reading: Reading) -> Reading:
    """Return the value, or the smallest step down in an order; it is negative where the order rises."""
    if check.tolerance == "O":
        return Reading(*(-np.diff(part, axis=0).max(axis=0) for part in reading))
    return Reading(*(part[0] for part in reading))


def _toward(check: Check, reading: Reading) -> Values:
    """Return each trial's value or smallest step, positive where it has the stated sign or order."""
    trials = _shown(check, reading).trials
    return -trials if check.sign == "-" else trials


def _agreement(check: Check, reading: Reading) -> float:
    """Return the share of trials with the stated sign or order, or NaN if neither is stated."""
    return float((_toward(check, reading) > 0).mean()) if check.is_directed else float("nan")


def _within(check: Check, value: float, interval: tuple[float, float]) -> tuple[bool, str]:
    least, most = check.band
    low, high = interval if check.tolerance == "N" else (value, value)
    if least <= low and high <= most:
        return True, ""
    what = f"interval {low:.3g} to {high:.3g}" if check.tolerance == "N" else f"{value:.3g}"
    return False, f"{what} (must be {check.words})"


def _near(check: Check, reading: Reading) -> float:
    if check.is_directed:
        return _clearness(check, reading)
    centre = float(reading.centre[0])
    low, high = _interval(reading.draws[0]) if check.tolerance == "N" else (centre, centre)
    least, most = check.band
    distance = max(least - low, high - most) / _unit(check) + _MARGIN
    return float(np.exp(-max(distance, 0.0))) if np.isfinite(distance) else 0.0


def _clearness(check: Check, reading: Reading) -> float:
    """Return how clearly a sign or order stands out from the noise between trials, from 0 to 1."""
    trials, needed = _toward(check, reading), _CLEAR[check.tolerance == "O"]
    clear = 0.5 + 0.5 * np.tanh(trials.mean() / (trials.std() + 1e-9) / needed)
    return float(min(1.0, clear / (0.5 + 0.5 * np.tanh(1.0)))) if np.isfinite(clear) else 0.0


@dataclass(frozen=True)
class Validation:
    """The results of a validation.

    Attributes
    ----------
    card : Scorecard
        Scorecard over all parameter sets together.
    each : sequence of Scorecard
        Scorecard of each parameter set.
    rivals : mapping of str to Scorecard
        Scorecard of each rival over all its parameter sets together.
    rivals_each : mapping of str to sequence of Scorecard
        Scorecards of each rival's parameter sets.
    knockouts : mapping of str to Scorecard
        Scorecards of the first parameter set without each mechanism, for comparison with the first of ``each``.
    verified : Verification, optional
        Known answers, and the comparison of the two engines.
    """

    card: Scorecard
    each: Sequence[Scorecard]
    rivals: Mapping[str, Scorecard] = field(default_factory=dict)
    rivals_each: Mapping[str, Sequence[Scorecard]] = field(default_factory=dict)
    knockouts: Mapping[str, Scorecard] = field(default_factory=dict)
    verified: Verification | None = None

    def table(self) -> pd.DataFrame:
        """Return one row per check, with a column for each null model that says whether it passes."""
        table = self.card.table()
        for name, card in self.rivals.items():
            table[name] = [verdict.passed for verdict in card.verdicts]
        return table

    def sets(self) -> pd.DataFrame:
        """Return one row per parameter set, with the share of facts met for each role and the facts that it misses."""
        roles = list(dict.fromkeys(fact.role for fact in self.card.facts))
        rows = [
            {
                "set": number,
                **{role: card.share_met(role) for role in roles},
                "fails": " ".join(sorted({fact.id for fact in card.facts} - set(card.met()))),
            }
            for number, card in enumerate(self.each)
        ]
        return pd.DataFrame(rows)

    def knocked_out(self) -> pd.DataFrame:
        """Return one row per mechanism, with its description and the facts lost and gained without it."""
        whole = set(self.each[0].met())
        rows = [
            {
                "mechanism": name,
                "says": MECHANISMS[name].says,
                "loses": " ".join(sorted(whole - set(card.met()))),
                "gains": " ".join(sorted(set(card.met()) - whole)),
            }
            for name, card in self.knockouts.items()
        ]
        return pd.DataFrame(rows, columns=["mechanism", "says", "loses", "gains"])


def jointly(cards: Sequence[Scorecard]) -> int:
    """Return how many parameter sets jointly meet enough calibration facts and every pattern."""
    return sum(meets_jointly(card.met(), card.facts) for card in cards)


def validate(
    facts: Sequence[Fact], sets: Sequence[ParameterSet], laboratory: Laboratory, last: ParameterSet | None = None,
    asks: tuple[Mapping[str, Sequence[ParameterSet]], bool] | None = None,
) -> Validation:  # fmt: skip
    """Run the experiments of some facts under every parameter set, and judge the facts.

    Parameters
    ----------
    facts : sequence of Fact
    sets : sequence of mapping
        Parameter sets by path, the most central first.
    laboratory : Laboratory
    last : mapping, optional
        Parameters that override all others.
    asks : pair of mapping and bool, optional
        The trivial rivals to judge as well, each with its own parameter sets, and whether to repeat the validation
        without each mechanism. By default, all rivals are judged with the model's sets, and no mechanism is removed.
    """
    rivals_sets, knocks = asks or (dict.fromkeys(NULL_MODELS, sets), False)
    given = dict(last or {})
    for fact in facts:  # report a fact's settings that no society allows before anything is simulated
        fact.points(laboratory.base, sets[0], laboratory.catalogue, given)
    parts: dict[tuple[str, str], tuple[Sequence[ParameterSet], ParameterSet]] = {("model", ""): (sets, given)}
    for name, theirs in rivals_sets.items():
        parts["rival", name] = theirs, {**given, **NULL_MODELS[name].changes}
    for name in MECHANISMS if knocks else ():
        parts["without", name] = sets[:1], {**given, **MECHANISMS[name].changes}
    readings = observe(  # all together, so that no processor waits
        facts, [one for some, _ in parts.values() for one in some], laboratory,
        [changes for some, changes in parts.values() for _ in some],
    )  # fmt: skip
    found: dict[str, dict[str, Readings]] = {"model": {}, "rival": {}, "without": {}}
    first = 0
    for (kind, name), (some, _) in parts.items():
        found[kind][name] = {check: each[first : first + len(some)] for check, each in readings.items()}
        first += len(some)
    return Validation(
        judge(facts, found["model"][""]),
        judge_each(facts, found["model"][""]),
        {name: judge(facts, each) for name, each in found["rival"].items()},
        {name: judge_each(facts, each) for name, each in found["rival"].items()},
        {name: judge(facts, each) for name, each in found["without"].items()},
    )
