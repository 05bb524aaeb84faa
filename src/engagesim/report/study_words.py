"""Labels and scales for the axes of a study's figures."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from engagesim.analysis.intervals import idle_factors
from engagesim.mechanisms.design import measures_of
from engagesim.parameters import Parameters, parameter_table
from engagesim.report.text import capital, listed, plain, several
from engagesim.study.designs import DUMMY
from engagesim.study.results import Results


def set_scales(axes: Axes, is_log_across: bool, is_log_up: bool = False) -> None:
    """Give axes the scales of their factors; ticks on a logarithmic scale are plain numbers."""
    axes.set(xscale="log" if is_log_across else "linear", yscale="log" if is_log_up else "linear")
    for axis, is_log in ((axes.xaxis, is_log_across), (axes.yaxis, is_log_up)):
        if is_log:
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(NullFormatter())


def factor_name(path: str) -> str:
    """Return the name of a factor for running text."""
    return "chance alone (dummy)" if path == DUMMY else plain(path.rpartition(".")[2])


def factor_axis(path: str, society: type[Parameters], width: int = 44) -> str:
    """Return the label for the axis of a factor: name, description and unit; ``width`` is in characters per line."""
    row = next(row for row in parameter_table(society) if row.path == path)
    name, says = capital_name(path), row.description
    if not says.lower().startswith(name.lower()):
        says = f"{name}: {says[:1].lower()}{says[1:]}"
    return f"{textwrap.fill(says, width)}\n({row.unit})"


def outcome_axis(measure: str, society: type[Parameters]) -> str:
    """Return the label for the axis of an outcome."""
    if measure == "coalition_formed":
        return "Chance of a lasting coalition in a district"
    found = next(each for each in measures_of(society) if each.name == measure)
    return f"{found.description} ({found.unit})"


def choice_name(value: object) -> str:
    """Return a choice or a value of a factor as a label."""
    return f"{value:.4g}" if isinstance(value, float) else plain(str(value))


def capital_name(path: str) -> str:
    """Return the name of a factor with a capital letter, for the start of a line."""
    return capital(factor_name(path))


def idle_words(results: Results) -> str:
    """State which factors changed nothing in any run because nothing could respond to them, so no effect was tested."""
    idle = idle_factors(results.runs, results.varying, results.plan.choices)
    names, them = listed([factor_name(path) for path in idle]), "it" if len(idle) == 1 else "them"
    return (
        f"{capital(names)} changed nothing in any run: these societies have nothing for {them} to act on."
        if idle
        else ""
    )


def counted_runs(runs: pd.DataFrame) -> str:
    """Return how many runs a figure is based on, and how many failed and are left out."""
    failed = int(runs["failed"].notna().sum())
    return several(len(runs) - failed, "run") + (f"; {failed:,} more failed and are left out" if failed else "")
