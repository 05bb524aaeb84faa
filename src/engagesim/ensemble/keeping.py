"""Where compiled code is kept: a folder named after all that it was made from."""

import hashlib
import os
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba

from engagesim.rules import Rules

config: Any = numba.config
_PACKAGE = Path(__file__).parents[1]
_ENGINE = (
    "compiling.py", "randomness.py", "measures.py", "rules/*.py", "parameters/*.py", "society/*.py", "ensemble/*.py",
)  # fmt: skip


def compiled_here(rules: Rules) -> Path:
    """Return the folder for code compiled from the package's sources with these rules, by this Numba, for this CPU."""
    made_from = hashlib.sha256()
    for source in sorted(source for pattern in _ENGINE for source in _PACKAGE.glob(pattern)):
        made_from.update(str(source.relative_to(_PACKAGE)).encode() + source.read_bytes())
    for name, function in rules._asdict().items():
        made_from.update(f"{name}={_content(function, set())}".encode())
    cpu = config.CPU_NAME or llvm.get_host_cpu_name()
    features = config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()
    made_from.update(f"{numba.__version__} {cpu} {features}".encode())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "engagesim" / made_from.hexdigest()[:20]


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Have Numba keep the functions declared within in a folder; in memory only, where it cannot be written."""
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


def _content(thing: Any, seen: set[int]) -> str:
    """Describe what a function computes: its code, and that of the functions and numbers it names."""
    if not isinstance(thing, types.FunctionType) or id(thing) in seen:
        return repr(thing) if isinstance(thing, int | float | str | bool | tuple) else type(thing).__name__
    seen.add(id(thing))
    code = thing.__code__
    cells = [cell.cell_contents for cell in thing.__closure__ or ()]
    named = [thing.__globals__[name] for name in code.co_names if name in thing.__globals__]
    parts = [code.co_code.hex(), repr(code.co_consts), *(_content(part, seen) for part in (*cells, *named))]
    return "|".join(parts)
