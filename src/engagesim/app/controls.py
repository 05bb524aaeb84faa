"""What can be set in Explore, as the controls that the page shows, and what setting one does."""

from typing import Any

from pydantic import TypeAdapter

from engagesim.app.asked import Asked, forms, offered, scenarios
from engagesim.app.events import NUMBER, SWITCH, WORD, hear
from engagesim.app.limits import MOST_CITIZENS, MOST_DISTRICTS
from engagesim.app.visit import Visit
from engagesim.app.words import ROW, about_intervention, about_scenario, help_for, label
from engagesim.parameters import SETTINGS, Parameters
from engagesim.policy import Policy

STARTS = ("seed", "population.citizens", "population.districts", "population.reform_minded_share")
"""Parameters that begin a society anew."""

MAIN = (
    "incentives.patronage", "incentives.merit_protection", "incentives.audit", "incentives.publicity",
    "incentives.recognition", "incentives.exposure",
)  # fmt: skip
MORE = (
    "incentives.pressure", "incentives.rents", "incentives.repression", "incentives.credit", "incentives.competition",
    "incentives.autonomy", "incentives.supervision", "incentives.monitoring", "incentives.turnover",
    "conditions.resources",
)  # fmt: skip
"""Settings that can be moved while the society lives; the first lie open."""

_AS_PLANNED = "as-planned"
_MOST = {"population.citizens": MOST_CITIZENS, "population.districts": MOST_DISTRICTS, "seed": 99_999}
_LEAST = {"population.citizens": 50}


def groups(visit: Visit) -> list[dict[str, Any]]:
    """Return all controls of Explore with the values that they have now."""
    asked, parameters = visit.asked.value, visit.parameters
    now = in_force(parameters, visit.month.value)
    return [
        _group("Scenario", [_scenario(asked)], "Another one begins anew.", is_open=True),
        _group("Form of engagement", [_form(asked, parameters)], "From this month on.", is_open=True),
        _group("Incentives", [_range(path, now[path]) for path in MAIN], "From this month on.", is_open=True),
        _group("More incentives", [_range(path, now[path]) for path in MORE], "From this month on."),
        _group("Interventions", [_switch(name, asked) for name in offered() if name not in forms()],
               "Switched on, one acts from this month on, until it is switched off."),
        _group("Size, seed, people", [_start(path, parameters) for path in STARTS],
               "A change here begins the society anew."),
    ]  # fmt: skip


def change(visit: Visit, name: str, value: Any) -> None:
    """Do what setting a control means, if the value is of its kind: begin anew, or do something from this month on."""
    kind: TypeAdapter[Any] = WORD if name in {"scenario", "form"} else NUMBER if name in ROW else SWITCH
    hear(kind, lambda value: _change(visit, name, value))(value)


def _change(visit: Visit, name: str, value: Any) -> None:
    asked = visit.asked.peek()
    if name == "scenario":
        visit.change_start({}, value)
    elif name in STARTS:
        visit.change_start({name: _as_declared(name, value)})
    elif name == "form":
        opened = [(form, 0.0) for form in asked.under_way() if form in forms() and form != value]
        begun = [(value, 1.0)] if value != _AS_PLANNED and value not in asked.under_way() else []
        visit.do(*opened, *begun)
    elif name in ROW:
        visit.do((name, value))
    elif (name in asked.under_way()) != value:
        visit.do((name, float(value)))


def in_force(parameters: Parameters, month: int) -> dict[str, float]:
    """Return every setting as it acts in a month, by path; the mean over districts where they differ."""
    means = Policy.of([parameters]).settings(month).mean(axis=(1, 2))
    return {setting.path: float(mean) for setting, mean in zip(SETTINGS, means, strict=True)}


def _group(title: str, controls: list[dict[str, Any]], note: str, is_open: bool = False) -> dict[str, Any]:
    return {"title": title, "controls": controls, "note": note, "open": is_open}


def _scenario(asked: Asked) -> dict[str, Any]:
    choices = [{"value": name, "label": label(name)} for name in scenarios()]
    about = about_scenario(asked.scenario)
    return {
        "kind": "choice", "name": "scenario", "label": "Scenario", "value": asked.scenario, "choices": choices,
        "help": about,
    }  # fmt: skip


def _form(asked: Asked, parameters: Parameters) -> dict[str, Any]:
    opened = [name for name in asked.under_way() if name in forms()]
    choices = [{"value": _AS_PLANNED, "label": "As the scenario plans"}]
    choices += [{"value": name, "label": "None: close it" if name == "none" else label(name)} for name in forms()]
    plan = parameters.engagement
    planned = f"{label(plan.form)} opens in month {plan.start}." if plan.opened else "The scenario opens none."
    return {
        "kind": "choice", "name": "form", "label": "Open now", "choices": choices,
        "value": opened[-1] if opened else _AS_PLANNED, "help": about_intervention(opened[-1]) if opened else planned,
    }  # fmt: skip


def _switch(name: str, asked: Asked) -> dict[str, Any]:
    return {
        "kind": "switch", "name": name, "label": label(name), "value": name in asked.under_way(),
        "help": about_intervention(name),
    }  # fmt: skip


def _start(path: str, parameters: Parameters) -> dict[str, Any]:
    group, _, name = path.rpartition(".")
    value = getattr(getattr(parameters, group) if group else parameters, name)
    return _range(path, value) | {"kind": "range" if isinstance(value, float) else "number"}


def _range(path: str, value: float) -> dict[str, Any]:
    row = ROW[path]
    low, high = _LEAST.get(path, row.low or 0.0), _MOST.get(path, row.high or 1.0)
    is_whole = isinstance(row.default, int)
    return {
        "kind": "range", "name": path, "label": label(path), "value": value if is_whole else round(value, 4),
        "low": low, "high": high, "unit": row.unit, "help": help_for(path, low, high),
        "step": 1 if is_whole else 0.5 if high > 10 else 0.01,
    }  # fmt: skip


def _as_declared(path: str, value: float) -> float:
    return int(value) if isinstance(ROW[path].default, int) and value.is_integer() else value
