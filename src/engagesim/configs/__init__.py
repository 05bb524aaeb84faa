"""Hydra configs: compose ``conf/`` and overrides, check them, and return typed objects."""

from itertools import takewhile
from pathlib import Path


def config_folder() -> Path:
    """Return the folder of the configs: inside an installed package, or at the root of a source checkout."""
    package = Path(__file__).parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def purpose(text: str) -> str:
    """Return the first sentence of the comment at the top of a config, which describes it."""
    lines = takewhile(lambda line: line.startswith("#"), text.removeprefix("# @package _global_\n").splitlines())
    return " ".join(line.removeprefix("#").strip() for line in lines).partition(". ")[0].removesuffix(".")
