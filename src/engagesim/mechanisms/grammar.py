"""Check the source of rules and steps, which may use only Python that both engines compute identically."""

import ast
import builtins
import enum
import linecache
import types
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from engagesim.errors import MechanismError, no_such, shown
from engagesim.mechanisms.declarations import SourceRead, Variable

type Function = Callable[..., Any]

BUILT_IN = (min, max, abs, int, float, bool, range)
"""The built-in functions that rules may call."""

ALLOWED = (
    "must be arithmetic, comparisons, conditions, min, max, abs, or functions that use only these, "
    "such as those of engagesim.rules"
)

_MAY: tuple[type[ast.AST], ...] = (
    ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.IfExp, ast.For, ast.Pass,
    ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Name, ast.Attribute,
    ast.Tuple, ast.Expr, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip
_MAY_NOT: tuple[type[ast.AST], ...] = (ast.Pow, ast.MatMult, ast.Is, ast.IsNot, ast.In, ast.NotIn)
_SAID: dict[type[ast.AST], str] = {
    ast.Try: "try", ast.With: "with", ast.Raise: "raise", ast.Assert: "assert", ast.While: "while", ast.Match: "match",
    ast.JoinedStr: "an f-string", ast.Dict: "a dictionary", ast.DictComp: "a dictionary", ast.List: "a list",
    ast.ListComp: "a list", ast.Set: "a set", ast.SetComp: "a set", ast.GeneratorExp: "a generator",
    ast.Yield: "yield", ast.Import: "import", ast.ImportFrom: "import", ast.Global: "global", ast.Nonlocal: "nonlocal",
    ast.Lambda: "a function within a function", ast.FunctionDef: "a function within a function",
    ast.Delete: "del", ast.NamedExpr: ":=", ast.Subscript: "[…]", ast.Starred: "*", ast.Break: "break",
    ast.Continue: "continue", ast.Pow: "** (write x * x)", ast.MatMult: "@", ast.Is: "is (write ==)",
    ast.IsNot: "is not (write !=)", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def check_grammar(*functions: Function) -> None:
    """Refuse users' functions, and the functions that these call by name, if the compiled engine cannot run them.

    The compiler checks functions without readable source.

    Raises
    ------
    MechanismError
        If a function cannot be compiled; the message names file and line, and says what is allowed.
    """
    seen: set[Function] = set()
    waiting = list(functions)
    while waiting:
        function = waiting.pop()
        if function in seen or function.__module__.startswith("engagesim."):
            continue
        seen.add(function)
        nodes = list(_nodes(function))
        _check_returns(function, nodes)
        for node, line in nodes:
            _check(function, node, f"{function.__code__.co_filename}, line {line}: {function.__name__}")
        waiting += [found for name in function.__code__.co_names if _is_plain(found := _value(function, name))]


def _check_returns(function: Function, nodes: Sequence[tuple[ast.AST, int]]) -> None:
    """Refuse a function that returns different numbers of results in different cases, or no result in some."""
    place, found = f"{function.__code__.co_filename}, line {{}}: {function.__name__}", set[int]()
    for node, line in nodes:
        if isinstance(node, ast.Return) and not isinstance(node.value, ast.Call | ast.Name | ast.IfExp):
            found.add(len(node.value.elts) if isinstance(node.value, ast.Tuple) else node.value is not None)
        if len(found) > 1:
            said = "must return the same number of results in every case; it returns a different number above"
            raise MechanismError(f"{place.format(line)}: {said}")
    for whole in _written_at(function):
        if found and isinstance(whole, ast.FunctionDef) and not _ends(whole.body):
            said = "must return a result in every case; here it returns nothing"
            raise MechanismError(f"{place.format(whole.body[-1].end_lineno)}: {said}")


def _ends(body: Sequence[ast.stmt]) -> bool:
    """Whether statements return a result in every case."""
    last = body[-1] if body else None
    return isinstance(last, ast.Return) or (isinstance(last, ast.If) and _ends(last.body) and _ends(last.orelse))


def _check(function: Function, node: ast.AST, place: str) -> None:
    """Refuse a part of a function that is not allowed."""
    if isinstance(node, _MAY_NOT) or not isinstance(node, _MAY):
        said = _SAID.get(type(node), type(node).__name__.lower())
        raise MechanismError(f"{place}: {said}: {ALLOWED}")
    if isinstance(node, ast.Constant) and not isinstance(node.value, int | float):
        raise MechanismError(f"{place}: {shown(node.value)}: {ALLOWED}")
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        raise MechanismError(
            f"{place}: {ast.unparse(node)} = …: must be returned; a function of a mechanism assigns nothing"
        )
    if isinstance(node, ast.For) and not (isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range"):
        raise MechanismError(f"{place}: for … in {ast.unparse(node.iter)}: must be range(…)")
    if isinstance(node, ast.Call):
        _check_call(function, node.func, place)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        _check_name(function, node, place)


def _check_call(function: Function, called: ast.expr, place: str) -> None:
    """Refuse calls of anything other than a plain function that is called by its name."""
    if isinstance(called, ast.Name):
        value = _value(function, called.id)
        if value is _MISSING or _is_plain(value) or value in BUILT_IN:
            return
    raise MechanismError(f"{place}: {ast.unparse(called)}(…): {ALLOWED}")


def _check_name(function: Function, node: ast.Name, place: str) -> None:
    """Refuse a name that is not a number, a function or a choice of the model."""
    code = function.__code__
    if node.id in {*code.co_varnames, *code.co_cellvars}:
        return
    value = _value(function, node.id)
    if value is _MISSING:
        known = [*code.co_varnames, *function.__globals__, *(each.__name__ for each in BUILT_IN)]
        known = [name for name in known if not name.startswith("__")]
        raise MechanismError(no_such(node.id, "name", known, place=f"{place}: "))
    is_word = isinstance(value, type) and issubclass(value, enum.IntEnum)
    if not (isinstance(value, int | float) or is_word or _is_plain(value) or value in BUILT_IN):
        said = f"{node.id}: must be a number or a plain function, not a {type(value).__name__}"
        if isinstance(value, FieldInfo):
            said = f"{node.id}: must be written as s.{Path(code.co_filename).stem}.{node.id}; it is a setting"
        if isinstance(value, Variable):
            written = f"me.{node.id}, or with another agent that has it"
            said = f"{node.id}: must be written as {written}; it is a variable of a {value.entity}"
        raise MechanismError(f"{place}: {said}")


def _is_plain(value: Any) -> bool:
    return isinstance(value, types.FunctionType)


def _value(function: Function, name: str) -> Any:
    """Return the value of a name outside a function."""
    free = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if name in free:
        return free[name].cell_contents
    return function.__globals__.get(name, getattr(builtins, name, _MISSING))


def _nodes(function: Function) -> Iterator[tuple[ast.AST, int]]:
    """Yield each part of a function that is executed when it is called, with its line."""
    for whole in _written_at(function):
        for statement in whole.body if isinstance(whole, ast.FunctionDef) else [whole.body]:
            is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if not is_docstring:
                yield from _walked(statement, statement.lineno)


def _walked(node: ast.AST, line: int) -> Iterator[tuple[ast.AST, int]]:
    """Yield a part and everything within it, outer parts first, except type annotations."""
    line = getattr(node, "lineno", line)
    yield node, line
    for name, child in ast.iter_fields(node):
        if name != "annotation":
            for each in child if isinstance(child, list) else [child]:
                if isinstance(each, ast.AST):
                    yield from _walked(each, line)


def _written_at(function: Function) -> list[ast.FunctionDef | ast.Lambda]:
    """Return the syntax of a function and of any similar ones on the same line; empty if there is no source."""
    begins = [
        (min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]), node)
        for node in ast.walk(_tree(function.__code__.co_filename, _source(function)))
        if isinstance(node, ast.FunctionDef | ast.Lambda)
    ]
    code = function.__code__
    return [
        node for begin, node in begins
        if begin == code.co_firstlineno and _asks(node) == set(code.co_varnames[: len(_asks(node))])
    ]  # fmt: skip


def _asks(whole: ast.FunctionDef | ast.Lambda) -> set[str]:
    return {each.arg for each in ast.walk(whole.args) if isinstance(each, ast.arg)}


def _source(function: Function) -> str:
    """Return the source text of a function's file; for mechanisms, the text that was read at the time."""
    loader, file = function.__globals__.get("__loader__"), function.__code__.co_filename
    if isinstance(loader, SourceRead):
        return loader.get_source(function.__module__) or ""
    return "".join(linecache.getlines(file))


@cache
def _tree(file: str, text: str) -> ast.Module:
    try:
        return ast.parse(text, file)
    except SyntaxError:  # a cell of a notebook with commands in it
        return ast.Module([], [])


_MISSING = object()
