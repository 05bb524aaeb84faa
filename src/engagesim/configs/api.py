"""Named scenarios, comparisons of packages and searches for allies in Python, as on the command line."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engagesim.alliances.found import Allies
from engagesim.alliances.levers import read_levers
from engagesim.alliances.today import Ground
from engagesim.analysis.comparison import Comparison, compare_packages
from engagesim.analysis.outcomes import GROUPS, outcomes_of
from engagesim.configs.command_options import AlliesOptions
from engagesim.configs.compose import Compared, SoughtAllies, composed, composed_comparison, placed
from engagesim.configs.seeking import seek, source_of
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError, no_such, shown
from engagesim.mechanisms.declarations import listed
from engagesim.mechanisms.design import extended
from engagesim.parameters import Parameters
from engagesim.parameters.pydantic_errors import validated
from engagesim.places.stored import Place
from engagesim.society.files import sized
from engagesim.study.argument_checks import checked, one_of, seeds_of, societies_of
from engagesim.study.intervention_packages import read_packages
from engagesim.validation.parameter_sets import spread_over

_LIKE = {"packages": "{'audit': ['social_audit']}", "contexts": "{'town': scenario()}"}
_GROUPS = ("population", "network", "incentives", "engagement", "trends")


def scenario(name: str = "none", **groups: str) -> Parameters:
    """Return the parameters of a built-in scenario, as in ``engagesim run scenario=NAME``.

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
        The parameters; the method ``changed`` sets single numbers.

    Raises
    ------
    ParameterError
        If a scenario, group or choice does not exist; the message lists those that exist.

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


