"""Compile a set of rules and the loops of the month, once per machine.

Each loop is compiled on its own and kept on disk. A mechanism or a replaced rule therefore compiles only the loops that
it changes; it shares all others with the model. The name of a kept loop depends on everything from which it was made:
its own text, the code and numbers of the functions that it calls, this compiler, Numba and the processor. A change in
any of them leads to another name, so stale rules never run.
"""

import hashlib
import logging
import os
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray
from rich.console import Console

from engagesim.compiling import MARKED
from engagesim.engines.compiled import kernels
from engagesim.engines.compiled.batch import World
from engagesim.engines.compiled.loops import Loops
from engagesim.files import write_whole
from engagesim.machine import Patient
from engagesim.mechanisms.design import Design
from engagesim.month.binding import Binding, named_by, reached
from engagesim.rules import RULES
from engagesim.society import population

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without fast-math and contraction, results equal those of plain Python; division follows IEEE and does not raise."""


_INNER: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options for functions that only compiled code calls; they save a third of the compilation time."""

_registered: set[Callable[..., object]] = set()


class Engine(NamedTuple):
    """The compiled functions for societies with the same design."""

    design: Design
    copied: dict[str, int]
    settle_districts: Callable[..., None]
    settle_citizens: Callable[..., None]
    settle_posts: Callable[..., None]
    live: Callable[..., None]


def build(design: Design) -> Engine:
    """Bind a design's rules into the loops, which are compiled or read from disk on the first call."""
    folder = compiled_here(design)
    bound = Binding(design.replaced, folder.name)
    loops = Loops(design, bound)
    settle = [bound(act) for act in (population.settle_districts, population.settle_citizens, population.settle_posts)]
    names, sources = _kernels(loops, bound), loops.sources()
    settling = []
    for act in settle:
        file = _file(folder, act.__name__, {act.__name__: act})
        settling.append(kept(_named(act, file.stem), file.parent))
    apart: dict[str, Any] = {}
    for kernel in _by_hand(loops):
        names[kernel] = numba.njit(**OPTIONS, **_INNER)(_named(names[kernel], folder.name))
    for line in loops.lines:
        own = loops.names_of(line)
        names |= own
        file = _file(folder, sources[line.name], own)
        loop = kept(_named(_defined(line.name, sources[line.name], file, names), file.stem), file.parent, **_INNER)
        if not config.DISABLE_JIT:
            without_overlap(loop)
            apart[line.name] = loop
            names[line.name] = _called_by_symbol(loop)
    live = kept(_named(_defined("live", sources["live"], folder / "live.py", names), folder.name), folder)
    districts, citizens, posts = settling
    return Engine(design, loops.copied(), districts, citizens, posts, _Months(loops, apart, live) if apart else live)


def without_overlap(loop: Any) -> Any:
    """Return a loop whose arrays LLVM may assume not to overlap, so that it need not check this for every agent."""

    def no_alias(flags: Any) -> Any:
        flags.noalias = True
        return flags

    loop._compiler._customize_flags = no_alias
    return loop


class _Months:
    """``live``, and the loops that it calls, which must be in memory before ``live`` is read from disk."""

    def __init__(self, loops: Loops, apart: dict[str, Any], live: Any) -> None:
        self._loops, self._apart, self._live = loops, apart, live
        self._is_ready = False

    def __call__(self, begin: int, stop: int, w: World, tallies: NDArray[np.float64]) -> None:
        if not self._is_ready:
            self._read(numba.typeof(w), numba.typeof(tallies), numba.typeof(tallies[0]))
        self._live(begin, stop, w, tallies)

    def _read(self, world: Any, tallies: Any, tally: Any) -> None:
        kinds = dict(zip(world.fields, world.types, strict=True))
        for line in self._loops.lines:
            _in_memory(self._apart[line.name], (numba.int64, tally, *(kinds[a] for a in self._loops.arguments[line])))
        self._live.compile((numba.int64, numba.int64, world, tallies))
        self._live.disable_compile()  # for other types, the loops are not in memory
        self._is_ready = True


def _in_memory(loop: Any, given: tuple[Any, ...]) -> str:
    """Compile a loop for arguments of given types or read it from disk, and return the symbol for its address.

    Numba's own name for it differs from process to process, so code on disk must not call it by that name.
    """
    loop.compile(given)
    symbol = f"engagesim_{_hashed(loop.py_func.__qualname__, str(given))}"
    found = loop.overloads[given]
    llvm.add_symbol(symbol, found.library.get_pointer_to_function(found.fndesc.llvm_func_name))
    return symbol


