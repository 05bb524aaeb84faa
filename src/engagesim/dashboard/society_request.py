"""The society that a visitor requests: a scenario, changed parameters, and changes made while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from engagesim.configs import choices
from engagesim.configs.compose import composed, known_interventions
from engagesim.dashboard.limits import MOST_ACTS, MOST_MONTHS, check_size
from engagesim.errors import ParameterError, nearest
from engagesim.parameters import SETTINGS, Intervention, Parameters, parameter_table

USUAL = "contested_reform"
"""The scenario that the dashboard opens with, and that ``engagesim run`` uses when the command names none."""

_SETTINGS = {setting.path: setting for setting in SETTINGS}


class Act(NamedTuple):
    """A change made while a society runs, in force from a given month.

    ``what`` is the path of a setting and ``value`` its new value in all districts. Or ``what`` is an intervention of
    ``conf/intervention``, and ``value`` is 1 if it starts and 0 if it ends.
    """

    month: int
    what: str
    value: float


@dataclass(frozen=True)
class SocietyRequest:
    """A society and the changes made while it runs; results are identical on every machine, bit for bit.

    Parameters
    ----------
    scenario : str
    changes : mapping
        Changed parameters of the scenario by path, including the seed.
    acts : tuple of Act
        The changes made during the run, in the order of months.
    """

    scenario: str = USUAL
    changes: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()

    def start(self) -> Parameters:
        """Return the parameters of the society before any change made during the run.

        Raises
        ------
        ParameterError
            If the society is not allowed, or is too large for the browser.
        """
        if self.scenario not in scenarios():
            near = nearest(self.scenario, scenarios())
            raise ParameterError(f"scenario = {self.scenario[:60]}: must be one of {', '.join(scenarios())}{near}")
        parameters = scenario_parameters(self.scenario).changed(self.changes)
        check_size(parameters)
        return parameters

    def parameters(self) -> Parameters:
        """Return the parameters of the society, with all changes during the run as interventions."""
        start = self.start()
        entries = [*start.interventions, *interventions(self.acts)]
        return start.changed({"interventions": [entry.model_dump() for entry in entries]})

    def doing(self, act: Act) -> "SocietyRequest":
        """Return the request with one more change; if a setting changes twice in a month, the second change holds."""
        same = [each for each in self.acts if (each.month, each.what) == (act.month, act.what)]
        if same and act.what not in _SETTINGS:  # started and ended in the same month, or the reverse
            acts = tuple(each for each in self.acts if each not in same)
        else:
            acts = (*(each for each in self.acts if each not in same), act)
        return SocietyRequest(self.scenario, self.changes, acts)

    def under_way(self) -> tuple[str, ...]:
        """Return the interventions that were started during the run and have not ended."""
        last = {act.what: act.value for act in self.acts if act.what not in _SETTINGS}
        return tuple(name for name, value in last.items() if value)


def interventions(acts: tuple[Act, ...]) -> list[Intervention]:
    """Return the changes during the run as interventions.

    Raises
    ------
    ParameterError
        If an act has an unknown name, or ends an intervention that has not started.
    """
    if len(acts) > MOST_ACTS:
        raise ParameterError(f"the society was changed {len(acts)} times: must be at most {MOST_ACTS} in the dashboard")
    entries: list[Intervention] = []
    begun: dict[str, int] = {}
    for act in acts:
        if not 0 <= act.month <= MOST_MONTHS:
            raise ParameterError(f"act = {act.month}:{act.what}: month must be from 0 to {MOST_MONTHS}")
        if act.what in _SETTINGS:
            entries.append(Intervention(name=act.what, start=act.month, set={act.what: act.value}))
        elif act.value:
            begun[act.what] = len(entries)
            entries.append(known(act.what).model_copy(update={"start": act.month, "stop": None}))
        else:
            place = begun.pop(known(act.what).name, None)
            if place is None or entries[place].start >= act.month:
                raise ParameterError(f"act = {act.month}:{act.what}: must end an intervention that has started")
            entries[place] = entries[place].model_copy(update={"stop": act.month})
    return entries


def known(name: str) -> Intervention:
    """Return an intervention by its name.

    Raises
    ------
    ParameterError
        If it does not exist.
    """
    catalogue = offered()
    if name not in catalogue:
        raise ParameterError(
            f"act = {name[:60]}: must be a setting or an intervention{nearest(name, [*catalogue, *_SETTINGS])}"
        )
    return catalogue[name]


@cache
def offered() -> dict[str, Intervention]:
    """Return all available interventions, by name."""
    return known_interventions()


def forms() -> tuple[str, ...]:
    """Return the interventions that open a form of engagement, and ``none``, which closes any open form."""
    return tuple(name for name in offered() if name in choices("engagement"))


@cache
def levers() -> tuple[str, ...]:
    """List all interventions except forms of engagement, which visitors choose separately."""
    return tuple(name for name in offered() if name not in forms())


@cache
def scenarios() -> tuple[str, ...]:
    """Return the scenarios that can be opened here: all except those that need a file."""
    return tuple(name for name, path in choices("scenario").items() if name != "none" and not _needs_files(path))


def _needs_files(path: Path) -> bool:
    chosen = yaml.safe_load(path.read_text(encoding="utf-8")).get("defaults", ())
    return {"override /network": "file"} in chosen


@cache
def scenario_parameters(scenario: str) -> Parameters:
    """Return a scenario's parameters."""
    return composed([f"scenario={scenario}"]).parameters


_LEFT_OUT = {"name", "months", "trends", "interventions", "engagement.where", "engagement.note"}
"""Parameters left out of links, such as the number of months, which visitors choose themselves."""


def request_for(parameters: Parameters) -> SocietyRequest:
    """Return the request that opens the same society in Explore, with identical months.

    Raises
    ------
    ParameterError
        If the society has its own schedules, or is too large for the browser.
    """
    scenario = parameters.name if parameters.name in scenarios() else USUAL
    base = scenario_parameters(scenario)
    for what in ("trends", "interventions", "engagement.where"):
        if attrgetter(what)(parameters) != attrgetter(what)(base):
            raise ParameterError(
                f"{what}: must be that of a scenario; this society has its own, which Explore cannot open"
            )
    request = SocietyRequest(scenario, differences(base, parameters))
    request.start()
    return request


def form_changes(scenario: str, form: str) -> dict[str, Any]:
    """Return the changes that open another form of engagement in a scenario."""
    return differences(
        scenario_parameters(scenario), composed([f"scenario={scenario}", f"engagement={form}"]).parameters
    )


def differences(base: Parameters, parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that differ between a society and its base, by path."""
    paths = [row.path for row in parameter_table() if row.path not in _LEFT_OUT]
    values = {path: attrgetter(path)(parameters) for path in paths}
    return {path: value for path, value in values.items() if value != attrgetter(path)(base)}
