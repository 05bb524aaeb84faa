"""From the command line to typed parameters: Hydra composes, the parameters check, and Hydra ends here."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import Field
from yaml import YAMLError

from engagesim.errors import EngagementError, ParameterError, nearest
from engagesim.parameters import Parameters, parameter_table
from engagesim.parameters.declare import Group

MOST_JOBS = 10_000
"""Jobs that one multirun may have; sweeps are for more."""


class RunOptions(Group):
    """How a run is done, beside what is simulated."""

    output: str | None = Field(None, description="Folder for the results; empty: outputs/run/DATE_TIME")
    progress: Literal["auto", True, False] = Field("auto", description="Show progress: auto, true or false")
    agents_every: int = Field(0, ge=0, le=100_000, description="Keep everybody's state every so many months; 0: never")


def config_folder() -> Path:
    """Return the folder of the configs: inside an installed package, or at the root of a source checkout."""
    package = Path(__file__).parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def register_defaults() -> None:
    """Let Hydra know every parameter by its default, so that each can be overridden by its path."""
    store = ConfigStore.instance()
    store.store(name="parameters", node={**Parameters().model_dump(mode="json"), **RunOptions().model_dump()})


def composed(overrides: Sequence[str]) -> tuple[Parameters, RunOptions]:
    """Compose the config with some overrides and check it.

    Raises
    ------
    ParameterError
        One line that names the place and what is allowed.
    """
    register_defaults()
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(config_folder()), version_base="1.3"):
            return typed(compose("config", overrides=list(overrides)))
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError) as error:
        raise _plain(error) from None
    finally:
        GlobalHydra.instance().clear()


def typed(config: Any) -> tuple[Parameters, RunOptions]:
    """Turn a composed config into typed parameters and options."""
    try:
        tree: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except (OmegaConfBaseException, ValueError) as error:
        raise _plain(error) from None
    names = RunOptions.model_fields
    options = {name: tree.pop(name) for name in names if name in tree}
    parameters = Parameters.of(tree)
    return parameters, _options(options)


def jobs(overrides: Sequence[str]) -> Iterator[list[str]]:
    """Expand the sweeps among overrides: ``seed=1,2 engagement=survey,committee`` are four jobs."""
    try:
        parsed = OverridesParser.create().parse_overrides(list(overrides))
        choices = [
            [f"{o.get_key_element()}={value}" for value in o.sweep_string_iterator()]
            if o.is_sweep_override()
            else [str(o.input_line)]
            for o in parsed
        ]
    except (HydraException, ValueError) as error:
        raise _plain(error) from None
    for number, job in enumerate(itertools.product(*choices)):
        if number >= MOST_JOBS:
            raise ParameterError(f"the overrides ask for more than {MOST_JOBS} jobs; allowed are up to {MOST_JOBS}")
        yield list(job)


def _options(options: dict[str, Any]) -> RunOptions:
    try:
        return RunOptions.model_validate(options)
    except ValueError as error:
        first = error.errors()[0]  # type: ignore[attr-defined]
        name = first["loc"][0]
        raise ParameterError(
            f"{name} = {first['input']!r}: {first['msg']}; {RunOptions.model_fields[name].description}"
        ) from None


def _plain(error: Exception) -> EngagementError:
    """Say in one line what Hydra says in many, with the nearest valid name where it knows none."""
    text = " ".join(str(error).split()) or type(error).__name__
    if text.startswith("Could not override '"):
        path = text.split("'")[1]
        hint = nearest(path, [row.path for row in parameter_table()])
        return ParameterError(f"{path}: no such parameter{hint}")
    return error if isinstance(error, EngagementError) else ParameterError(text)
