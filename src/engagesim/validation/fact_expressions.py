"""Evaluate the expression of a check: arithmetic on measures of arms, parsed with ``ast`` and run by an interpreter.

Nothing is ever handed to Python to run: an expression is numbers, ``+ - * /``, and the functions of ``FUNCTIONS``.
"""

import ast
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import ParameterError, no_such, shown, span
from engagesim.study.observed import check_mean

type Values = NDArray[np.float64]


class Months(NamedTuple):
    """Months of a society, from ``begin`` up to, but without, ``stop``; the treatment starts after the history."""

    begin: int
    stop: int


@dataclass(frozen=True)
class Evidence:
    """What an experiment gave, and the ways in which its trials are pooled.

    Attributes
    ----------
    levels : mapping of (measure, arm) to array, shape (trials, districts, months)
    groups : mapping of str to array of bool, shape (trials, districts)
        Districts of each group.
    pooling : array, shape (ways, trials)
        One row per resample: how often each trial counts.
    """

    levels: Mapping[tuple[str, str], Values]
    groups: Mapping[str, NDArray[np.bool_]]
    pooling: Values

    def level(self, measure: str, arm: str, months: Months) -> Values:
        """Return the mean over some months, shape (trials, districts)."""
        mean: Values = self.levels[measure, arm][:, :, months.begin : months.stop].mean(axis=2)
        return mean

    def pooled(self, values: Values, group: str | None) -> Values:
        """Return the mean over districts, a number for each way of pooling; ``values`` are (trials, districts, …)."""
        counted = np.ones(values.shape[:2]) if group is None else self.groups[group].astype(float)
        total = np.einsum("td,td...->t...", counted, values)
        weights = self.pooling @ counted.sum(axis=1)
        pooled: Values = (self.pooling @ total.reshape(len(total), -1)).reshape(len(weights), *values.shape[2:])
        return pooled / weights.reshape(-1, *[1] * (values.ndim - 2))


class Asked(NamedTuple):
    """Arguments of a function of measures, as they were written."""

    measure: str
    arms: tuple[str, ...]
    months: Months
    numbers: tuple[float, ...]
    versus: str
    group: str | None


def _mean(seen: Evidence, asked: Asked) -> Values:
    return seen.pooled(seen.level(asked.measure, asked.arms[0], asked.months), asked.group)


def _differences(seen: Evidence, asked: Asked) -> Values:
    treated = seen.level(asked.measure, asked.arms[0], asked.months)
    differences: Values = treated - seen.level(asked.measure, asked.versus, asked.months)
    return differences


def _effect(seen: Evidence, asked: Asked) -> Values:
    return seen.pooled(_differences(seen, asked), asked.group)


def _deviation(seen: Evidence, asked: Asked) -> float:
    return float(seen.level(asked.measure, asked.versus, asked.months).std(ddof=1))


def _sd(seen: Evidence, asked: Asked) -> Values:
    return _effect(seen, asked) / _deviation(seen, asked)


def _spread(seen: Evidence, asked: Asked) -> float:
    return _deviation(seen, asked._replace(versus=asked.arms[0]))


def _change(seen: Evidence, asked: Asked) -> Values:
    return _effect(seen, asked) / _mean(seen, asked._replace(arms=(asked.versus,)))


def _total(seen: Evidence, asked: Asked) -> Values:
    return _mean(seen, asked) * (asked.months.stop - asked.months.begin)


def _interaction(seen: Evidence, asked: Asked) -> Values:
    one, other, both = (seen.level(asked.measure, arm, asked.months) for arm in asked.arms)
    return seen.pooled(both - one - other + seen.level(asked.measure, asked.versus, asked.months), asked.group)


def _interaction_sd(seen: Evidence, asked: Asked) -> Values:
    return _interaction(seen, asked) / _deviation(seen, asked)


def _share_above(seen: Evidence, asked: Asked) -> Values:
    bar = asked.numbers[0] * _deviation(seen, asked)
    return seen.pooled((_differences(seen, asked) > bar).astype(float), asked.group)


def _share_below(seen: Evidence, asked: Asked) -> Values:
    bar = asked.numbers[0] * _deviation(seen, asked)
    return seen.pooled((_differences(seen, asked) < bar).astype(float), asked.group)


def _share_between(seen: Evidence, asked: Asked) -> Values:
    low, high = asked.numbers
    level = seen.level(asked.measure, asked.arms[0], asked.months)
    return seen.pooled(((level >= low) & (level <= high)).astype(float), asked.group)


