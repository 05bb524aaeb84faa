"""Generate the source of the loops over agents and societies from the steps of a month and the columns.

Each group of steps has one loop over agents, with a loop over lanes inside. There, named tuples of scalars,
made from the columns of the state, represent the arguments of a step (``me``, ``home``, …). The step itself is inlined
unchanged, and its results are written back. Memory access limits the speed of such a loop, so the parameters that the
loop reads are copied to a small block whenever the district changes.

Tuples are made from scalars one by one; with anything shorter, the compiler finds no SIMD code.
"""

import re
from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from engagesim.engines.compiled.batch import World
from engagesim.mechanisms.design import Design
from engagesim.month.binding import readings
from engagesim.month.steps import DRAWS, Step
from engagesim.parameters import FIXED
from engagesim.policy import setting_rows
from engagesim.randomness import OFFICE, SEAT, uniform_pair
from engagesim.society.state import GOVERNING, WIRED, Column, columns, places

type Function = Callable[..., Any]

_SIZE = {
    "citizen": "citizens", "official": "officials", "politician": "districts", "district": "districts", "society": "1",
}  # fmt: skip
_BEGIN = {"citizen": "0", "official": "citizens", "politician": "(citizens + officials)"}
"""Row of the first agent of a kind among all agents."""
_DISTRICT = {"citizen": "home[i]", "official": "i // posts", "society": "0"}
_NUMBER = {"citizen": "i", "official": "OFFICE + i", "politician": "SEAT + i"}
_DERIVED = {
    "citizens": "post.shape[0]",
    "officials": "served.shape[0]",
    "districts": "residents.shape[0]",
    "posts": "served.shape[0] // residents.shape[0]",
    "providers": "served.shape[0] // residents.shape[0] - 1",
    "agents": "numbers.shape[0]",
    "lanes": "seeds.shape[0]",
}
_WHO = {"home": "district", "post": "official", "manager": "official", "society": "society"}
_WHERE = {"home": "d", "post": "o", "manager": "m", "society": "0"}


class Line(NamedTuple):
    """A loop: its name in the source, the kind of agent, and the steps that the agents take."""

    name: str
    kind: str
    steps: tuple[Step, ...]

    @property
    def entity(self) -> str:
        """The entity whose columns the steps of the loop set."""
        return "official" if self.kind == "provider" else self.kind

    @property
    def asks(self) -> set[str]:
        """Return all arguments of the loop's steps."""
        return {name for step in self.steps for name in step.asks}


