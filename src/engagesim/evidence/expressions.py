"""What a check evaluates: arithmetic on measures of arms, read with ``ast`` and walked by a small interpreter of ours.

Nothing is ever handed to Python to run: an expression is numbers, ``+ - * /``, and the functions of ``FUNCTIONS``.
"""

import ast
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from engagesim.errors import ParameterError, nearest, shown
from engagesim.evidence.functions import ARITHMETIC, FUNCTIONS, Asked, Evidence, Months
from engagesim.study.observed import check_mean

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
        One line: what is wrong, and what is allowed.
    """
    try:
        reader = _Reader(vocabulary)
        evaluate = reader.read(ast.parse(" ".join(text.split()), mode="eval").body, 0)
    except ParameterError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ParameterError(f"{shown(text)}: cannot be read as an expression") from None
    return Expression(text, evaluate, frozenset(reader.needs))


class _Reader:
    """Turns a syntax tree into nested functions, and notes which measures of which arms are needed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.known = vocabulary
        self.needs: set[tuple[str, str]] = set()

    def read(self, node: ast.AST, depth: int) -> Callable[[Evidence], Any]:
        if depth > DEEPEST:
            raise ParameterError(f"an expression nested deeper than {DEEPEST} brackets is not allowed")
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
                    raise ParameterError(f"{name}: needed are {count} numbers")
                parts = [self.read(each, depth + 1) for each in given]
                return lambda seen: function(*(each(seen) for each in parts))
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
                return self._call(name, node)
            case ast.Call(func=ast.Name(id=name)):
                raise ParameterError(f"no function {shown(name)}{nearest(name, [*FUNCTIONS, *ARITHMETIC])}")
        raise ParameterError(f"{shown(ast.unparse(node))}: allowed are numbers, + - * / and functions of measures")

    def _call(self, name: str, node: ast.Call) -> Callable[[Evidence], Any]:
        form = FUNCTIONS[name]
        if len(node.args) != 2 + form.arms + form.numbers:
            raise ParameterError(f"{name}: needed is {usage(name)}")
        measure = self._name(node.args[0], "measure", self.known.measures)
        arms = tuple(self._name(each, "arm", self.known.arms) for each in node.args[1 : 1 + form.arms])
        months, first = self._months(name, node.args[1 + form.arms], form.is_range)
        numbers = tuple(_number(name, each) for each in node.args[2 + form.arms :]) or (float(first),)
        asked = Asked(measure, arms, months, numbers, self.known.control, None)
        for keyword in node.keywords:
            if keyword.arg not in form.keywords:
                raise ParameterError(f"{name}: no keyword {keyword.arg!r}; needed is {usage(name)}")
            if keyword.arg == "versus":
                asked = asked._replace(versus=self._name(keyword.value, "arm", self.known.arms))
            else:
                asked = asked._replace(group=self._name(keyword.value, "group", self.known.groups))
        self.needs |= {(measure, arm) for arm in (*arms, asked.versus)}
        return lambda seen: form.compute(seen, asked)

    def _name(self, node: ast.AST, what: str, names: tuple[str, ...]) -> str:
        if not isinstance(node, ast.Name):
            raise ParameterError(f"{shown(ast.unparse(node))}: needed is the name of a {what}")
        if node.id not in names:
            raise ParameterError(f"no {what} {node.id!r}{nearest(node.id, names)}")
        if what == "measure":
            check_mean(node.id)
        return node.id

    def _months(self, name: str, node: ast.AST, is_range: bool) -> tuple[Months, int]:
        """Return the months meant, counted from the start of the society, and the first of them from the treatment."""
        history, last = self.known.history, self.known.months
        if isinstance(node, ast.List) and len(node.elts) == 2:
            first, stop = (int(_number(name, each)) for each in node.elts)
            if not 1 <= first <= stop <= last:
                raise ParameterError(f"{name}: months [{first}, {stop}]: allowed are 1 to {last}, the earlier first")
            return Months(history + first - 1, history + stop), first
        if is_range:
            raise ParameterError(f"{name}: needed is {usage(name)}")
        month = int(_number(name, node))
        if not 0 <= month <= last or history + month == 0:
            raise ParameterError(f"{name}: month {month}: allowed are {0 if history else 1} to {last}")
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
    raise ParameterError(f"{name}: {shown(ast.unparse(node))}: needed is a number")