def _path(seen: Evidence, asked: Asked) -> Values:
    """Return the effect in each month, shape (ways, months)."""
    months = slice(asked.months.begin, asked.months.stop)
    treated, other = (seen.levels[asked.measure, arm][:, :, months] for arm in (asked.arms[0], asked.versus))
    return seen.pooled(treated - other, asked.group)


def _peak(seen: Evidence, asked: Asked) -> Values:
    path = _path(seen, asked)
    peaks: Values = np.take_along_axis(path, np.abs(path).argmax(axis=1)[:, None], axis=1)[:, 0]
    return peaks


def _peak_month(seen: Evidence, asked: Asked) -> Values:
    largest = np.abs(_path(seen, asked)).argmax(axis=1)
    return np.asarray(asked.numbers[0] + largest, dtype=np.float64)


def _half_life(seen: Evidence, asked: Asked) -> Values:
    path = np.abs(_path(seen, asked))
    top = path.argmax(axis=1)
    halved = np.full(len(path), np.nan)
    for way, month in enumerate(top):
        later = np.flatnonzero(path[way, month:] <= path[way, month] / 2)
        if len(later):
            halved[way] = later[0]
    return halved


class Form(NamedTuple):
    """How a function of measures is written: arms, whether months must be a range, further numbers, and keywords."""

    compute: Callable[[Evidence, Asked], Any]
    says: str
    arms: int = 1
    is_range: bool = False
    numbers: int = 0
    keywords: tuple[str, ...] = ("versus", "group")


FUNCTIONS: Mapping[str, Form] = {
    "mean": Form(_mean, "mean over districts", keywords=("group",)),
    "effect": Form(_effect, "arm less control, on the same noise"),
    "sd": Form(_sd, "effect over the standard deviation of the control's districts"),
    "change": Form(_change, "effect over the control's mean"),
    "spread": Form(_spread, "standard deviation over districts", keywords=()),
    "total": Form(_total, "sum over months", is_range=True, keywords=("group",)),
    "interaction": Form(_interaction, "both, less each alone, plus the control", arms=3),
    "interaction_sd": Form(_interaction_sd, "interaction in standard deviations", arms=3),
    "share_above": Form(_share_above, "share of districts that gain more than x standard deviations", numbers=1),
    "share_below": Form(_share_below, "share of districts whose difference is below x standard deviations", numbers=1),
    "share_between": Form(_share_between, "share of districts whose level lies there", numbers=2, keywords=("group",)),
    "peak": Form(_peak, "largest effect of a month", is_range=True),
    "peak_month": Form(_peak_month, "month of the largest effect", is_range=True),
    "half_life": Form(_half_life, "months from the peak until the effect has halved", is_range=True),
}
"""Functions of measures, by name."""

ARITHMETIC: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "odds": (1, lambda share: share / (1.0 - share)),
    "log": (1, np.log),
    "abs": (1, np.abs),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
"""Functions of numbers: how many, and what is done."""


SMOOTHED = 3
"""Months up to a month over which its value is averaged."""

DEEPEST = 50
"""Levels of brackets in an expression."""

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.true_divide,
}  # fmt: skip


class Vocabulary(NamedTuple):
    """The names that the expressions of a fact may use, and the months that it observes."""

    measures: tuple[str, ...]
    arms: tuple[str, ...]
    control: str
    groups: tuple[str, ...]
    history: int
    months: int


class Expression(NamedTuple):
    """An expression that has been read: its text, how it is evaluated, and the measures it needs of which arms."""

    text: str
    evaluate: Callable[[Evidence], Any]
    needs: frozenset[tuple[str, str]]


def parse(text: str, vocabulary: Vocabulary) -> Expression:
    """Read an expression.

    Raises
    ------
    ParameterError
        If the expression is wrong; the message says what is wrong, and what is allowed.
    """
    try:
        reader = _Reader(vocabulary)
        evaluate = reader.read(ast.parse(" ".join(text.split()), mode="eval").body, 0)
    except ParameterError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ParameterError(f"{shown(text)}: must be an expression, as in effect(quality, treated, 12)") from None
    return Expression(text, evaluate, frozenset(reader.needs))


