"""The engine for the web: the same loops as in the native engine, compiled to WebAssembly.

Numba's unoptimised LLVM code of the months is compiled for ``wasm32`` by llvmlite and linked by ``wasm-ld``, which
comes with the package ``ziglang`` (extra ``web``). Neither fast-math nor contraction is allowed, and the arithmetic of
WebAssembly is that of IEEE 754, so the results equal those of the native engine, bit for bit.

Writing a page usually needs none of this: the engine for the package's own rules is shipped beside this file
(``engine.wasm``), with a fingerprint of its sources. Other rules and mechanisms have their own engines.
"""

import ast
import copy
import hashlib
import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from engagesim.engines.compiled.batch import World, new_batch
from engagesim.engines.compiled.compile import OPTIONS, Engine, compiled_here, compiled_parts
from engagesim.engines.compiled.loops import Loops
from engagesim.errors import EngagementError
from engagesim.files import write_whole
from engagesim.mechanisms.declarations import listed
from engagesim.mechanisms.design import Design, design_of, tree_with
from engagesim.month.binding import Binding
from engagesim.month.citizen import utilities as citizens_weigh
from engagesim.month.official import utilities as officials_weigh
from engagesim.month.politician import utilities as politicians_weigh
from engagesim.month.steps import Each, Step
from engagesim.parameters import FIXED, settings_of
from engagesim.policy import Policy
from engagesim.rules.citizen import CLIENT_TERMS, COLLABORATE_TERMS, CONFRONT_TERMS
from engagesim.rules.official import ACCOMMODATE_TERMS, COCREATE_TERMS, RESIST_TERMS, TOKEN_TERMS
from engagesim.rules.politician import ARMS_LENGTH_TERMS, PATRONAGE_TERMS, SPONSOR_TERMS
from engagesim.society import population
from engagesim.society.files import read_people
from engagesim.society.network import wire

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_PACKAGE = _HERE.parent
SHIPPED = _HERE / "engine.wasm"
_RECORD = "engine.json"

WORDS = 8
"""Number of 64-bit words in the table for each array or number: its position or value, and its shape."""

TERMS: dict[str, dict[str, tuple[str, ...]]] = {
    "citizen": {"collaborate": COLLABORATE_TERMS, "confront": CONFRONT_TERMS, "client": CLIENT_TERMS},
    "official": {
        "resist": RESIST_TERMS, "token": TOKEN_TERMS, "accommodate": ACCOMMODATE_TERMS, "cocreate": COCREATE_TERMS,
    },
    "politician": {"patronage": PATRONAGE_TERMS, "arms_length": ARMS_LENGTH_TERMS, "sponsor": SPONSOR_TERMS},
}  # fmt: skip
"""Terms of the worth of each option, by kind of agent."""


def _weigh_citizen(me: Any, home: Any, s: Any) -> Any:
    (gain, solidarity, cost), (won, together, anger, risk), (favour, stigma) = citizens_weigh(me, home, s)
    return gain, solidarity, cost, won, together, anger, risk, favour, stigma


def _weigh_official(me: Any, home: Any, s: Any) -> Any:
    (rents, exposed, tried), (some, seen, work, known), accommodating, cocreating = officials_weigh(me, home, s)
    one, two, three, four, five, six = accommodating
    driven, joint, practised, effort, pressed, bound, believed = cocreating
    resisting, token = (rents, exposed, tried), (some, seen, work, known)
    return (
        *resisting,
        *token,
        one,
        two,
        three,
        four,
        five,
        six,
        driven,
        joint,
        practised,
        effort,
        pressed,
        bound,
        believed,
    )


def _weigh_politician(me: Any, home: Any, s: Any) -> Any:
    (machine, trained), (quiet, used), (credit, organised, tried) = politicians_weigh(me, home, s)
    return machine, trained, quiet, used, credit, organised, tried


_WEIGHS = {"citizen": _weigh_citizen, "official": _weigh_official, "politician": _weigh_politician}

TERM_NAMES = {
    kind: tuple(f"{kind}_{option}_{term}" for option, terms in options.items() for term in terms)
    for kind, options in TERMS.items()
}
"""All terms of each kind of agent, in order."""


ENTRIES = ("settle", "live", "weigh")
"""The functions of the module, each of which uses the table."""


