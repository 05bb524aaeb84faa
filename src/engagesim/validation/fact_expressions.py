"""Evaluate the expression of a check: arithmetic on measures of arms, parsed with ``ast`` and interpreted here.

Python never executes any of it. An expression consists of numbers, ``+ - * /``, and functions of measures, numbers and
districts (``FUNCTIONS``, ``ARITHMETIC``, ``ACROSS``).
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import ParameterError, no_such, shown, span
from engagesim.measures import MEASURES
from engagesim.study.observed import check_mean

type Values = NDArray[np.float64]


class Months(NamedTuple):
    """Months of a society from ``begin`` up to, but not including, ``stop``; the treatment starts after the history."""

    begin: int
    stop: int


@dataclass(frozen=True)
class Evidence:
    """The measures from an experiment, and the ways in which its trials are pooled.

    Attributes
    ----------
    levels : mapping of (measure, arm) to array, shape (trials, districts, months)
    groups : mapping of str to array of bool, shape (trials, districts)
        Districts of each group.
    pooling : array, shape (ways, trials)
        One row per resample: how often each trial counts.
    is_pooled : bool
        Whether functions of measures pool districts; if not, they return a value for each, shape (trials, districts).
    """

    levels: Mapping[tuple[str, str], Values]
    groups: Mapping[str, NDArray[np.bool_]]
    pooling: Values
    is_pooled: bool = True

    def level(self, measure: str, arm: str, months: Months) -> Values:
        """Return the mean over some months, shape (trials, districts)."""
        mean: Values = self.levels[measure, arm][:, :, months.begin : months.stop].mean(axis=2)
        return mean

    def by_district(self) -> "Evidence":
        """Return the same evidence, but not pooled, so that functions of measures return a value for each district."""
        return replace(self, is_pooled=False)

    def pooled(self, values: Values, group: str | None) -> Values:
        """Return the mean over districts for each way of pooling; ``values`` has shape (trials, districts, …)."""
        if not self.is_pooled:
            return values
        counted = np.ones(values.shape[:2]) if group is None else self.groups[group].astype(float)
        total = np.einsum("td,td...->t...", counted, values)
        weights = self.pooling @ counted.sum(axis=1)
        pooled: Values = (self.pooling @ total.reshape(len(total), -1)).reshape(len(weights), *values.shape[2:])
        return pooled / weights.reshape(-1, *[1] * (values.ndim - 2))


class Asked(NamedTuple):
    """Arguments of a function of measures, as written."""

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
    return _in_deviations(_effect(seen, asked), seen, asked)


def _in_deviations(values: Values, seen: Evidence, asked: Asked) -> Values:
    """Return values divided by the control's standard deviation; no effect among districts that are all alike is 0."""
    return np.where(values == 0.0, 0.0, values / _deviation(seen, asked))


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
    return _in_deviations(_interaction(seen, asked), seen, asked)


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


def _spread_people(seen: Evidence, asked: Asked) -> Values:
    """Return the standard deviation over people of a yes-or-no outcome with share ``p``, ``sqrt(p * (1 - p))``."""
    share = _mean(seen, asked)
    spread: Values = np.sqrt(np.maximum(0.0, share * (1.0 - share)))
    return spread


def _path(seen: Evidence, asked: Asked) -> Values:
    """Return the effect in each month, shape (…, months)."""
    months = slice(asked.months.begin, asked.months.stop)
    treated, other = (seen.levels[asked.measure, arm][:, :, months] for arm in (asked.arms[0], asked.versus))
    return seen.pooled(treated - other, asked.group)


def _peak(seen: Evidence, asked: Asked) -> Values:
    path = _path(seen, asked)
    peaks: Values = np.take_along_axis(path, np.abs(path).argmax(axis=-1)[..., None], axis=-1)[..., 0]
    return peaks


def _peak_month(seen: Evidence, asked: Asked) -> Values:
    largest = np.abs(_path(seen, asked)).argmax(axis=-1)
    return np.asarray(asked.numbers[0] + largest, dtype=np.float64)


def _half_life(seen: Evidence, asked: Asked) -> Values:
    path = np.abs(_path(seen, asked))
    top = path.argmax(axis=-1)[..., None]
    halved = (path <= path.max(axis=-1, keepdims=True) / 2) & (np.arange(path.shape[-1]) >= top)
    return np.where(halved.any(axis=-1), halved.argmax(axis=-1) - top[..., 0], np.nan)