class _Reader:
    """Turns a syntax tree into nested functions, and notes which measures of which arms are needed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.known = vocabulary
        self.needs: set[tuple[str, str]] = set()

    def read(self, node: ast.AST, depth: int) -> Callable[[Evidence], Any]:
        if depth > DEEPEST:
            raise ParameterError(f"an expression must be nested at most {DEEPEST} brackets deep")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                constant = np.float64(_number("an expression", node))
                return lambda _: constant
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                negated = self.read(inner, depth + 1)
                return lambda seen: -negated(seen)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                combine = _OPERATORS[type(operator)]
                one, other = self.read(left, depth + 1), self.read(right, depth + 1)
                return lambda seen: combine(one(seen), other(seen))
            case ast.Call(func=ast.Name(id=name), args=given) if name in ARITHMETIC and not node.keywords:
                count, function = ARITHMETIC[name]
                if len(given) != count:
                    raise ParameterError(f"{name}: must have {count} numbers")
                parts = [self.read(each, depth + 1) for each in given]
                return lambda seen: function(*(each(seen) for each in parts))
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
                return self._call(name, node)
            case ast.Call(func=ast.Name(id=name)):
                raise ParameterError(no_such(name, "function", [*FUNCTIONS, *ARITHMETIC]))
        raise ParameterError(f"{shown(ast.unparse(node))}: must be made of numbers, + - * / and functions of measures")

    def _call(self, name: str, node: ast.Call) -> Callable[[Evidence], Any]:
        form = FUNCTIONS[name]
        if len(node.args) != 2 + form.arms + form.numbers:
            raise ParameterError(f"{name}: must be written as {usage(name)}")
        measure = self._name(node.args[0], "measure", self.known.measures)
        arms = tuple(self._name(each, "arm", self.known.arms) for each in node.args[1 : 1 + form.arms])
        months, first = self._months(name, node.args[1 + form.arms], form.is_range)
        numbers = tuple(_number(name, each) for each in node.args[2 + form.arms :]) or (float(first),)
        asked = Asked(measure, arms, months, numbers, self.known.control, None)
        for keyword in node.keywords:
            if keyword.arg not in form.keywords:
                raise ParameterError(f"{name}: {keyword.arg}: no such keyword; must be written as {usage(name)}")
            if keyword.arg == "versus":
                asked = asked._replace(versus=self._name(keyword.value, "arm", self.known.arms))
            else:
                asked = asked._replace(group=self._name(keyword.value, "group", self.known.groups))
        self.needs |= {(measure, arm) for arm in (*arms, asked.versus)}
        return lambda seen: form.compute(seen, asked)

    def _name(self, node: ast.AST, what: str, names: tuple[str, ...]) -> str:
        if not isinstance(node, ast.Name):
            raise ParameterError(f"{shown(ast.unparse(node))}: must be the name of a {what}")
        if node.id not in names:
            raise ParameterError(no_such(node.id, what, names))
        if what == "measure":
            check_mean(node.id)
        return node.id

    def _months(self, name: str, node: ast.AST, is_range: bool) -> tuple[Months, int]:
        """Return the months meant, counted from the start of the society, and the first of them from the treatment."""
        history, last = self.known.history, self.known.months
        if isinstance(node, ast.List) and len(node.elts) == 2:
            first, stop = (int(_number(name, each)) for each in node.elts)
            if not 1 <= first <= stop <= last:
                raise ParameterError(f"{name}: months = [{first}, {stop}]: must be from 1 to {last}, the earlier first")
            return Months(history + first - 1, history + stop), first
        if is_range:
            raise ParameterError(f"{name}: must be written as {usage(name)}")
        month = int(_number(name, node))
        if not 0 <= month <= last or history + month == 0:
            raise ParameterError(f"{name}: month = {month}: must be {span(0 if history else 1, last, True)}")
        return Months(max(0, history + month - SMOOTHED), history + month), month


def usage(name: str) -> str:
    """Return how a function is written."""
    form = FUNCTIONS[name]
    arms = {1: "arm", 3: "one, other, both"}[form.arms]
    month = "[first, last]" if form.is_range else "month"
    numbers = {0: "", 1: ", x", 2: ", low, high"}[form.numbers]
    keywords = "".join(f", {each}={each.upper()}" for each in form.keywords)
    return f"{name}(measure, {arms}, {month}{numbers}{keywords})"


def _number(name: str, node: ast.AST) -> float:
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1.0
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        with suppress(OverflowError):
            value = sign * float(node.value)
            if math.isfinite(value):
                return value
    raise ParameterError(f"{name}: {shown(ast.unparse(node))}: must be a number")
