"""What a page contains besides the model: societies, forms, interventions, settings, and words for them."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from engagesim.configs.override_values import value_of
from engagesim.dashboard.explore_view import MAIN, MORE, PANELS, STARTS, colours_of
from engagesim.dashboard.glossary import (
    IDEAS,
    REASONS,
    ROW,
    about_intervention,
    about_measure,
    about_option,
    about_parameter,
    about_scenario,
    label,
    opening,
    short,
    span_of,
)
from engagesim.dashboard.society_request import forms, offered, scenario_parameters, scenarios
from engagesim.mechanisms.design import measures_of
from engagesim.parameters import Parameters
from engagesim.report.network_figure import RELATIONS
from engagesim.rules.vocabulary import Response, Stance, Strategy
from engagesim.web.description import described, schedule

OWN = "yours"
"""The key of the society that the page was written for."""

MOST_CITIZENS, MOST_DISTRICTS, MOST_MONTHS = 20_000, 200, 1_200
"""The limits of a society that can be set up on the page."""

_MOST = {"population.citizens": MOST_CITIZENS, "population.districts": MOST_DISTRICTS, "seed": 99_999}
_GROUPS = ("population", "network", "incentives", "engagement", "trends")


def society(parameters: Parameters, said: Sequence[str], title: str, about: str) -> dict[str, Any]:
    """Return a society of the page: its description, and how to make it on the command line and in Python.

    The ``mark`` shows whether two pages have the same society.
    """
    told = described(parameters)
    return {
        "title": title,
        "about": about,
        "said": list(said),
        "code": code_for(said),
        "description": told,
        "mark": hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8],
    }


def code_for(said: Sequence[str]) -> dict[str, Any] | None:
    """Return the call of ``scenario`` and the changes that make the same society, or None if only a command can."""
    pairs = dict(each.partition("=")[::2] for each in said)
    if {"place", "mechanisms"} & pairs.keys() or any(re.match(r"[+~]", key) for key in pairs):
        return None
    chosen = {key: pairs.pop(key) for key in ("scenario", *_GROUPS) if key in pairs}
    if chosen.get("network") == "file":
        pairs = {"network.kind": "file", **pairs}
        chosen.pop("network")
    name = chosen.pop("scenario", "none")
    words = [f'"{name}"', *(f'{group}="{choice}"' for group, choice in chosen.items())]
    return {
        "call": f"scenario({', '.join(words)})",
        "changes": {key: value_of(f"{key}={value}") for key, value in pairs.items()},
    }


def ready_societies() -> dict[str, Any]:
    """Return all scenarios that need no file."""
    return {
        name: society(scenario_parameters(name), [f"scenario={name}"], label(name), about_scenario(name))
        for name in scenarios()
    }


def own_society(parameters: Parameters, said: Sequence[str]) -> dict[str, Any]:
    """Return the society that the page is written for."""
    words = [each for each in said if not each.startswith("scenario=")]
    about = f"{opening(parameters) or 'No form of engagement opens'}."
    title = label(parameters.name) if parameters.name else "Your society"
    return society(parameters, said, f"{title} ({', '.join(words)})" if words else title, about)


def is_ready(said: Sequence[str]) -> str | None:
    """Return the scenario if the arguments name nothing else; otherwise None."""
    found = re.fullmatch(r"scenario=(\w+)", said[0]) if len(said) == 1 else None
    return found.group(1) if found and found.group(1) in scenarios() else None


def controls(design_tree: type[Parameters]) -> list[dict[str, Any]]:
    """Return, by group, the settings that can be changed on the page, with those of mechanisms last."""
    groups = [("Incentives", MAIN), ("More incentives", MORE), ("Size, seed, people", STARTS)]
    found = [{"title": title, "rows": [control(path) for path in paths]} for title, paths in groups]
    own = [
        {
            "path": f"{mechanism.name}.{name}", "label": label(name), "help": thing.description or name,
            "unit": "", "low": _end(thing, "ge", 0.0), "high": _end(thing, "le", 1.0), "step": 0.01,
        }
        for mechanism in design_tree.mechanisms
        for name, thing in design_tree.model_fields[mechanism.name].annotation.model_fields.items()  # type: ignore[union-attr]
    ]  # fmt: skip
    return [*found, {"title": "Your mechanisms", "rows": own}] if own else found


def _end(thing: Any, name: str, usual: float) -> float:
    return next((float(getattr(each, name)) for each in thing.metadata if hasattr(each, name)), usual)


def control(path: str) -> dict[str, Any]:
    """Return a setting that can be changed on the page, with its words, range and step."""
    low, high, step, _ = span_of(path, _MOST)
    return {
        "path": path, "label": label(path), "help": about_parameter(path, low, high), "unit": ROW[path].unit,
        "low": low, "high": high, "step": step, "restarts": path in STARTS,
    }  # fmt: skip


def levers() -> dict[str, Any]:
    """Return every intervention and form that can start while a society runs, as a schedule with a description."""
    return {
        name: {
            "label": "Close it" if name == "none" else label(name), "help": about_intervention(name),
            "form": name in forms(), "entry": schedule(entry), "cost": entry.cost,
        }
        for name, entry in offered().items()
    }  # fmt: skip


def words(tree: type[Parameters]) -> dict[str, Any]:
    """Return the words and colours of everything shown."""
    acts = [member.name.lower() for kind in (Strategy, Response, Stance) for member in kind]
    return {
        "measures": {
            each.name: {"label": label(each.name), "help": about_measure(each), "unit": each.unit}
            for each in measures_of(tree)
        },
        "acts": {
            name: {
                "short": short(name), "help": about_option(name), **colours_of(name),
            }
            for name in acts
        },
        "terms": REASONS,
        "relations": [{"label": said, "colour": colour} for said, colour in RELATIONS.values()],
        "panels": PANELS,
        "ideas": {name: IDEAS[name] for name in ("Coalition", "Agreement", "Dispute", "Organisation", "Seed", "Month")},
    }  # fmt: skip
