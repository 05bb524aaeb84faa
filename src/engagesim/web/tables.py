"""Tables of the model for its web page, each generated from the code that declares it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engagesim.analysis.outcomes import outcomes_of
from engagesim.engines.compiled.loops import Loops
from engagesim.mechanisms.design import Design
from engagesim.month.binding import Binding
from engagesim.parameters import FIXED, FORM_DIMENSIONS, settings_of
from engagesim.randomness import Purpose
from engagesim.report import story
from engagesim.rules.vocabulary import ENDINGS, Ending, Response, Stance, Strategy, Tie
from engagesim.society import events
from engagesim.society.files import ATTRIBUTES
from engagesim.society.state import Column, columns
from engagesim.web.compiling import TERM_NAMES, TERMS, WebEngine

_ENTITIES: Any = ("citizen", "official", "politician", "district", "society")


def model_tables(design: Design, engine: WebEngine) -> dict[str, Any]:
    """Return the tables that tell the page how to fill and read the engine's memory."""
    forms = {f"engagement.{name}" for name in FORM_DIMENSIONS}
    return {
        "table": [list(thing) for thing in engine.table],
        "columns": {
            entity: {f"{kind}s": _names(columns(entity, kind, design.columns)) for kind in ("number", "count")}
            for entity in _ENTITIES
        },
        "monthly": {entity: len(columns(entity, None, design.monthly)) for entity in ("district", "society")},
        "copied": Loops(design, Binding(design.replaced)).copied(),
        "starts": [[column.entity, column.name, start] for column, start in design.starts.items()],
        "settings": [
            {"path": setting.path, "low": setting.low, "high": setting.high, "form": setting.path in forms}
            for setting in settings_of(design.tree)
        ],
        "fixed": list(FIXED),
        "tallies": list(design.tallies),
        "given": {kind: list(names) for kind, names in ATTRIBUTES.items()},
        "purposes": {purpose.name: int(purpose) for purpose in Purpose},
        "ties": {tie.name: int(tie) for tie in Tie},
        "terms": sum(map(len, TERM_NAMES.values())),
        "reasons": TERMS,
        "acts": {
            kind: [member.name.lower() for member in acts]
            for kind, acts in (("citizen", Strategy), ("official", Response), ("politician", Stance))
        },
        "events": {
            "kinds": [list(kind[:2]) for kind in events.KINDS],
            "causes": events.CAUSES,
            "actors": list(events.ACTORS),
            "positions": list(events.POSITIONS),
            "endings": {int(each): each.name.lower() for each in Ending},
            "ended": {each.name.lower(): words for each, words in ENDINGS.items()},
            "recent": events.RECENT,
            "words": story.WORDS,
            "standing": story.POSITIONS,
            "silent": sorted(story.SILENT),
            "quiet": sorted(story.QUIET),
        },
    }


def _names(of: tuple[Column, ...]) -> list[str]:
    return [column.name for column in of]


class _Formula:
    """A formula that is recorded as text instead of computed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _with(self, sign: str, other: Any, turned: bool = False) -> "_Formula":
        one, two = (_written(other), self.text) if turned else (self.text, _written(other))
        return _Formula(f"({one} {sign} {two})")

    __add__, __radd__ = (lambda self, other: self._with("+", other)), (lambda self, other: self._with("+", other, True))
    __sub__, __rsub__ = (lambda self, other: self._with("-", other)), (lambda self, other: self._with("-", other, True))
    __mul__, __rmul__ = (lambda self, other: self._with("*", other)), (lambda self, other: self._with("*", other, True))
    __truediv__ = lambda self, other: self._with("/", other)  # noqa: E731 - like the others
    __rtruediv__ = lambda self, other: self._with("/", other, True)  # noqa: E731
    __gt__ = lambda self, other: self._with(">", other)  # noqa: E731
    __lt__ = lambda self, other: self._with("<", other)  # noqa: E731

    def __array_ufunc__(self, function: Any, _: str, *given: Any) -> "_Formula":
        """Record a call of a NumPy function."""
        named = {np.maximum: "Math.max", np.minimum: "Math.min", np.sqrt: "Math.sqrt"}
        signs = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.greater: ">"}
        if function in signs:
            return _Formula(f"({_written(given[0])} {signs[function]} {_written(given[1])})")
        if function not in named:
            raise TypeError(f"{function.__name__}: the page has no such function; a measure must be written without it")
        return _Formula(f"{named[function]}({', '.join(map(_written, given))})")


def _written(value: Any) -> str:
    return value.text if isinstance(value, _Formula) else repr(float(value))


class _Symbols:
    """The monthly sums and the sizes of a society, by name."""

    def __init__(self, tallies: tuple[str, ...]) -> None:
        self._places = {name: place for place, name in enumerate(tallies)}

    def __getattr__(self, name: str) -> _Formula:
        return _Formula(f"t[{self._places[name]}]" if name in self._places else f"n.{name}")


def measures_script(design: Design) -> str:
    """Return a JavaScript module that computes every measure from the monthly sums and the sizes of a society."""
    symbols = _Symbols(design.tallies)
    rows = [f"  {measure.name}: {{ of: (t, n) => {_formula(measure.of, symbols)} }}," for measure in design.measures]
    return "\n".join(["export const MEASURES = {", *rows, "};", ""])


def outcomes_script(design: Design) -> str:
    """Return a JavaScript module that computes every outcome of a comparison from the measures of a month."""
    rows = []
    for outcome in outcomes_of(design.tree):
        names = [f"x{place}" for place in range(len(outcome.measures))]
        written = _written(outcome.of(*map(_Formula, names)))
        rows.append(f"  {outcome.name}: ({', '.join(names)}) => {written},")
    return "\n".join(["export const OUTCOME_OF = {", *rows, "};", ""])


def _formula(of: Callable[[Any], Any], symbols: _Symbols) -> str:
    return _written(of(symbols))