def _called_by_symbol(loop: Any) -> Any:
    """Return a function through which compiled code calls a separately compiled loop without inlining it."""

    @intrinsic
    def called(_: Any, *given: Any) -> Any:
        symbol = _in_memory(loop, given)

        def call(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
            kind = context.call_conv.get_function_type(numba.void, given)
            function = cgutils.get_or_insert_function(builder.module, kind, symbol)
            scalars = cgutils.unpack_tuple(builder, arguments[0])
            context.call_conv.call_function(builder, function, numba.void, given, scalars)  # loops raise nothing
            return context.get_dummy_value()

        return numba.void(numba.types.StarArgTuple(given)), call

    return called


def compiled_parts(loops: Loops, bound: Binding, folder: Path) -> dict[str, Any]:
    """Return the loops and kernels of a month, which only compiled code can call, and ``live``, not yet compiled."""
    names = _kernels(loops, bound)
    for line in loops.lines:
        names |= loops.names_of(line)
    for part, source in loops.sources().items():
        _defined(part, source, folder / f"{part}.py", names)
    for part in (*_by_hand(loops), *(line.name for line in loops.lines)):
        names[part] = numba.njit(**OPTIONS, **_INNER)(_named(names[part], folder.name))
    return names


def _by_hand(loops: Loops) -> list[str]:
    """Return the names of the kernels that a month calls."""
    return [entry for entry in loops.page if isinstance(entry, str)] + ["copy_rows", "copy_column"]


def _kernels(loops: Loops, bound: Binding) -> dict[str, Any]:
    """Return the kernels by name, after letting compiled code call all bound functions."""
    by_hand = {kernel: bound(getattr(kernels, kernel)) for kernel in _by_hand(loops)}
    for function in (*MARKED, *bound.functions):
        _take_in(function)
    return {"__name__": __name__} | by_hand  # without a module, all of Python would be stored with it


def _defined(part: str, source: str, file: Path, names: dict[str, Any]) -> Any:
    """Return the function that a source defines among the given names; the source is kept in a file."""
    if not file.exists():  # compiled code on disk is valid for the time stamp of its source
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, source.encode())
    exec(compile(source, str(file), "exec"), names)  # noqa: S102 - made of our own names alone
    return names[part]


def _file(folder: Path, source: str, names: dict[str, Any]) -> Path:
    """Return the file for a loop, whose name depends on its source and on everything that it calls by name.

    A loop that calls only functions of the engine is the same in all designs, which share it. If it calls others, they
    may depend on anything, so it stays with its design.
    """
    functions = [thing for thing in names.values() if isinstance(thing, types.FunctionType)]
    is_ours = {each.__code__.co_filename for each in reached(*functions)} <= _engine_files()
    made_from = [f"{name}={_described(thing)}" for name, thing in sorted(names.items())]
    return (folder.parent / _shared_name() if is_ours else folder) / f"{_hashed(source, *made_from)}.py"


def _described(thing: Any) -> str:
    if isinstance(thing, types.FunctionType):
        return _content(thing)
    if isinstance(thing, types.ModuleType):
        return thing.__name__
    return str(thing.tolist() if isinstance(thing, np.ndarray) else getattr(thing, "_fields", thing))


def _take_in(function: Callable[..., Any]) -> None:
    """Let compiled code call a function and inline it; the function itself stays plain Python."""
    if function not in _registered:
        register_jitable(**OPTIONS, **_INNER, forceinline=True)(function)
        _registered.add(function)


def _named(function: types.FunctionType, made: str) -> types.FunctionType:
    """Rename a function with a hash of its sources.

    Code read from disk is linked by name. Without the hash, engines compiled by two processes would have the same
    names, and a third process that reads both would always run the first.
    """
    function.__qualname__ = f"{function.__name__}_{made}"
    return function


_log = logging.getLogger(__name__)
config: Any = numba.config
_PACKAGE = Path(__file__).parents[2]
_ENGINE = (
    "compiling.py", "randomness.py", "measures.py", "policy.py", "mechanisms/declarations.py", "mechanisms/design.py",
    "rules/*.py", "month/*.py", "parameters/*.py", "society/*.py", "engines/compiled/*.py",
)  # fmt: skip


@cache
def _engine_files() -> frozenset[str]:
    return frozenset(str(source) for pattern in _ENGINE for source in _PACKAGE.glob(pattern))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def _compiler() -> str:
    """Describe what compiles the loops: this package's compiler, Numba and the processor."""
    cpu = config.CPU_NAME or llvm.get_host_cpu_name()
    features = config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()
    here = [source.read_text("utf-8") for source in sorted(Path(__file__).parent.glob("*.py"))]
    return f"{numba.__version__} {np.__version__} {cpu} {features} {here}"


@cache
def _shared_name() -> str:
    """Return the name of the folder for loops that designs share."""
    return f"loops-{_hashed(_compiler())}"


def compiled_here(design: Design) -> Path:
    """Return the folder for code that this Numba compiles for this CPU from the package's sources and a design."""
    sources = [source.removeprefix(str(_PACKAGE)) + Path(source).read_text("utf-8") for source in _engine_files()]
    marked = (each for each in MARKED if isinstance(each, types.FunctionType))
    ours = reached(*(each for each in marked if each.__code__.co_filename in _engine_files()))
    in_memory = [f"{each.__module__}.{each.__qualname__}={_own_content(each)}" for each in ours]  # read before an edit?
    calls = {f"{old.__name__} now": new for old, new in design.replaced.items()}
    calls |= {f"{place} {step.name}": step.act for place, step in enumerate(design.steps)}
    called = [f"{name}={_content(function)}" for name, function in calls.items()]
    mechanisms = repr([(each.name, each.source) for each in design.mechanisms])
    made_from = (*sorted(sources), *sorted(in_memory), *called, mechanisms)  # functions, in whatever order imported
    return _home() / "engagesim" / _hashed(_compiler(), *made_from)


