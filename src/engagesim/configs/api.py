"""Named scenarios and comparisons of packages, for Python as on the command line."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engagesim.analysis.comparison import Comparison, compare_packages
from engagesim.analysis.outcomes import GROUPS, outcomes_of
from engagesim.configs.compose import composed, composed_comparison
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError, no_such, shown
from engagesim.mechanisms.declarations import listed
from engagesim.mechanisms.design import extended
from engagesim.parameters import Parameters
from engagesim.society.files import sized
from engagesim.study.argument_checks import one_of, seeds_of, societies_of
from engagesim.study.intervention_packages import read_packages
from engagesim.validation.parameter_sets import spread_over

_LIKE = {"packages": "{'audit': ['social_audit']}", "contexts": "{'town': scenario()}"}
_GROUPS = ("population", "network", "incentives", "engagement", "trends")


def scenario(name: str = "none", **groups: str) -> Parameters:
    """Return the parameters of a ready scenario, as ``engagesim run scenario=NAME`` takes them.

    Parameters
    ----------
    name : str
        A scenario of ``conf/scenario``; ``none`` is the default society.
    **groups : str
        Choices that override the scenario's, as on the command line: ``engagement="survey"``,
        ``population="hamlet"``, and so on for ``network``, ``incentives`` and ``trends``.

    Returns
    -------
    engagesim.Parameters
        Its method ``changed`` sets single numbers.

    Raises
    ------
    ParameterError
        If a scenario, group or choice does not exist; the message says which exist.

    Examples
    --------
    >>> from engagesim import scenario
    >>> town = scenario("merit_state", engagement="survey").changed({"incentives.patronage": 0.2})
    >>> town.name, town.engagement.form, town.incentives.patronage
    ('merit_state', 'survey', 0.2)
    """
    for group in groups:
        if group not in _GROUPS:
            raise ParameterError(no_such(group, "group", _GROUPS))
    chosen = {"scenario": name, **groups}
    for group, choice in chosen.items():
        if not isinstance(choice, str) or not choice.isidentifier():
            raise ParameterError(f"{group} = {shown(choice)}: must be the name of one choice")
    return composed([f"{group}={choice}" for group, choice in chosen.items()]).parameters


def compare(  # noqa: PLR0913 - a question in full
    packages: Mapping[str, Any],
    contexts: Mapping[str, Parameters],
    seeds: Sequence[int] = range(1, 101),
    outcome: str = "quality",
    calibration: str = "default",
    *,
    negligible: Mapping[str, float] | None = None,
    mechanisms: Sequence[Any] = (),
) -> Comparison:
    """Simulate societies with and without packages of interventions, on the same seeds, and compare.

    ``engagesim compare`` does the same and writes a report.

    Parameters
    ----------
    packages : mapping of str to list
        By name, each a list of interventions of ``conf/intervention`` by their names, of mappings such as
        ``{"use": NAME, "start": 36, "where": 0.5}``, or of new schedules.
    contexts : mapping of str to Parameters
        Societies to compare in, by name; the baseline is each of them without packages.
    seeds : sequence of int
        At least two, each once, the same for all packages.
    outcome : str
        The main outcome, such as ``quality``, ``coalition_ever`` or a mechanism's measure; the cost tables use it.
    calibration : str
        A calibration of ``conf/calibration``, whose parameter sets the societies take in turn; ``none`` for the
        parameters as they are.
    negligible : mapping of str to float, optional
        Differences that are too small to matter, by outcome, such as ``{"quality": 0.02}``; by default 0.01 of a
        scale or share, and one month.
    mechanisms : sequence of module, str or Path
        Mechanisms of your own that all societies have; packages may move their settings.

    Returns
    -------
    Comparison
        Tables of differences, of who gains, of courses over the years, and of costs.

    Raises
    ------
    ParameterError
        If an intervention, outcome or calibration is unknown, or a schedule does not fit a society.

    Examples
    --------
    >>> from engagesim import compare, scenario
    >>> town = scenario("contested_reform", population="hamlet", engagement="none").changed({"months": 36})
    >>> found = compare({"audit": ["social_audit"]}, {"contested": town}, seeds=range(1, 11))
    >>> found.differences.loc[0, ["context", "package", "outcome"]].tolist()
    ['contested', 'audit', 'quality']
    """
    for place, given in (("packages", packages), ("contexts", contexts)):
        if not isinstance(given, Mapping) or not given or not all(isinstance(name, str) and name for name in given):
            raise ParameterError(
                f"{place} = {shown(given)}: must be a mapping with one name or more, as in {_LIKE[place]}"
            )
    societies = dict(zip(contexts, societies_of(contexts.values(), "contexts"), strict=True))
    draws = seeds_of(seeds, least=2)
    if not isinstance(calibration, str) or not calibration.isidentifier():
        raise ParameterError(f"calibration = {shown(calibration)}: must be the name of one choice")
    found = listed(mechanisms)
    societies = {name: sized(extended(parameters, found)) for name, parameters in societies.items()}
    for parameters in societies.values():
        one_of(outcome, (known.name for known in outcomes_of(type(parameters))), "outcome")
    known = composed_comparison(["comparison=none", f"calibration={calibration}"])
    read = read_packages(packages, known.catalogue)
    over = spread_over(known.calibration.sets, simulate)
    return compare_packages(
        societies, dict.fromkeys(societies, read), draws, outcome, over, negligible=_negligible(negligible, societies)
    )


def _negligible(given: Any, societies: Mapping[str, Parameters]) -> dict[str, float]:
    """Return what counts as negligible, checked."""
    if given is None:
        return {}
    known = {each.name for society in societies.values() for each in (*outcomes_of(type(society)), *GROUPS)}
    for name, value in dict(given).items():
        one_of(name, sorted(known), "negligible")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise ParameterError(f"negligible.{name} = {shown(value)}: must be a number, 0 or more")
    return dict(given)
