"""Hydra's launchers for the jobs of a multirun: which are allowed, and which settings they accept."""

import re
import shutil
from importlib.util import find_spec
from typing import Any

from engagesim.errors import ExtraError, ParameterError, either, not_one_of, shown

LAUNCHERS = ("basic", "joblib", "submitit_local", "submitit_slurm")
"""Launchers that may be chosen: jobs run one by one, in processes, or under Slurm."""

SETTING = "hydra.launcher."
"""Prefix of the keys of a launcher's settings."""

_COUNT = re.compile(r"[1-9]\d{0,8}"), "a whole number, 1 or more"
_SETTINGS = {
    "n_jobs": (re.compile(r"-?[1-9]\d{0,4}"), "a number of processes, or -1 for one per core"),
    "batch_size": (re.compile(r"auto|[1-9]\d{0,8}"), "a whole number, 1 or more, or auto"),
    "pre_dispatch": (re.compile(r"all|[1-9]\d{0,8}(\*n_jobs)?"), "all, a whole number from 1, or one like 2*n_jobs"),
    "prefer": (re.compile("processes|threads"), "processes or threads"),
    "require": (re.compile("None"), "null: the runs of a multirun share no memory"),
    "timeout": (re.compile(r"None|0*[1-9]\d{0,8}(\.\d*)?"), "1 second or more, or null"),
    "max_nbytes": (re.compile(r"None|\d{1,9}[KMG]?"), "a size such as 10M, or null"),
    "mmap_mode": (re.compile(r"None|r\+?|w\+|c"), "r, r+, w+, c or null"),
    **dict.fromkeys(("timeout_min", "cpus_per_task", "tasks_per_node", "nodes", "mem_gb", "array_parallelism"), _COUNT),
}
"""Settings for which a launcher would detect wrong values only after its start."""


def check_launcher(name: Any) -> None:
    """Refuse a launcher that does not exist, or that this machine lacks.

    Raises
    ------
    ParameterError, ExtraError
        If the launcher is unknown, or something it needs is missing; the message states which exist or what to install.
    """
    if name not in LAUNCHERS:
        raise ParameterError(not_one_of("hydra/launcher", name, LAUNCHERS))
    if name.startswith("submitit") and find_spec("submitit") is None:
        raise ExtraError(f"hydra/launcher = {name}", "cluster")
    if name == "submitit_slurm" and shutil.which("srun") is None:
        here = either(each for each in LAUNCHERS if each != name)
        raise ParameterError(f"hydra/launcher = {shown(name)}: must be {here}; this machine has no srun (Slurm)")


def check_setting(key: str, value: Any) -> None:
    """Refuse a setting of a launcher that is out of range; Hydra checks settings that are not listed here.

    Raises
    ------
    ParameterError
        If the value is out of range; the message names the setting and states what is allowed.
    """
    pattern, words = _SETTINGS.get(key.removeprefix(SETTING), (None, ""))
    if pattern and not pattern.fullmatch(str(value)):
        raise ParameterError(f"{key} = {shown(value)}: must be {words}")
