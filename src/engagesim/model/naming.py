"""What a society is made from, as a user or one of Mesa's runners passes it by name."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from mesa.experimental.scenarios import Scenario

from engagesim.errors import ParameterError, shown
from engagesim.mechanisms.design import extended
from engagesim.parameters import Parameters
from engagesim.rules import Rules


def named(
    parameters: Parameters | None, scenario: Scenario | None, changes: Mapping[str, Any], mechanisms: Iterable[Any] = ()
) -> Parameters:
    """Return the parameters with what is passed by name, which goes before what stands in a scenario.

    Raises
    ------
    ParameterError
        Where something is no parameter, or has a value that is not allowed.
    """
    if not isinstance(parameters, Parameters | None):
        raise ParameterError(f"parameters = {shown(parameters)}: allowed is a Parameters{_IN_A_LIST}")
    if not isinstance(scenario, Scenario | None):
        raise ParameterError(f"scenario = {shown(scenario)}: allowed is a Scenario of Mesa{_IN_A_LIST}")
    said = dict(changes)
    if scenario is not None:
        told = dict(scenario)
        rng = told.pop("rng")
        said = told | said
        if rng is not None and said.get("rng") is None:
            said["rng"] = rng
    given = [said.pop(name) for name in ("rng", "seed") if name in said]
    paths = {path.replace("__", "."): value for path, value in said.items()}
    if given:
        seeds = [seed for seed in given if seed is not None]
        if len(seeds) > 1:
            raise ParameterError("rng and seed: allowed is one of them")
        paths["seed"] = _seed(seeds[0] if seeds else None)
    return extended(parameters or Parameters(), mechanisms).changed(paths)


def check_kinds(rules: Any, **kinds: tuple[Any, type]) -> None:
    """Refuse what is no set of rules, and what is no subclass of the agent that it stands for.

    Raises
    ------
    ParameterError
        Names it, and what is allowed.
    """
    if not isinstance(rules, Rules):
        raise ParameterError(f"rules = {shown(rules)}: allowed is RULES, or RULES._replace(...){_IN_A_LIST}")
    for name, rule in rules._asdict().items():
        if not callable(rule):
            raise ParameterError(f"rules.{name} = {shown(rule)}: allowed is a function")
    for name, (kind, base) in kinds.items():
        if not (isinstance(kind, type) and issubclass(kind, base)):
            raise ParameterError(f"{name} = {shown(kind)}: allowed is {base.__name__}, or a subclass of it")


def _seed(rng: Any) -> Any:
    """Return a seed of ours for whatever Mesa and NumPy take as one; None is a new one each time."""
    if isinstance(rng, str | float | int | np.integer):
        return rng  # checked as a parameter
    try:
        return int(np.random.default_rng(rng).integers(_SEEDS))
    except (TypeError, ValueError):
        raise ParameterError(
            f"rng = {shown(rng)}: allowed are whole numbers from 0 to {_SEEDS - 1}, and what NumPy makes a generator of"
        ) from None


_SEEDS = 2**32
_IN_A_LIST = " (mesa.batch_run takes each in a list, as it goes through what it is given)"