class Form(NamedTuple):
    """The signature of a function of measures: arms, whether months must be a range, further numbers, and keywords."""

    compute: Callable[[Evidence, Asked], Any]
    says: str
    arms: int = 1
    is_range: bool = False
    numbers: int = 0
    keywords: tuple[str, ...] = ("versus", "group")


FUNCTIONS: Mapping[str, Form] = {
    "mean": Form(_mean, "mean over districts", keywords=("group",)),
    "effect": Form(_effect, "arm minus control, with the same chance events"),
    "sd": Form(_sd, "effect divided by the standard deviation of the control's districts"),
    "change": Form(_change, "effect divided by the control's mean"),
    "spread": Form(_spread, "standard deviation over districts", keywords=()),
    "spread_people": Form(_spread_people, "standard deviation over people, for a share of people", keywords=("group",)),
    "total": Form(_total, "sum over months", is_range=True, keywords=("group",)),
    "interaction": Form(_interaction, "both, minus each alone, plus the control", arms=3),
    "interaction_sd": Form(_interaction_sd, "interaction in standard deviations", arms=3),
    "share_above": Form(_share_above, "share of districts that gain more than x standard deviations", numbers=1),
    "share_below": Form(_share_below, "share of districts whose difference is below x standard deviations", numbers=1),
    "share_between": Form(_share_between, "share of districts whose level is between", numbers=2, keywords=("group",)),
    "peak": Form(_peak, "largest monthly effect", is_range=True),
    "peak_month": Form(_peak_month, "month of the largest effect", is_range=True),
    "half_life": Form(_half_life, "months from the peak until the effect has halved", is_range=True),
}
"""Functions of measures, by name."""

ARITHMETIC: Mapping[str, tuple[int, int, Callable[..., Any]]] = {
    "odds": (1, 1, lambda share: share / (1.0 - share)),
    "log": (1, 1, np.log),
    "abs": (1, 1, np.abs),
    "min": (2, 100, lambda *numbers: reduce(np.minimum, numbers)),
    "max": (2, 100, lambda *numbers: reduce(np.maximum, numbers)),
}
"""Functions of numbers, with their smallest and largest numbers of arguments and their operations."""


def _share(seen: Evidence, group: str | None, condition: Values) -> Values:
    return seen.pooled(condition.astype(float), group)


def _slope(seen: Evidence, group: str | None, y: Values, x: Values) -> Values:
    """Return the slope of the least-squares line over districts; NaN if all have the same x."""
    x, y = x - x.mean(), y - y.mean()  # any constant would do; the middle keeps the differences below from cancelling
    mean_x, mean_y, products, squares = (seen.pooled(each, group) for each in (x, y, x * y, x * x))
    variance = squares - mean_x * mean_x
    slope: Values = np.where(variance > _NO_VARIANCE, (products - mean_x * mean_y) / variance, np.nan)
    return slope


class Across(NamedTuple):
    """The signature of a function of districts, whose arguments are expressions or a condition for each district."""

    compute: Callable[..., Values]
    says: str
    usage: str
    parts: int
    is_condition: bool = False


ACROSS: Mapping[str, Across] = {
    "share": Across(_share, "share of districts where the condition holds", "share(condition, group=GROUP)", 1, True),
    "slope": Across(_slope, "slope of y on x over districts", "slope(y, x, group=GROUP)", 2),
}
"""Functions of districts, by name."""

SMOOTHED = 3
"""Number of months, ending with a given month, over which a value is averaged."""

DEEPEST = 50
"""Largest number of nested brackets in an expression."""

_NO_VARIANCE = 1e-24
"""The largest variance that rounding can produce if all districts are alike."""

LONGEST = 10_000
"""Largest number of characters in an expression: enough for any fact, and few enough for quick parsing."""

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.true_divide,
}  # fmt: skip
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
}  # fmt: skip


class Vocabulary(NamedTuple):
    """The names that the expressions of a fact may use, and the months that the fact observes."""

    measures: tuple[str, ...]
    arms: tuple[str, ...]
    control: str
    groups: tuple[str, ...]
    history: int
    months: int


class Expression(NamedTuple):
    """A parsed expression: its text, its evaluation, and the measures of arms that it needs."""

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
    if len(text) > LONGEST:
        raise ParameterError(f"{shown(text)}: must have up to {LONGEST} characters, not {len(text)}")
    try:
        reader = _Reader(vocabulary)
        evaluate = reader.read(ast.parse(" ".join(text.split()), mode="eval").body, 0)
    except ParameterError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ParameterError(f"{shown(text)}: must be an expression, as in effect(quality, treated, 12)") from None
    return Expression(text, evaluate, frozenset(reader.needs))