class Thing(NamedTuple):
    """An array or a whole number that the engine finds in its table."""

    name: str
    kind: str  # float64, int64, int32, int8, or number
    axes: int


class WebEngine(NamedTuple):
    """A compiled module, and its description for the page."""

    module: bytes
    table: tuple[Thing, ...]


def web_engine(design: Design) -> WebEngine:
    """Return the engine of a design: the shipped one if it fits, otherwise one built on this machine.

    Raises
    ------
    EngagementError
        If the engine must be built and the tool chain is not installed.
    """
    found = _read(_HERE, design)
    if found is None:
        folder = compiled_here(design) / "web"
        found = _read(folder, design)
        if found is None:
            if can_build():
                _log.warning("page: building the engine for the web, once for these mechanisms; this takes minutes")
            build_apart(design, folder)
            found = _read(folder, design)
    if found is None:
        raise EngagementError("the engine for the web: could not be stored in the cache folder")
    return found


def _read(folder: Path, design: Design) -> WebEngine | None:
    """Return the engine in a folder if it was made from the current design."""
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
        module = (folder / SHIPPED.name).read_bytes()
    except (OSError, ValueError):
        return None
    is_ours = record["fingerprint"] == fingerprint(design) and record["sha256"] == hashlib.sha256(module).hexdigest()
    return WebEngine(module, tuple(Thing(*each) for each in record["table"])) if is_ours else None


def can_build() -> bool:
    """Return whether the tool chain is installed."""
    return importlib.util.find_spec("ziglang") is not None


@cache
def fingerprint(design: Design) -> str:
    """Return a hash of what a design's engine computes; comments and texts do not change it."""
    made_from = hashlib.sha256()
    for source in sorted(file for pattern in _SOURCES for file in _PACKAGE.glob(pattern)):
        made_from.update(f"{source.name}\n{_without_words(source.read_text('utf-8'))}".encode())
    loops = Loops(design, Binding(design.replaced))
    layout = [(column.entity, column.name, column.kind) for column in (*design.columns, *design.monthly)]
    paths = [setting.path for setting in settings_of(design.tree)]
    made_from.update(f"{loops.sources()}{layout}{paths}{FIXED}".encode())
    made_from.update(repr([(each.name, each.source) for each in design.mechanisms]).encode())
    return made_from.hexdigest()


_SOURCES = ("randomness.py", "rules/*.py", "month/*.py", "society/population.py", "engines/compiled/kernels.py")


def _without_words(source: str) -> str:
    """Return Python source without comments, texts and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            node.value = ""
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


_FOR_ANY_MACHINE = {
    "NUMBA_OPT": "0", "NUMBA_LOOP_VECTORIZE": "0", "NUMBA_SLP_VECTORIZE": "0", "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
}  # fmt: skip
"""Settings that make Numba's code unoptimised and fit for any processor, so that all machines build the same bytes."""