def _home() -> Path:
    """Return the user's cache folder, or one of our own if the user has no home folder, as in some containers."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return _PACKAGE / "__pycache__"


def is_compiled(design: Design) -> bool:
    """Whether the compiled engine of a design is on disk."""
    return _is_in(compiled_here(design))


def _is_in(folder: Path) -> bool:
    return any(folder.rglob("*.live_*.nbi"))


def kept(function: Callable[..., Any], folder: Path, **options: Any) -> Any:
    """Declare a function that Numba compiles and keeps on disk, or only in memory if no folder is writable.

    It is kept in a folder or, if that is not writable, where Numba chooses.
    """
    options = {**OPTIONS, **options}
    before = config.CACHE_DIR
    try:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            config.CACHE_DIR = str(folder)
        return numba.njit(**options, cache=True)(function)
    except RuntimeError as error:  # neither our folder nor one beside the sources nor the user's is writable
        if "no locator available" not in str(error):
            raise
        _say_that_nothing_is_kept()
        return numba.njit(**options)(function)
    finally:
        config.CACHE_DIR = before


@cache
def _say_that_nothing_is_kept() -> None:
    _log.warning("compiled code is kept only in memory, because no folder for it is writable")


def _content(function: Callable[..., Any]) -> str:
    """Describe what a function computes: its code, and the functions and numbers that it names."""
    return "|".join(_own_content(each) for each in reached(function))


def _own_content(function: types.FunctionType) -> str:
    numbers = [each for each in named_by(function) if isinstance(each, int | float | str | tuple)]
    plain = [each for each in numbers if not isinstance(each, type(RULES))]
    return f"{function.__code__.co_code.hex()} {function.__code__.co_consts} {function.__defaults__} {plain}"


_SIMD = {
    "force-vector-width": (8, 0),  # eight lanes are enough to enter vector code
    "force-vector-interleave": (1, 0),  # but no more at a time: otherwise 32 lanes run in the scalar remainder
    "runtime-memory-check-threshold": (10_000, 8),  # however many arrays a loop uses, which might overlap
    "vectorize-memory-check-threshold": (10_000, 128),
    "hints-allow-reordering": (0, 1),  # but never by adding up in another order, which a forced width would allow
}
"""Options of LLVM while the engine is compiled, and their usual values; they change speed, never results."""


@contextmanager
def vectorising() -> Iterator[None]:
    """Have LLVM turn loops over lanes into SIMD code within this context only."""
    for name, (ours, _) in _SIMD.items():
        llvm.set_option("engagesim", f"--{name}={ours}")
    try:
        yield
    finally:
        for name, (_, usual) in _SIMD.items():
            llvm.set_option("engagesim", f"--{name}={usual}")


@contextmanager
def announced(folder: Path) -> Iterator[None]:
    """Report on standard error that code is being compiled, unless it is on disk.

    LLVM prints a remark for each loop that it was told to vectorise but could not, which are the loops that do not run
    over lanes. These remarks are dropped; other text on standard error is passed on.
    """
    aside = _aside()
    if aside is None:
        yield
        return
    _hand_over()
    with aside, os.fdopen(os.dup(2), "w", errors="replace") as terminal:
        shown: Any = Patient(terminal)
        os.dup2(aside.fileno(), 2)
        try:
            with _status(shown, folder):
                yield
        finally:
            _hand_over()
            os.dup2(terminal.fileno(), 2)
            aside.seek(0)
            shown.write("".join(line for line in aside if not line.startswith("remark: ")))
            shown.flush()


def _aside() -> IO[str] | None:
    """Return a file that collects standard error, or None if nothing is reported or no file can be made."""
    if sys.__stderr__ is None:  # by now, its number may belong to another file
        return None
    try:
        os.fstat(2)
        return tempfile.TemporaryFile("w+", errors="replace")
    except OSError:
        return None


def _hand_over() -> None:
    with suppress(OSError):
        if sys.stderr is not None:
            sys.stderr.flush()


def _status(shown: Any, folder: Path) -> AbstractContextManager[object]:
    """Show progress while compiling: one line outside a terminal, and nothing if the code is on disk."""
    if _is_in(folder):
        return nullcontext()
    console = Console(file=shown)
    is_new = not (folder.parent / _shared_name()).exists()
    text = f"compiling the engine for this machine: once, {'about half a minute' if is_new else 'a few seconds'}"
    if console.is_terminal:
        return console.status(text)
    shown.write(f"{text}\n")
    shown.flush()
    return nullcontext()
