"""engagesim: how states and societies engage, agent by agent.

Public names are imported on first use, so ``import engagesim`` takes no time.

>>> from engagesim import EngagementModel, Parameters
>>> society = EngagementModel(Parameters().changed({"population.citizens": 100, "population.districts": 2}))
>>> society.step()
>>> society.metrics.index.tolist()
[0]
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engagesim.analysis.coalitions import formation_probability
    from engagesim.analysis.comparison import Comparison
    from engagesim.configs.api import allies, compare, scenario
    from engagesim.engines.compiled import Options, Simulated, simulate, stream
    from engagesim.engines.compiled.ensemble import sweep
    from engagesim.engines.mesa import EngagementModel
    from engagesim.engines.mesa.agents import Citizen, Official, Politician
    from engagesim.errors import EngagementError, InputError, MechanismError, ParameterError, StoreError
    from engagesim.measures import MEASURES
    from engagesim.parameters import Intervention, Parameters, parameter_table
    from engagesim.report.run_figures import history_figure, society_figure
    from engagesim.report.run_words import describe_run
    from engagesim.report.study_figures import draw_study
    from engagesim.rules import RULES, Rules
    from engagesim.rules.vocabulary import Response, Stance, Strategy
    from engagesim.study.description import Study
    from engagesim.study.results import Results, load
    from engagesim.study.snapshot import Snapshot

_HOMES = {
    "EngagementModel": "engines.mesa",
    "simulate": "engines.compiled",
    "stream": "engines.compiled",
    "Options": "engines.compiled",
    "Simulated": "engines.compiled",
    "sweep": "engines.compiled.ensemble",
    "Study": "study.description",
    "Results": "study.results",
    "load": "study.results",
    "Citizen": "engines.mesa.agents",
    "Official": "engines.mesa.agents",
    "Politician": "engines.mesa.agents",
    "Parameters": "parameters",
    "Intervention": "parameters",
    "parameter_table": "parameters",
    "Rules": "rules",
    "RULES": "rules",
    "Strategy": "rules.vocabulary",
    "Response": "rules.vocabulary",
    "Stance": "rules.vocabulary",
    "scenario": "configs.api",
    "compare": "configs.api",
    "allies": "configs.api",
    "Comparison": "analysis.comparison",
    "formation_probability": "analysis.coalitions",
    "society_figure": "report.run_figures",
    "history_figure": "report.run_figures",
    "draw_study": "report.study_figures",
    "describe_run": "report.run_words",
    "MEASURES": "measures",
    "Snapshot": "study.snapshot",
    "EngagementError": "errors",
    "ParameterError": "errors",
    "InputError": "errors",
    "StoreError": "errors",
    "MechanismError": "errors",
}

__version__ = version("engagesim")
MODEL_VERSION = "4"
"""Version of the model; it changes whenever the same parameters and seed give different results."""

__all__ = [
    "MEASURES",
    "MODEL_VERSION",
    "RULES",
    "Citizen",
    "Comparison",
    "EngagementError",
    "EngagementModel",
    "InputError",
    "Intervention",
    "MechanismError",
    "Official",
    "Options",
    "ParameterError",
    "Parameters",
    "Politician",
    "Response",
    "Results",
    "Rules",
    "Simulated",
    "Snapshot",
    "Stance",
    "StoreError",
    "Strategy",
    "Study",
    "allies",
    "compare",
    "describe_run",
    "draw_study",
    "formation_probability",
    "history_figure",
    "load",
    "parameter_table",
    "scenario",
    "simulate",
    "society_figure",
    "stream",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engagesim' has no attribute {name!r}")
    return getattr(import_module(f"engagesim.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]