class _Reader:
    """A parser that turns a syntax tree into nested functions, and records which measures of which arms are needed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.known = vocabulary
        self.needs: set[tuple[str, str]] = set()
        self.across = ""
        """The function of districts that is being parsed, if any."""

    def read(self, node: ast.AST, depth: int) -> Callable[[Evidence], Any]:
        self._check_depth(depth)
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                constant = np.float64(_number("an expression", node))
                return lambda _: constant
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                negated = self.read(inner, depth + 1)
                return lambda seen: -negated(seen)
            case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
                return self._chain(node, depth)
            case ast.Call(func=ast.Name(id=name), args=given) if name in ARITHMETIC and not node.keywords:
                fewest, most, function = ARITHMETIC[name]
                if not fewest <= len(given) <= most:
                    counts = f"{fewest} to {most} numbers" if fewest < most else "1 number"
                    raise ParameterError(f"{name}: must have {counts}, not {len(given)}")
                parts = [self.read(each, depth + 1) for each in given]
                return lambda seen: function(*(each(seen) for each in parts))
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
                return self._call(name, node)
            case ast.Call(func=ast.Name(id=name)) if name in ACROSS:
                return self._over_districts(name, node, depth)
            case ast.Call(func=ast.Name(id=name)):
                raise ParameterError(no_such(name, "function", [*FUNCTIONS, *ACROSS, *ARITHMETIC]))
        raise ParameterError(f"{shown(ast.unparse(node))}: must be made of numbers, + - * / and functions of measures")

    def _check_depth(self, depth: int) -> None:
        if depth > DEEPEST:
            raise ParameterError(f"an expression must be nested at most {DEEPEST} brackets deep")

    def _chain(self, node: ast.AST, depth: int) -> Callable[[Evidence], Any]:
        """Parse ``a + b - c …`` as a flat sum, because long sums are nested deeply in the tree but not in the text."""
        links: list[tuple[Callable[[Any, Any], Any], Callable[[Evidence], Any]]] = []
        while isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            links.append((_OPERATORS[type(node.op)], self.read(node.right, depth + 1)))
            node = node.left
        first = self.read(node, depth + 1)

        def evaluate(seen: Evidence) -> Any:
            value = first(seen)
            for combine, each in reversed(links):
                value = combine(value, each(seen))
            return value

        return evaluate

    def _call(self, name: str, node: ast.Call) -> Callable[[Evidence], Any]:
        form = FUNCTIONS[name]
        if len(node.args) != 2 + form.arms + form.numbers:
            raise ParameterError(f"{name}: must be written as {usage(name)}")
        measures = self._names(node.args[0], "measure", self.known.measures)
        for each in measures if form.compute is _spread_people else ():
            _check_share(name, each)
        arms: list[tuple[str, ...]]
        if form.arms == 1:
            arms = [(each,) for each in self._names(node.args[1], "arm", self.known.arms)]
        else:
            arms = [tuple(self._name(each, "arm", self.known.arms) for each in node.args[1 : 1 + form.arms])]
        months, first = self._months(name, node.args[1 + form.arms], form.is_range)
        numbers = tuple(_number(name, each) for each in node.args[2 + form.arms :]) or (float(first),)
        versus, group = self.known.control, None
        for keyword in node.keywords:
            if keyword.arg not in form.keywords:
                raise ParameterError(f"{name}: {keyword.arg}: no such keyword; must be written as {usage(name)}")
            if keyword.arg == "versus":
                versus = self._name(keyword.value, "arm", self.known.arms)
            elif self.across:
                raise ParameterError(
                    f"{name}: group: must be left out within {self.across}, which accepts group=GROUP itself"
                )
            else:
                group = self._name(keyword.value, "group", self.known.groups)
        asked = [Asked(measure, arm, months, numbers, versus, group) for measure, arm in product(measures, arms)]
        self.needs |= {(each.measure, arm) for each in asked for arm in (*each.arms, versus)}
        return lambda seen: sum(form.compute(seen, each) for each in asked) / len(asked)

    def _over_districts(self, name: str, node: ast.Call, depth: int) -> Callable[[Evidence], Any]:
        across = ACROSS[name]
        if self.across:
            raise ParameterError(f"{name}: must not appear within {self.across}, which sees one district at a time")
        if len(node.args) != across.parts or {each.arg for each in node.keywords} - {"group"}:
            raise ParameterError(f"{name}: must be written as {across.usage}")
        groups = [self._name(each.value, "group", self.known.groups) for each in node.keywords]
        self.across = name
        read = self._condition if across.is_condition else self.read
        parts = [read(each, depth + 1) for each in node.args]
        self.across = ""

        def evaluate(seen: Evidence) -> Any:
            there = seen.by_district()
            shape = next((each.shape[:2] for each in seen.levels.values()), (seen.pooling.shape[1], 1))
            given = (np.broadcast_to(each(there), shape) for each in parts)
            return across.compute(seen, groups[0] if groups else None, *given)

        return evaluate

    def _condition(self, node: ast.AST, depth: int) -> Callable[[Evidence], Any]:
        self._check_depth(depth)
        match node:
            case ast.BoolOp(op=operator, values=given):
                combine = np.logical_and if isinstance(operator, ast.And) else np.logical_or
                parts = [self._condition(each, depth + 1) for each in given]
                return lambda seen: reduce(combine, (each(seen) for each in parts))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                negated = self._condition(inner, depth + 1)
                return lambda seen: np.logical_not(negated(seen))
            case ast.Compare(left=left, ops=operators, comparators=others) if all(
                type(each) in _COMPARISONS for each in operators
            ):
                sides = [self.read(each, depth + 1) for each in (left, *others)]
                compare = [_COMPARISONS[type(each)] for each in operators]

                def evaluate(seen: Evidence) -> Any:
                    values = [each(seen) for each in sides]
                    return reduce(
                        np.logical_and,
                        (holds(*pair) for holds, pair in zip(compare, pairwise(values), strict=True)),
                    )

                return evaluate
        raise ParameterError(
            f"{self.across}: {shown(ast.unparse(node))}: must be a condition, as in mean(quality, control, 12) > 0.5; "
            "with < <= > >=, and, or, not"
        )

    def _names(self, node: ast.AST, what: str, names: tuple[str, ...]) -> Sequence[str]:
        """Return the name of a measure or an arm, or the names in a list over which values are averaged."""
        if not isinstance(node, ast.List):
            return (self._name(node, what, names),)
        listed = [self._name(each, what, names) for each in node.elts]
        if not listed or len(set(listed)) < len(listed):
            raise ParameterError(f"{shown(ast.unparse(node))}: must have each {what} once, and one or more")
        return listed

    def _name(self, node: ast.AST, what: str, names: tuple[str, ...]) -> str:
        if not isinstance(node, ast.Name):
            raise ParameterError(
                f"{shown(ast.unparse(node))}: must be the name of {'an' if what == 'arm' else 'a'} {what}"
            )
        if node.id not in names:
            raise ParameterError(no_such(node.id, what, names))
        if what == "measure":
            check_mean(node.id)
        return node.id

    def _months(self, name: str, node: ast.AST, is_range: bool) -> tuple[Months, int]:
        """Return the months, counted from the society's start, and the first of them, counted from the treatment."""
        history, last = self.known.history, self.known.months
        if isinstance(node, ast.List) and len(node.elts) == 2:
            first, stop = (_month(name, each) for each in node.elts)
            if not 1 <= first <= stop <= last:
                raise ParameterError(f"{name}: months = [{first}, {stop}]: must be from 1 to {last}, the earlier first")
            return Months(history + first - 1, history + stop), first
        if is_range:
            raise ParameterError(f"{name}: must be written as {usage(name)}")
        month = _month(name, node)
        if not 0 <= month <= last or history + month == 0:
            raise ParameterError(f"{name}: month = {month}: must be {span(0 if history else 1, last, True)}")
        return Months(max(0, history + month - SMOOTHED), history + month), month


def usage(name: str) -> str:
    """Return the syntax of a function."""
    form = FUNCTIONS[name]
    arms = {1: "arm", 3: "one, other, both"}[form.arms]
    month = "[first, last]" if form.is_range else "month"
    numbers = {0: "", 1: ", x", 2: ", low, high"}[form.numbers]
    keywords = "".join(f", {each}={each.upper()}" for each in form.keywords)
    return f"{name}(measure, {arms}, {month}{numbers}{keywords})"


def _check_share(name: str, measure: str) -> None:
    """Refuse measures that are not shares of people, because only for shares does the mean determine the spread."""
    known = {each.name: each.unit for each in MEASURES}
    if known.get(measure) != "share":
        raise ParameterError(
            f"{name}: {measure}: must be a share of people, as engaged is; its unit is {known.get(measure, 'unknown')}"
        )


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


def _month(name: str, node: ast.AST) -> int:
    number = _number(name, node)
    if not number.is_integer():
        raise ParameterError(f"{name}: month = {number:g}: must be a whole number")
    return int(number)