class Loops:
    """The loops of a month for bound functions.

    Parameters
    ----------
    design : Design
        The design of the societies.
    bind : callable
        A function that returns a step's function with its rules bound.
    """

    def __init__(self, design: Design, bind: Callable[[Function], Function]) -> None:
        self._design = design
        self._bound = {step: bind(step.act) for step in design.steps}
        entries = [entry for phase in design.page.values() for entry in phase]
        names: Counter[str] = Counter()
        self.page: list[Line | str] = []
        """The loops of a month and the names of its kernels, in the order in which they run."""
        for entry in entries:
            if isinstance(entry, str):
                self.page.append(entry)
                continue
            name = "_".join([entry.kind, *(step.name for step in entry.steps)])  # so that it is the same in any place
            names[name] += 1
            self.page.append(Line(f"{name}_{names[name]}", entry.kind, entry.steps))
        self._setting = setting_rows(design.tree)
        self._fixed = {path: row for row, path in enumerate(FIXED)}
        self._paths: dict[str, list[str]] = {}
        for path in (*self._setting, *self._fixed):
            self._paths.setdefault(path.partition(".")[0], []).append(path)
        self._readings = {line: tuple(readings(*(self._bound[step] for step in line.steps))) for line in self.lines}
        self._read = {line: self._parameters_read(line) for line in self.lines}
        self._columns_read = {
            line: {name for reading in found for name in reading.chain[:1]} for line, found in self._readings.items()
        }

    def _parameters_read(self, line: Line) -> set[str]:
        """Return the paths of the parameters that a loop may read, with those of any group that it reads as a whole."""
        found: set[str] = set()
        for reading in self._readings[line]:
            first, *rest = reading.chain or ("",)
            if first in self._paths:
                path = f"{first}.{rest[0]}" if rest else ""
                found |= {path} if path in self._paths[first] else set(self._paths[first])
        return found

    def _shown(self, entity: str) -> tuple[Column, ...]:
        """Return the columns that an entity shows to a step, in order; a district also shows its politician's."""
        own = [c for c in (*self._design.columns, *self._design.monthly, *WIRED) if c.entity == entity]
        governing = [c for c in columns("politician") if entity == "district" and c.name in GOVERNING]
        return (*own, *governing)

    def _seen_in(self, line: Line, entity: str) -> list[Column]:
        """Return the columns of an entity that any step of a loop reads."""
        return [column for column in self._shown(entity) if column.name in self._columns_read[line]]

    def _groups(self, line: Line) -> dict[str, list[str]]:
        """Return the names of the parameters that a loop reads, by group."""
        groups: dict[str, list[str]] = {}
        for path in sorted(self._read[line]):
            group, _, name = path.partition(".")
            groups.setdefault(group, []).append(name)
        return groups

    @property
    def lines(self) -> list[Line]:
        """The loops of a month, without its kernels."""
        return [line for line in self.page if isinstance(line, Line)]

    def copied(self) -> dict[str, int]:
        """Return the largest number of columns that any loop copies, for each kind of agent."""
        most = dict.fromkeys(_BEGIN, 0)
        for line in self.lines:
            if line.entity in most:
                most[line.entity] = max(most[line.entity], len(self._copied(line)))
        return most

    def names_of(self, line: Line) -> dict[str, Any]:
        """Return everything that one loop calls by name: steps, tuples and draws."""
        found: dict[str, Any] = {"np": np, "uniform_pair": uniform_pair, "OFFICE": OFFICE, "SEAT": SEAT}
        found |= {f"{line.name}_{step.name}": self._bound[step] for step in line.steps}
        found[f"rows_{line.name}"] = np.array([self._setting[path] for path in self._block(line)], dtype=np.int64)
        for entity in _SIZE:
            name = f"{entity.title()}_{line.name}"
            found[name] = namedtuple(name, [column.name for column in self._seen_in(line, entity)])
        groups = self._groups(line)
        for group, members in groups.items():
            found[f"{group}_{line.name}"] = namedtuple(f"{group}_{line.name}", members)
        found[f"Settings_{line.name}"] = namedtuple(f"Settings_{line.name}", list(groups))
        if "t" in line.asks:
            found[f"Sums_{line.name}"] = namedtuple(f"Sums_{line.name}", self._design.tallies)
        return found

    def sources(self) -> dict[str, str]:
        """Return the source of each loop, and of ``live``, which calls all loops and kernels month by month."""
        parts = {line.name: self._loop(line) for line in self.lines} | {"live": self._live()}
        return {name: "\n".join(part) + "\n" for name, part in parts.items()}

    @cached_property
    def arguments(self) -> dict[Line, list[str]]:
        """The arguments that each loop takes from the world, after the month and its sums."""
        return {line: self._words(line, World._fields) for line in self.lines}

    def _live(self) -> Iterator[str]:
        read = {line.name: words for line, words in self.arguments.items()}
        yield "def live(begin, stop, w, tallies):"
        yield from (f"    {name} = w.{name}" for name in World._fields if any(name in names for names in read.values()))
        yield "    for month in range(begin, stop):"
        yield "        tally = tallies[month - begin]"
        yield "        tally[:] = 0.0"
        for entry in self.page:
            if isinstance(entry, str):
                yield f"        {entry}(month, w)"
            else:
                yield f"        {entry.name}(month, tally, {', '.join(read[entry.name])})"

    def _loop(self, line: Line) -> Iterator[str]:
        """Yield the lines of the function that contains one loop."""
        has_block = bool(self._block(line))
        yield f"def {line.name}(month, tally, {', '.join(self.arguments[line])}):"
        yield from (f"    {name} = {_DERIVED[name]}" for name in self._words(line, _DERIVED))
        yield from (f"    {text}" for text in self._before(line))
        if has_block:
            yield "    last = -1"
        yield f"    for i in range({_SIZE[line.entity]}):"
        yield from (f"        {text}" for text in self._of_one(line))
        if has_block:
            yield "        if d != last:"
            yield "            last = d"
            yield f"            copy_rows(block, settings, rows_{line.name}, d)"
        yield "        for lane in range(lanes):"
        yield from (f"            {text}" for text in self._body(line))

    def _words(self, line: Line, names: Iterable[str]) -> list[str]:
        """Return which of the given names a loop reads."""
        text = "\n".join([*self._before(line), *self._of_one(line), *self._body(line), _SIZE[line.entity], "lanes"])
        words = set(re.findall(r"\w+", text)) | ({"settings", "block"} if self._block(line) else set())
        for name in words & _DERIVED.keys():
            words |= set(re.findall(r"\w+", _DERIVED[name]))
        return [name for name in names if name in words]

    def _before(self, line: Line) -> Iterator[str]:
        """Yield the code before the loop, which copies columns that agents read in other agents, and sets sums to 0."""
        for place, name in enumerate(self._copied(line)):
            yield f"before_{name} = {line.entity}_before[{place}]"
            yield f"copy_column({self._row(line.entity, name)}, before_{name})"
        for name, targets in {name: targets for step in line.steps for name, targets in step.adds.items()}.items():
            for entity in sorted({_WHO.get(target, target) for target in targets} - {"t"}):
                yield f"{self._row(entity, name)}[:] = 0"

    def _of_one(self, line: Line) -> Iterator[str]:
        """Yield the code for one agent in all lanes: its district, and the agents to whom it is tied."""
        if line.kind == "provider":
            yield "if i % posts == 0:"
            yield "    continue"
        yield f"d = {_DISTRICT.get(line.entity, 'i')}"
        if {"manager"} & ({*line.asks} | {target for step in line.steps for ts in step.adds.values() for target in ts}):
            yield "m = d * posts"
        if line.entity == "citizen":
            yield "o = post[i]"
        if "other" in line.asks:
            begin = _BEGIN[line.entity]
            yield f"j = max({begin}, met[{begin} + i]) - {begin}"
            yield f"is_met = 1.0 * (met[{begin} + i] >= 0)"

    def _body(self, line: Line) -> Iterator[str]:
        """Yield the code for one lane: draws, tuples, steps and results."""
        for purpose in sorted({DRAWS[name][0] for step in line.steps for name in step.draws}):
            pair = {which: name for name, (of, which) in DRAWS.items() if of == purpose and name in line.asks}
            number = _NUMBER[line.entity]
            yield f"{pair.get(0, '_')}, {pair.get(1, '_')} = uniform_pair(seeds[lane], month, {number}, {int(purpose)})"
        if "s" in line.asks:
            yield f"s = {self._settings(line)}"
        for name in sorted(line.asks & _WHO.keys()):
            yield f"the_{name} = {self._seen(line, _WHO[name], _WHERE[name])}"
        if "other" in line.asks:
            before = {name: f"before_{name}[j, lane]" for name in self._copied(line)}
            yield f"other = {self._seen(line, line.entity, 'j', before)}"
        if "t" in line.asks:
            sums = ", ".join(f"tally[{k}, lane]" for k in range(len(self._design.tallies)))
            yield f"t = Sums_{line.name}({sums})"
        yield f"me = {self._seen(line, line.entity, 'i')}"
        for step in line.steps:
            yield from self._step(line, step)
        kinds = {column.name: column for column in self._shown(line.entity)}
        for name in {name: None for step in line.steps for name in step.sets}:
            yield f"{self._place(kinds[name], 'i')} = new_{name}"

    def _step(self, line: Line, step: Step) -> Iterator[str]:
        """Yield the call of a step and the assignment of its results."""
        handed = {
            "home": "the_home",
            "post": "the_post",
            "manager": "the_manager",
            "society": "the_society",
            "met": "is_met",
        }
        call = f"{line.name}_{step.name}({', '.join(handed.get(name, name) for name in step.asks)})"
        yield f"{', '.join([f'new_{name}' for name in step.sets] + [f'more_{name}' for name in step.adds])} = {call}"
        kinds = {column.name: column.kind for column in self._shown(line.entity)}
        for name in step.sets:
            yield f"new_{name} = {'float' if kinds[name] == 'number' else 'np.int64'}(new_{name})"
        if step is not line.steps[-1]:
            known = {column.name: f"me.{column.name}" for column in self._seen_in(line, line.entity)}
            yield f"me = {self._seen(line, line.entity, 'i', known | {name: f'new_{name}' for name in step.sets})}"
        for name, targets in step.adds.items():
            for target in targets:
                yield f"{self._target(target, name)} += more_{name}"

    def _copied(self, line: Line) -> list[str]:
        """Return the columns that a loop sets and also reads in other agents, which it reads from an earlier copy."""
        if "other" not in line.asks:
            return []
        seen = {reading.chain[0] for reading in self._readings[line] if reading.chain and reading.variable != "me"}
        return sorted(seen & {name for step in line.steps for name in step.sets})

    def _block(self, line: Line) -> list[str]:
        """Return the path of each setting that a loop reads."""
        return sorted(path for path in self._read[line] if path in self._setting)

    def _settings(self, line: Line) -> str:
        """Return the parameters in force that a loop reads, as a tuple of tuples."""
        value = {path: f"block[{row}, lane]" for row, path in enumerate(self._block(line))}
        value |= {path: f"fixed[{self._fixed[path]}, lane]" for path in self._read[line] if path in self._fixed}
        groups = [
            f"{group}_{line.name}({', '.join(value[f'{group}.{name}'] for name in names)})"
            for group, names in self._groups(line).items()
        ]
        return f"Settings_{line.name}({', '.join(groups)})"

    def _place(self, column: Column, index: str) -> str:
        """Return an expression for a column of an entity."""
        entity, name = column.entity, column.name
        if column in WIRED:
            return f"{name}[{index}]" if name in World._fields else name
        block, _, row = self._row(entity, name).partition("[")
        return f"{block}[{row[:-1]}, {index}, lane]"

    def _row(self, entity: str, name: str) -> str:
        """Return an expression for the row of a column in its block."""
        column = next(column for column in self._shown(entity) if column.name == name)
        if column in self._design.monthly:
            sums = columns(column.entity, None, self._design.monthly)
            return f"{entity}_sums[{sums.index(column)}]"
        return f"{entity}_{column.kind}s[{getattr(places(column.entity, column.kind, self._design.columns), name)}]"

    def _value(self, column: Column, index: str) -> str:
        place = self._place(column, index)
        return f"np.int64({place})" if column.kind == "count" and column not in WIRED else place

    def _target(self, target: str, name: str) -> str:
        """Return an expression for the target to which a result is added."""
        if target == "t":
            return f"tally[{self._design.tallies.index(name)}, lane]"
        entity = _WHO.get(target, target)
        column = next(column for column in self._shown(entity) if column.name == name)
        return self._place(column, _WHERE.get(target, "0"))

    def _seen(self, line: Line, entity: str, index: str, instead: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return an entity as a tuple of scalars, with other values for some columns."""
        values = [instead.get(column.name, self._value(column, index)) for column in self._seen_in(line, entity)]
        return f"{entity.title()}_{line.name}({', '.join(values)})"