def build_apart(design: Design, folder: Path) -> None:
    """Build the engine in a separate process, in which nothing has been compiled for this processor."""
    if not can_build():
        what = "mechanisms need" if design.mechanisms else "changed rules need"
        raise EngagementError(
            f"page: {what} their own engine, which is built on this machine; "
            "install the tool chain once with: pip install 'engagesim[web]'"
        )
    files = [str(each.file) for each in design.mechanisms]
    environment = {**os.environ, **_FOR_ANY_MACHINE}
    command = [sys.executable, "-m", "engagesim.web.compiling", str(folder), *files]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if made.returncode:
        last = (made.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngagementError(f"page: the engine for the web could not be built: {last}")


def build(design: Design, folder: Path) -> None:
    """Compile the engine of a design for the web, and write the engine and its record into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        table, entries = _entries(design, Path(scratch))
        files = []
        for name, entry in entries.items():
            function = numba.njit(_TAKES, **OPTIONS, **_BARE)(entry)
            compiled: Any = next(iter(function.overloads.values()))
            file = Path(scratch) / f"{name}.o"
            file.write_bytes(_object(compiled.library.get_llvm_str(), compiled.fndesc.llvm_func_name, name))
            files.append(file)
        module = _linked(files, Path(scratch) / "engine.wasm")
    record = {
        "fingerprint": fingerprint(design),
        "sha256": hashlib.sha256(module).hexdigest(),
        "made_with": {name: version(name) for name in ("numba", "llvmlite", "ziglang")},
        "table": table,
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / SHIPPED.name, module)
    write_whole(folder / _RECORD, (json.dumps(record, indent=1) + "\n").encode())


_SETTLES = (population.settle_districts, population.settle_citizens, population.settle_posts)


class _Weighing(Loops):
    """Loops that write the terms of each agent's options instead of adding them up."""

    def _target(self, target: str, name: str) -> str:  # noqa: ARG002 - the signature of the loops of a month
        return f"tally[{self._design.tallies.index(name)}, i, lane]"


def _weighing(design: Design) -> Design:
    """Return a design of a month in which everybody weighs the options and nothing else happens."""
    other = copy.copy(design)
    for kept in ("steps", "tallies"):
        vars(other).pop(kept, None)
    other.page = {
        "observe": tuple(
            Each(kind, (Step(act, (), dict.fromkeys(TERM_NAMES[kind], ("t",))),)) for kind, act in _WEIGHS.items()
        )
    }
    return other


def _entries(design: Design, folder: Path) -> tuple[list[Thing], dict[str, Any]]:
    """Return the contents of the table, and the functions that use it."""
    bound = Binding(design.replaced, "web")
    settles = [bound(each) for each in _SETTLES]
    live = compiled_parts(Loops(design, bound), bound, _made(folder / "live"))["live"]
    weighing = _weighing(design)
    weigh = compiled_parts(_Weighing(weighing, bound), bound, _made(folder / "weigh"))["live"]
    functions = [numba.njit(**OPTIONS)(each) for each in (*settles, live, weigh)]
    table, found = _things(design, len(weighing.tallies))
    given = {thing.name: _in_table(row, thing) for row, thing in enumerate(table)}
    world = f"World({', '.join(_as_argument(name, value, given) for name, value in found['world'].items())})"
    text = f"""
def settle(table):
    settle_districts({given["district_numbers"]}, {given["district_counts"]}, {given["fixed"]}, {given["seeds"]})
    settle_citizens(
        {given["citizen_numbers"]}, {given["citizen_counts"]}, {given["district_numbers"]}, {given["home"]},
        {given["given_citizen"]}, {given["settings"]}, {given["fixed"]}, {given["seeds"]})
    settle_posts(
        {given["official_numbers"]}, {given["official_counts"]}, {given["politician_numbers"]},
        {given["politician_counts"]}, {given["given_official"]}, {given["given_politician"]}, {given["fixed"]},
        {given["seeds"]})

def live(table):
    a_month({given["begin"]}, {given["stop"]}, {world}, {given["tallies"]})

def weigh(table):
    a_thought({given["begin"]}, {given["begin"]} + 1, {world}, {given["terms"]})
"""
    kinds = {thing.kind for thing in table} - {"number"}
    seen = {"World": World, "Policy": Policy}
    seen |= {f"array_{kind}": _array(numba.from_dtype(np.dtype(kind))) for kind in kinds}
    seen |= dict(zip((*(each.__name__ for each in _SETTLES), "a_month", "a_thought"), functions, strict=True))
    exec(compile(text, "entries", "exec"), seen)  # noqa: S102 - made only of our own names
    return table, {name: seen[name] for name in ENTRIES}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _things(design: Design, terms: int) -> tuple[list[Thing], dict[str, Any]]:
    """Return everything in the table, as found in a small society, and the world of that society."""
    hamlet, people = read_people(design.tree().changed({"population.citizens": 40, "population.districts": 2}))
    wiring = wire(hamlet, people)
    blank = Loops(design, Binding(design.replaced))
    nothing: Any = lambda *_: None  # noqa: E731 - nobody settles, because only the arrays are needed
    batch = new_batch(Engine(design, blank.copied(), nothing, nothing, nothing, nothing), [hamlet], wiring, people)
    world = batch.world._asdict()
    others: dict[str, Any] = {f"given_{kind}": given for kind, given in people.given.items()}
    others |= {"begin": 0, "stop": 0, "tallies": batch.tallies, "terms": np.zeros((1, terms, wiring.agents, 1))}
    return list(_listed({**world, **others})), {"world": world}


def _listed(things: dict[str, Any], of: str = "") -> Iterator[Thing]:
    for name, value in things.items():
        if isinstance(value, tuple):
            inner = value._asdict() if hasattr(value, "_asdict") else {str(k): each for k, each in enumerate(value)}
            yield from _listed(inner, f"{name}.")
        elif isinstance(value, np.ndarray):
            yield Thing(f"{of}{name}", value.dtype.name, value.ndim)
        else:
            yield Thing(f"{of}{name}", "number", 0)


def _in_table(row: int, thing: Thing) -> str:
    """Return the expression for an array or number in the table."""
    word = row * WORDS
    if thing.kind == "number":
        return f"table[{word}]"
    shape = ", ".join(f"table[{word + 1 + axis}]" for axis in range(thing.axes))
    return f"array_{thing.kind}(table[{word}], ({shape},))"


def _as_argument(name: str, value: Any, given: dict[str, str]) -> str:
    fields = getattr(value, "_fields", None)
    if fields is not None:
        return f"{type(value).__name__}({', '.join(given[f'{name}.{inner}'] for inner in fields)})"
    if isinstance(value, tuple):
        return f"({', '.join(given[f'{name}.{k}'] for k in range(len(value)))},)"
    return given[name]


def _array(kind: Any) -> Any:
    """Return a function that makes an array from an address and a shape; the array does not own its memory."""

    @intrinsic
    def array_at(_: Any, place: Any, shape: Any) -> Any:
        array = numba.types.Array(kind, len(shape), "C")

        def made(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
            found, size = make_array(array)(context, builder), context.get_abi_sizeof(context.get_value_type(kind))
            lengths = cgutils.unpack_tuple(builder, arguments[1])
            strides = [context.get_constant(numba.intp, size)]
            for length in reversed(lengths[1:]):
                strides.insert(0, builder.mul(strides[0], length))
            data = builder.inttoptr(arguments[0], context.get_data_type(kind).as_pointer())
            item = context.get_constant(numba.intp, size)
            populate_array(found, data=data, shape=lengths, strides=strides, itemsize=item, meminfo=None)
            return found._getvalue()

        return array(place, shape), made

    return array_at


_BARE: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_TAKES = numba.void(numba.types.CPointer(numba.int64))
_TRIPLE = "wasm32-unknown-unknown"


def _object(code: str, symbol: str, name: str) -> bytes:
    """Compile LLVM code to an object file for WebAssembly, which exports one function."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(_TRIPLE).create_target_machine(
        cpu="generic", features="", opt=3, reloc="static", codemodel="default"
    )
    code = re.sub(
        r"^target datalayout = .*$", f'target datalayout = "{machine.target_data}"', code, count=1, flags=re.M
    )
    code = re.sub(r"^target triple = .*$", f'target triple = "{_TRIPLE}"', code, count=1, flags=re.M)
    module = llvm.parse_assembly(re.sub(r'"target-(cpu|features)"="[^"]*"', "", code))
    for function in module.functions:
        if function.name == symbol:
            function.name = name
        elif not function.is_declaration:
            function.linkage = llvm.Linkage.internal
    for variable in module.global_variables:  # LLVM has no common symbols for WebAssembly
        if not variable.is_declaration:
            variable.linkage = llvm.Linkage.internal
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = False
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    return bytes(machine.emit_object(module))


def _linked(files: Sequence[Path], module: Path) -> bytes:
    """Link object files into a module that calls nothing outside itself."""
    exports = [f"--export={name}" for name in (*ENTRIES, "__heap_base")]
    command = [
        sys.executable,
        "-m",
        "ziglang",
        "wasm-ld",
        "--no-entry",
        "--strip-all",
        "--stack-first",
        "-z",
        "stack-size=262144",
        *exports,
    ]
    subprocess.run([*command, "-o", str(module), *map(str, files)], check=True)  # noqa: S603 - ours
    return module.read_bytes()


def main(arguments: Sequence[str]) -> None:
    """Build the engine for the mechanisms in some files into a folder; without arguments, build the shipped engine."""
    if not arguments:
        build_apart(design_of(tree_with(())), _HERE)
        return
    folder, *mechanisms = arguments
    build(design_of(tree_with(listed(mechanisms))), Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
