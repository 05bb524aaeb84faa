"""Compile a set of rules and the loops of the month, once per machine.

Compiled code is kept on disk in a folder whose name depends on everything from which it was made: all sources of the
package, the rules in use, Numba and the processor. A change in any of them leads to another folder, so stale rules
never run. The folder also holds the source of the loops.
"""

import hashlib
import logging
import os
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import llvmlite.binding as llvm
import numba
from numba.extending import register_jitable
from rich.console import Console

from engagesim.compiling import MARKED
from engagesim.engines.compiled import kernels
from engagesim.engines.compiled.loops import Loops
from engagesim.files import write_whole
from engagesim.machine import Patient
from engagesim.mechanisms.design import Design
from engagesim.month.binding import Binding
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
    settling = [bound(f) for f in (population.settle_districts, population.settle_citizens, population.settle_posts)]
    with kept_in(folder):
        loops = Loops(design, bound)
        live = _named(compiled_parts(loops, bound, folder)["live"], folder.name)
        return Engine(design, loops.copied(), *kept([*settling, live], **OPTIONS))


def compiled_parts(loops: Loops, bound: Binding, folder: Path, **options: Any) -> dict[str, Any]:
    """Return the loops and kernels of a month, declared to the compiler, and ``live``, which is not yet compiled.

    Unless other ``options`` are given, only compiled code can call loops and kernels.
    """
    by_hand = {entry: bound(getattr(kernels, entry)) for entry in loops.page if isinstance(entry, str)}
    file = folder / "month.py"
    text = loops.source()
    if not file.exists():  # compiled code on disk is valid for the time stamp of its source
        with suppress(OSError):
            write_whole(file, text.encode())
    by_hand |= {function.__name__: bound(function) for function in (kernels.copy_rows, kernels.copy_column)}
    names = {"__name__": __name__} | loops.names() | by_hand  # without a module, all of Python would be stored with it
    exec(compile(text, str(file), "exec"), names)  # noqa: S102 - made of our own names alone
    for function in (*MARKED, *bound.functions):
        _take_in(function)
    for part in (*by_hand, *(line.name for line in loops.lines)):
        names[part] = numba.njit(**OPTIONS, **(options or _INNER))(_named(names[part], folder.name))
    return names


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


def compiled_here(design: Design) -> Path:
    """Return the folder for code that this Numba compiles for this CPU from the package's sources and a design."""
    made_from = hashlib.sha256()
    for source in sorted(source for pattern in _ENGINE for source in _PACKAGE.glob(pattern)):
        made_from.update(str(source.relative_to(_PACKAGE)).encode() + source.read_bytes())
    ours = [each for each in MARKED if each.__module__.startswith("engagesim.")]
    in_memory = {f"{each.__module__}.{each.__qualname__}": each for each in ours}  # was it read before an edit?
    in_memory |= {f"{old.__name__} now": new for old, new in design.replaced.items()}
    in_memory |= {f"{place} {step.name}": step.act for place, step in enumerate(design.steps)}
    for name, function in sorted(in_memory.items()):  # in whatever order they were imported
        made_from.update(f"{name}={_content(function, set())}".encode())
    made_from.update(repr([(each.name, each.source) for each in design.mechanisms]).encode())
    cpu = config.CPU_NAME or llvm.get_host_cpu_name()
    features = config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()
    made_from.update(f"{numba.__version__} {cpu} {features}".encode())
    return _home() / "engagesim" / made_from.hexdigest()[:20]


def _home() -> Path:
    """Return the user's cache folder, or one of our own if the user has no home, as in some containers."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return _PACKAGE / "__pycache__"


def is_compiled(design: Design) -> bool:
    """Whether the compiled engine of a design is on disk."""
    return any(compiled_here(design).rglob("*.live_*.nbi"))


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Have Numba store functions declared in this context in a folder or, if that is not writable, where it chooses."""
    before = config.CACHE_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(folder)
    except OSError:
        config.CACHE_DIR = before
    try:
        yield
    finally:
        config.CACHE_DIR = before


def kept(functions: Sequence[Callable[..., Any]], **options: Any) -> list[Any]:
    """Declare functions that Numba compiles and keeps on disk, or only in memory if no folder for them is writable."""
    try:
        return [numba.njit(**options, cache=True)(function) for function in functions]
    except RuntimeError as error:  # neither our folder nor one beside the sources nor the user's is writable
        if "no locator available" not in str(error):
            raise
        _log.warning("compiled code is kept only in memory, because no folder for it is writable")
        return [numba.njit(**options)(function) for function in functions]


def _content(thing: Any, seen: set[int]) -> str:
    """Describe what a function computes: its code, and the functions and numbers that it names."""
    if not isinstance(thing, types.FunctionType) or id(thing) in seen:
        is_plain = isinstance(thing, int | float | str | bool) or (isinstance(thing, tuple) and thing is not RULES)
        return repr(thing) if is_plain else type(thing).__name__
    seen.add(id(thing))
    code = thing.__code__
    cells = [cell.cell_contents for cell in thing.__closure__ or ()]
    named = [thing.__globals__[name] for name in code.co_names if name in thing.__globals__]
    parts = [code.co_code.hex(), repr(code.co_consts), *(_content(part, seen) for part in (*cells, *named))]
    return "|".join(parts)


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
    if any(folder.rglob("*.live_*.nbi")):
        return nullcontext()
    console = Console(file=shown)
    text = "compiling the engine for this machine: once, about half a minute"
    if console.is_terminal:
        return console.status(text)
    shown.write(f"{text}\n")
    shown.flush()
    return nullcontext()
