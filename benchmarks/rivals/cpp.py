"""A scalar C++ port of the citizens' phases, compiled with all the optimisation that the machine's compiler has."""

import ctypes
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engagesim import Parameters
from rivals.citizens import HOME, POST, Society, opened

SOURCE = Path(__file__).with_name("citizens.cpp")

_POINTERS = ("first", "kin", "neighbours", "where", "served", "columns", "homes", "posts")


class _Society(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("citizens", "districts", "officials")),
        *((name, ctypes.c_uint32) for name in ("seed", "wiring")),
        *((name, ctypes.c_void_p) for name in _POINTERS),
    )


@cache
def library() -> Any:
    """Compile the port and load it; None where there is no compiler."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "citizens.so"
        options = ("-O3", "-march=native", "-std=c++17", "-shared", "-fPIC")
        subprocess.run([compiler, *options, str(SOURCE), "-o", str(built)], check=True)
        loaded = ctypes.CDLL(str(built))
    loaded.names.restype = ctypes.c_char_p
    return loaded


class Citizens:
    """A society that the port goes on with."""

    def __init__(self, society: Society) -> None:
        self._port = library()
        numbers, counts, posts, homes = (each.split() for each in self._port.names().decode().split("|"))
        empty = np.zeros(society.size, dtype=np.int32)
        self.columns = {
            **{name: society.columns[name].astype(np.float64) for name in numbers},
            **{name: society.columns.get(name, empty).astype(np.int32) for name in counts},
        }
        self._posts = np.zeros((len(society.posts["called"]), len(posts)))
        for name in POST:
            self._posts[:, posts.index(name)] = society.posts[name]
        self._homes = np.zeros((len(society.homes["quality"]), len(homes)))
        for name in HOME:
            self._homes[:, homes.index(name)] = society.homes[name]
        for place, path in enumerate(homes):
            if "." in path:
                self._homes[:, place] = society.setting(path)
        self.sums = {name.removesuffix("_now"): self._posts[:, posts.index(name)] for name in posts if "_now" in name}
        self.sums |= {name: self._homes[:, homes.index(name)] for name in ("support", "voices")}
        self._kept = (society, (ctypes.c_void_p * len(self.columns))(*(c.ctypes.data for c in self.columns.values())))
        ties = (getattr(society, name).ctypes.data for name in _POINTERS[:5])
        self._society = _Society(
            society.size, len(self._homes), len(self._posts), society.seed, society.wiring, *ties,
            ctypes.addressof(self._kept[1]), self._homes.ctypes.data, self._posts.ctypes.data,
        )  # fmt: skip

    def live(self, phase: str, month: int) -> None:
        """Let citizens do what they do in one phase of a month."""
        getattr(self._port, f"{phase}_all")(ctypes.byref(self._society), ctypes.c_int(month))

    def run(self, months: int) -> float:
        """Let citizens go through some months, and return the seconds of processor time that it took."""
        start = time.thread_time()
        self._port.run(ctypes.byref(self._society), ctypes.c_int(months))
        return time.thread_time() - start


def nanoseconds_per_citizen_month(parameters: Parameters) -> float | None:
    """Least time of five repetitions, or None where there is no compiler."""
    if library() is None:
        return None
    society = opened(parameters)
    return min(Citizens(society).run(parameters.months) for _ in range(5)) * 1e9 / (society.size * parameters.months)