def compare(  # noqa: PLR0913 - all parts of a question
    packages: Mapping[str, Any],
    contexts: Mapping[str, Parameters] | None = None,
    seeds: Sequence[int] = range(1, 101),
    outcome: str = "quality",
    calibration: str = "default",
    *,
    negligible: Mapping[str, float] | None = None,
    mechanisms: Sequence[Any] = (),
    place: str | Path | None = None,
) -> Comparison:
    """Simulate societies with and without packages of interventions on the same seeds, and compare them.

    ``engagesim compare`` does the same and writes a report.

    Parameters
    ----------
    packages : mapping of str to list
        Packages by name, each a list of interventions: names from ``conf/intervention``, mappings such as
        ``{"use": NAME, "start": 36, "where": 0.5}``, or new schedules.
    contexts : mapping of str to Parameters
        Societies in which packages are compared, by name; the baseline is each society without packages. With
        ``place``, at most one, whose settings hold in all societies of the place.
    seeds : sequence of int
        At least two different seeds, the same for all packages.
    outcome : str
        The main outcome, such as ``quality``, ``coalition_ever`` or a mechanism's measure; the cost tables use it.
    calibration : str
        A calibration of ``conf/calibration``, whose parameter sets the societies use in turn; ``none`` keeps the
        parameters unchanged.
    negligible : mapping of str to float, optional
        Differences that are too small to matter, by outcome, such as ``{"quality": 0.02}``; by default 0.01 of a
        scale or share, and one month.
    mechanisms : sequence of module, str or Path
        Your own mechanisms, which all societies have; packages may change their settings.
    place : str or Path, optional
        A folder written by ``engagesim place``: seeds 1, 2 ... select the first, second ... society that stands for the
        place, and months count from today.

    Returns
    -------
    Comparison
        Tables of differences, of who gains, of changes over the years, and of costs.

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
    mine = None if place is None else _placed(place)
    if mine is not None and contexts is None:
        contexts = {mine.profile.name: Parameters()}
    for what, given in (("packages", packages), ("contexts", contexts)):
        if not isinstance(given, Mapping) or not given or not all(isinstance(name, str) and name for name in given):
            raise ParameterError(
                f"{what} = {shown(given)}: must be a mapping with one name or more, as in {_LIKE[what]}"
            )
    assert contexts is not None  # noqa: S101 - a mapping, as checked above
    if mine is not None and len(contexts) > 1:
        raise ParameterError("contexts: must be at most one with place, whose societies are the contexts")
    societies = dict(zip(contexts, societies_of(contexts.values(), "contexts"), strict=True))
    draws = seeds_of(seeds, least=2)
    known, found = _known(calibration), listed(mechanisms)
    societies = {name: sized(extended(parameters, found)) for name, parameters in societies.items()}
    for parameters in societies.values():
        one_of(outcome, (each.name for each in outcomes_of(type(parameters))), "outcome")
    read = read_packages(packages, known.catalogue)
    over = spread_over(known.calibration.sets, simulate)
    if mine is not None:
        (base,) = societies.values()
        societies, over = {mine.profile.name: mine.described(base)}, mine.spread(simulate, base)
    return compare_packages(
        societies, dict.fromkeys(societies, read), draws, outcome, over, negligible=_negligible(negligible, societies)
    )


def _negligible(given: Any, societies: Mapping[str, Parameters]) -> dict[str, float]:
    """Return the checked amounts that count as negligible."""
    if given is None:
        return {}
    known = {each.name for society in societies.values() for each in (*outcomes_of(type(society)), *GROUPS)}
    for name, value in dict(given).items():
        one_of(name, sorted(known), "negligible")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise ParameterError(f"negligible.{name} = {shown(value)}: must be a number, 0 or more")
    return dict(given)


def allies(  # noqa: PLR0913 - all parts of a question
    parameters: Parameters | None = None,
    district: int | str = 0,
    *,
    place: str | Path | None = None,
    after: str | Path | None = None,
    calibration: str = "default",
    mechanisms: Sequence[Any] = (),
    **options: Any,
) -> Allies:
    """Find whom to bring together in a district, in what order, and what moves each actor.

    ``engagesim allies`` does the same and writes a page.

    Parameters
    ----------
    parameters : Parameters, optional
        The society, perhaps with files of people and ties; by default, the default society.
    district : int or str
        The number of the district, from 0, or its name in the files.
    place : str or Path, optional
        A folder written by ``engagesim place``: each future starts from a different society that stands for the place.
    after : str or Path, optional
        The folder of a stored run, or a file written by ``Snapshot.save``: futures start at its end.
    calibration : str
        A calibration of ``conf/calibration``, whose parameter sets the societies use in turn; ``none`` keeps the
        parameters unchanged.
    mechanisms : sequence of module, str or Path
        Your own mechanisms, which the society has.
    **options
        Options of the command line: ``most``, ``every``, ``budget``, ``costs``, ``horizon``, ``holds``, ``today``,
        ``futures`` and ``fresh``.

    Returns
    -------
    engagesim.alliances.found.Allies
        ``table``, ``path``, ``levers``, ``smaller`` and ``blows`` are tables; gains are shares, from -1 to 1.

    Raises
    ------
    ParameterError
        If an option, the district or the calibration does not exist or is out of range.
    InputError
        If a file of people or ties cannot be read.
    StoreError
        If ``after`` is neither a run nor a snapshot.

    Examples
    --------
    >>> from engagesim import Parameters, allies
    >>> ward = Parameters().changed(
    ...     {"population.citizens": 60, "population.districts": 1, "population.providers": 2, "engagement.opened": 1}
    ... )
    >>> found = allies(ward, futures=20, fresh=20, most=1)
    >>> len(found.judged.path) <= 1
    True
    """
    given = checked(Parameters() if parameters is None else parameters, Parameters, "parameters")
    words = {"place": place, "after": after}
    if parameters is not None and after is not None:
        raise ParameterError("parameters: must be left out with after, whose society has its own settings")
    for name in {"output", "progress"} & options.keys():
        raise ParameterError(f"{name}: must be left out; nothing is written or shown")
    named = {name: None if word is None else str(word) for name, word in words.items()}
    asked = validated(AlliesOptions, {"district": str(district), **named, **options})
    known, society = _known(calibration), extended(given, listed(mechanisms))
    mine = None if place is None else _placed(place)
    sought = SoughtAllies(society, known.calibration, read_levers(known.catalogue, asked.costs), asked, mine)
    return seek(sought, Ground(source_of(sought), asked.district))


def _known(calibration: Any) -> Compared:
    """Return the interventions and the parameter sets of a calibration."""
    if not isinstance(calibration, str) or not calibration.isidentifier():
        raise ParameterError(f"calibration = {shown(calibration)}: must be the name of one choice")
    return composed_comparison(["comparison=none", f"calibration={calibration}"])


def _placed(word: str | Path) -> Place:
    return placed(str(word), [])
