"""Configs composed with Hydra and checked, from overrides to typed parameters."""

import itertools
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import hydra
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf, open_dict

from engagesim.alliances.levers import Lever, read_levers
from engagesim.analysis.outcomes import GROUPS as OF_PEOPLE
from engagesim.analysis.outcomes import outcomes_of
from engagesim.configs import config_folder, config_folders
from engagesim.configs.command_options import (
    AlliesOptions,
    CalibrateOptions,
    CompareOptions,
    PlaceOptions,
    RobustnessOptions,
    RunOptions,
    SweepOptions,
    ValidateOptions,
)
from engagesim.configs.hydra_errors import COMPOSING, SOCIETY, complaint
from engagesim.configs.mechanisms import taken
from engagesim.configs.override_values import as_typed, quoted, text_of
from engagesim.configs.overrides import Asked, check_keys, jobs
from engagesim.errors import ParameterError, check_printable, no_such, shown
from engagesim.files import RECORD_BYTES, document, parsed_yaml, text
from engagesim.mechanisms.design import tree_with
from engagesim.parameters import Intervention, Parameters, parameter_table
from engagesim.parameters.declare import Group
from engagesim.parameters.pydantic_errors import validated
from engagesim.places.stored import Place as UsersPlace
from engagesim.places.stored import read_place
from engagesim.society.files import sized
from engagesim.study.argument_checks import one_of
from engagesim.study.description import Study
from engagesim.study.executors import Place
from engagesim.study.intervention_packages import DOLLARS, Package, read_catalogue, read_packages
from engagesim.study.plan import Plan, Variant
from engagesim.study.provenance import named_in_full
from engagesim.study.run_part import Simulate
from engagesim.validation.parameter_sets import Calibration, calibration_of, spread_over

_FIXED = {"name", "months", "trends", "interventions"}
"""Settings that each fact determines itself."""

_COMPOSING = threading.Lock()
"""Lock that lets only one thread compose at a time, because Hydra has a single global state."""

_OWN_NAMES = {
    "sweep": re.compile(r"(factors|choices)[.=]"),
    "compare": re.compile(r"(packages|negligible|uncertain\.factors)[.=]"),
    "allies": re.compile(r"costs[.=]"),
    "robustness": re.compile(r"axes[.=]"),
}
"""Settings of a command whose names the user chooses."""


class Validating(NamedTuple):
    """Settings of a validation or calibration: base, overriding parameters, interventions, and the sets to validate."""

    base: Parameters
    last: dict[str, Any]
    catalogue: dict[str, Intervention]
    calibration: Calibration


class Compared(NamedTuple):
    """Settings of a comparison: societies by context, packages, interventions, calibration and options.

    ``place`` has the societies that represent a user's place and the parameters that hold for all of them; ``file`` is
    the file of packages, if one was read; ``definitions`` has other definitions of a coalition.
    """

    contexts: dict[str, Parameters]
    packages: tuple[Package, ...]
    catalogue: dict[str, Intervention]
    calibration: Calibration
    options: CompareOptions
    place: tuple[UsersPlace, Parameters] | None = None
    file: Path | None = None
    definitions: Mapping[str, Mapping[str, Any]] = MappingProxyType({})

    def spread(self, simulate: Simulate) -> Simulate:
        """Return a simulation over the parameter sets of the calibration, or over the societies of the place."""
        if self.place is None:
            return spread_over(self.calibration.sets, simulate)
        place, base = self.place
        return place.spread(simulate, base)


class SoughtAllies(NamedTuple):
    """Settings of a search for allies: the society, calibration, levers, options, and the user's place, if any."""

    parameters: Parameters
    calibration: Calibration
    levers: tuple[Lever, ...]
    options: AlliesOptions
    place: UsersPlace | None


class Asking(NamedTuple):
    """Settings of a study."""

    plan: Plan
    place: Place
    options: SweepOptions


class Job(NamedTuple):
    """Settings of a run."""

    parameters: Parameters
    options: RunOptions


@lru_cache(maxsize=1)  # Hydra keeps what was registered last, and converting it takes a fifth of the composing
def register_defaults(society: type[Parameters] = Parameters) -> None:
    """Register every parameter's default with Hydra, so that each can be overridden by its path."""
    store = ConfigStore.instance()
    store.store(name="parameters", node=society().model_dump(mode="json"))
    store.store(name="run_options", node=RunOptions().model_dump())
    study = {**Study().model_dump(mode="json"), "executor": Place().model_dump(mode="json")}
    store.store(name="study_options", node={**study, **SweepOptions().model_dump()})
    store.store(name="validate_options", node=ValidateOptions().model_dump(mode="json"))
    store.store(name="calibrate_options", node=CalibrateOptions().model_dump(mode="json"))
    store.store(name="robustness_options", node=RobustnessOptions().model_dump(mode="json"))
    store.store(name="compare_options", node=CompareOptions().model_dump(mode="json"))
    store.store(name="allies_options", node=AlliesOptions().model_dump(mode="json"))
    store.store(name="place_options", node=PlaceOptions().model_dump(mode="json"))


def checked(request: Asked) -> list[Job]:
    """Compose and check every requested job before any job runs or writes.

    Raises
    ------
    ParameterError
        If a setting is wrong; the message is one line that names it and states what is allowed.
    """
    with _hydra(request.overrides, None if request.is_multirun else "run", request.society) as loader:
        every = jobs(request.overrides, loader) if request.is_multirun else [request.overrides]
        return [_composed(overrides, request) for overrides in every]


def composed_study(overrides: Sequence[str]) -> Asking:
    """Compose the config of a study, once for each combination of its choices, and check it.

    Raises
    ------
    ParameterError
        If a setting is wrong; the message is one line that names it and states what is allowed.
    """
    mechanisms, overrides = taken(overrides)
    overrides, society = as_typed(overrides), tree_with(mechanisms)
    with _hydra(overrides, "sweep", society):
        overrides = _opened(overrides, "sweep")
        tree = _tree(_compose("sweep", overrides))
        place = validated(Place, tree["executor"], "executor")
        options = validated(SweepOptions, _of(SweepOptions, tree))
        study = Study.of(_of(Study, tree), society)
        odd = next((group for group in study.choices if group not in SOCIETY), None)
        if odd is not None:
            raise ParameterError(no_such(odd, "group of a society", SOCIETY, place="choices."))
        combinations = [
            dict(zip(study.choices, each, strict=True)) for each in itertools.product(*study.choices.values())
        ]
        variants = tuple(Variant(chosen, _variant(overrides, chosen, society)) for chosen in combinations)
        if options.place is not None:
            variants = _of_place(options.place, options.place_societies, variants, overrides)
        return Asking(Plan(study, variants), place, options)


def _of_place(word: str, count: int, variants: Sequence[Variant], overrides: Sequence[str]) -> tuple[Variant, ...]:
    """Return each variant in each society that stands for a place; the column ``place`` has the societies' numbers."""
    place = placed(word, overrides)
    numbers = range(1, 1 + min(count, len(place.societies)))
    seed = variants[0].parameters.seed
    return tuple(
        Variant({**each.labels, "place": str(number)}, place.lived(each.parameters, number).changed({"seed": seed}))
        for each in variants
        for number in numbers
    )


def known_interventions() -> dict[str, Intervention]:
    """Return every built-in intervention and those in the user's own configs, by name."""
    return read_catalogue(*config_folders())


def placed(word: str, overrides: Sequence[str]) -> UsersPlace:
    """Return the societies that represent a place.

    Raises
    ------
    ParameterError
        If there are none, or if the command line also names a ready society.
    """
    for group in ("scenario", "contexts", "calibration"):
        if any(each.startswith(f"{group}=") for each in overrides):
            raise ParameterError(f"{group}: must be left out with place, which determines it")
    return read_place(Path(word), known_interventions())


def composed_place(overrides: Sequence[str]) -> tuple[PlaceOptions, Calibration]:
    """Compose the config of a place, and check it.

    Raises
    ------
    ParameterError
        If a setting is wrong; the message is one line that names it and states what is allowed.
    """
    overrides = as_typed(overrides)
    with _hydra(overrides, "place"):
        tree = _calibrated("place", overrides)
    return validated(PlaceOptions, _of(PlaceOptions, tree)), calibration_of(tree["calibration"])


def composed_allies(overrides: Sequence[str]) -> SoughtAllies:
    """Compose the config of a search for allies, and check it.

    Raises
    ------
    ParameterError
        If a setting is wrong; the message is one line that names it and states what is allowed.
    """
    mechanisms, overrides = taken(overrides)
    society = tree_with(mechanisms)
    overrides = as_typed(overrides)
    with _hydra(overrides, "allies", society):
        tree = _calibrated("allies", _opened(overrides, "allies"))
    options = validated(AlliesOptions, _of(AlliesOptions, tree))
    if options.after is not None:
        own = {*AlliesOptions.model_fields} - {"place", "today"}
        keys = [each.partition("=")[0].lstrip("+") for each in overrides]
        odd = next((key for key in keys if key.partition(".")[0] not in own), None)
        if odd is not None:
            raise ParameterError(f"{odd}: must be left out with after, whose society has its own settings")
    parameters, catalogue = _society(tree, society), known_interventions()
    place = None if options.place is None else placed(options.place, overrides)
    return SoughtAllies(
        parameters, calibration_of(tree["calibration"]), read_levers(catalogue, options.costs), options, place
    )


def composed_comparison(overrides: Sequence[str]) -> Compared:
    """Compose and check the config of a comparison for each context; a form is open only if ``engagement`` is given.

    If no packages, search or ready comparison are given, the nine forms are compared: in three contexts, or in the
    scenario or place that is named.

    Raises
    ------
    ParameterError
        If a setting is wrong; the message is one line that names it and states what is allowed.
    """
    mechanisms, overrides = taken(overrides)
    society = tree_with(mechanisms)
    plain = [] if any(each.startswith("engagement=") for each in overrides) else ["engagement=none"]
    file, asked = _packages_file(overrides)
    overrides = as_typed([*asked, *_ready(asked, file)])
    with _hydra(overrides, "compare", society):
        overrides = _opened(overrides, "compare")
        tree = _calibrated("compare", [*overrides, *plain])
        tree["packages"] = {**_packages_in(file), **tree["packages"]}
        if not isinstance(tree["negligible"], Mapping):
            raise ParameterError(
                f"negligible = {shown(tree['negligible'])}: must name an outcome, as in negligible.quality=0.02"
            )
        options = validated(CompareOptions, _of(CompareOptions, tree), context={"society": society})
        if options.unknowns == 1:
            raise ParameterError("unknowns = 1: must be 0, or from 2 to 1000")
        if not options.uncertain.factors:
            options = validated(
                CompareOptions,
                {**_of(CompareOptions, tree), "uncertain": _usual(tree["uncertain"])},
                context={"society": society},
            )
        if options.contexts and any(each.startswith("scenario=") for each in overrides):
            raise ParameterError("scenario: must be left out with contexts, which name the scenarios")
        one_of(options.outcome, (found.name for found in outcomes_of(society)), "outcome")
        for name in options.negligible:
            one_of(name, (found.name for found in (*outcomes_of(society), *OF_PEOPLE)), "negligible")
        given = [each for each in overrides if not re.match(r"(scenario=|calibration[.=])", each)]
        given.append(_NO_CALIBRATION)  # it is the same in all contexts
        for name in options.contexts:
            _check([f"scenario={name}"])
        contexts = {
            name: _society(_tree(_compose("compare", [*given, *plain, f"scenario={name}"])), society)
            for name in options.contexts
        } or {tree["name"]: _society(tree, society)}
        contexts = {name: sized(parameters) for name, parameters in contexts.items()}  # costs count districts
    catalogue = _in_currency(known_interventions(), options)
    calibration, mine = calibration_of(tree["calibration"]), None
    if options.place is not None:
        place = placed(options.place, asked)
        (base,) = contexts.values()
        contexts, mine = {place.profile.name: place.described(base)}, (place, base)
    return Compared(
        contexts,
        read_packages(options.packages, catalogue),
        catalogue,
        calibration,
        options,
        mine,
        file,
        _definitions(),
    )


def _definitions() -> dict[str, dict[str, Any]]:
    """Return the robustness panel's other definitions of a coalition, with the parameters that each definition sets."""
    axes = document(config_folder() / "robustness.yaml", "axes: {}")["axes"]
    return {name: dict(variation["set"]) for name, variation in axes["definition of a coalition"].items()}


_COMPARED = ("packages", "comparison", "search.tries")
"""Keys that determine what is compared; without any of them, the nine forms are compared."""

_LIKE_PACKAGES = "audit: [social_audit]"


def _ready(overrides: Sequence[str], file: Path | None) -> list[str]:
    """Return overrides for what is not named: the nine forms, and no contexts but the named place or scenario."""
    given = {each.partition("=")[0].lstrip("+") for each in overrides}
    is_named = file or any(key == name or key.startswith(f"{name}.") for key in given for name in _COMPARED)
    forms = [] if is_named else ["comparison=forms"]
    return [*forms, "contexts=[]"] if given & {"place", "scenario"} and "contexts" not in given else forms


def _packages_file(overrides: Sequence[str]) -> tuple[Path | None, list[str]]:
    """Return the file in ``packages=FILE``, if any, and the other overrides."""
    named = [
        each for each in overrides if each.startswith("packages=") and not each[len("packages=") :].startswith("{")
    ]
    if len(named) > 1:
        raise ParameterError("packages: is given twice; must be given once")
    if not named:
        return None, list(overrides)
    word = text_of("packages", named[0].removeprefix("packages="))
    if Path(word).suffix not in {".yaml", ".yml"}:
        raise ParameterError(
            f"packages = {shown(word)}: must be packages by name, as in 'packages={{{_LIKE_PACKAGES}}}', or a YAML file"
        )
    return Path(word), [each for each in overrides if each not in named]


def _packages_in(file: Path | None) -> dict[str, Any]:
    """Return the packages in a file by name; they may be at its top level or under ``packages``."""
    if file is None:
        return {}
    tree = document(file, _LIKE_PACKAGES)
    inner = tree["packages"] if set(tree) == {"packages"} else tree
    if not isinstance(inner, dict) or not inner:
        raise ParameterError(f"{file}: must have packages by name, as in {_LIKE_PACKAGES}")
    return {str(name): given for name, given in inner.items()}


def _in_currency(catalogue: dict[str, Intervention], options: CompareOptions) -> dict[str, Intervention]:
    """Return a catalogue with costs in the user's currency.

    Raises
    ------
    ParameterError
        If no exchange rate is given although costs of the catalogue are used, or may be used by a search.
    """
    if options.currency == DOLLARS:
        if options.exchange_rate is not None:
            raise ParameterError("exchange_rate: must come with another currency, as in currency=KES")
        return catalogue
    rate = options.exchange_rate
    if rate is None:
        if options.search.tries or _has_costs_of_the_catalogue(options.packages):
            raise ParameterError(
                f"currency = {options.currency}: must come with exchange_rate, the price of one US dollar, because "
                "costs of the catalogue are US dollars; or give each intervention its own cost"
            )
        return catalogue
    said = f"converted at {rate:g} {options.currency} per dollar"
    return {
        name: entry.model_copy(
            update={"cost": entry.cost * rate, "cost_source": f"{entry.cost_source.rstrip('.')}; {said}"}
        )
        for name, entry in catalogue.items()
    }


def _has_costs_of_the_catalogue(packages: Mapping[str, Any]) -> bool:
    """Return whether any package uses an intervention of the catalogue at the catalogue's cost."""
    listed = (each.get("interventions", ()) if isinstance(each, Mapping) else each for each in packages.values())
    entries = [entry for some in listed if isinstance(some, list | tuple) for entry in some]
    return any(not isinstance(entry, Mapping) or ("use" in entry and "cost" not in entry) for entry in entries)


def composed_validation(overrides: Sequence[str]) -> tuple[Validating, ValidateOptions]:
    """Compose the config of a validation, and check it.

    Raises
    ------
    ParameterError
        If a setting is wrong; the message is one line that names it and states what is allowed.
    """
    return _evidence("validate", ValidateOptions, overrides)


def composed_calibration(overrides: Sequence[str]) -> tuple[Validating, CalibrateOptions]:
    """Compose the config of a calibration, and check it as ``composed_validation`` does."""
    return _evidence("calibrate", CalibrateOptions, overrides)


def composed_robustness(overrides: Sequence[str]) -> tuple[Validating, RobustnessOptions]:
    """Compose the config of a robustness panel, and check it as ``composed_validation`` does."""
    return _evidence("robustness", RobustnessOptions, overrides)


def _evidence[Options: Group](name: str, kind: type[Options], overrides: Sequence[str]) -> tuple[Validating, Options]:
    mechanisms, overrides = taken(overrides)
    overrides, society = as_typed(overrides), tree_with(mechanisms)
    with _hydra(overrides, name, society=society):
        tree = _calibrated(name, _opened(overrides, name))
    options = validated(kind, _of(kind, tree))
    calibration = calibration_of(tree.pop("calibration", {"sets": [{}]}))  # a calibration starts only from the prior
    parameters = society.of({key: value for key, value in tree.items() if key not in kind.model_fields})
    keys = {each.partition("=")[0].lstrip("+~") for each in overrides if not _names_own(each, name)}
    told = keys & {row.path for row in parameter_table(society)}
    for key in sorted((keys - told - {*kind.model_fields, "calibration"}) | (told & _FIXED)):
        raise ParameterError(_not_here(key, name))
    last = {path: attrgetter(path)(parameters) for path in sorted(told - {"seed"})}
    base = society().changed({"seed": parameters.seed})
    return Validating(base, last, known_interventions(), calibration), options


def _not_here(key: str, command: str) -> str:
    """Return the error message that states why a key cannot be set here, and which keys can."""
    if key in _FIXED:
        return f"{key}: must be left out of {command}; each fact has its own"
    return f"{key}: must be a numeric parameter, or a key of {command}; see engagesim {command} --help"


def _usual(uncertain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of uncertain contexts, with engagesim's own factors."""
    return {**uncertain, "factors": _tree(_compose("uncertain", []))}


def _society(tree: Mapping[str, Any], society: type[Parameters]) -> Parameters:
    """Return the society from which a study or comparison starts: a composed tree without the command's options."""
    kinds = (Study, SweepOptions, CompareOptions, AlliesOptions)
    other = {"executor", "calibration"}.union(*(kind.model_fields for kind in kinds))
    return named_in_full(society.of({name: value for name, value in tree.items() if name not in other}))


def _of(kind: type[Group], tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a composed tree that belongs to a group of fields."""
    return {name: tree[name] for name in kind.model_fields}


def _opened(overrides: Sequence[str], command: str) -> list[str]:
    """Return overrides with the plus signs that Hydra needs to add names to factors, choices and packages."""
    return [f"++{each}" if _names_own(each, command) else each for each in overrides]


def _names_own(override: str, command: str) -> bool:
    return command in _OWN_NAMES and _OWN_NAMES[command].match(override) is not None


def _variant(overrides: Sequence[str], chosen: Mapping[str, str], society: type[Parameters]) -> Parameters:
    kept = [each for each in overrides if each.partition("=")[0] not in chosen]
    choices = [f"{group}={choice}" for group, choice in chosen.items()]
    _check(choices)
    return _society(_tree(_compose("sweep", [*kept, *choices])), society)


def composed(overrides: Sequence[str]) -> Job:
    """Compose the config with some overrides, and check it as ``checked`` does."""
    return checked(Asked(as_typed(overrides), is_multirun=False, config_shown=None, is_resolved=False))[0]


def _composed(overrides: Sequence[str], request: Asked) -> Job:
    config = _compose("config", overrides, return_hydra_config=True)
    folder = config.hydra.sweep.dir if request.is_multirun else None
    with open_dict(config):
        del config["hydra"]
    job = typed(config, request.society, overrides)
    network = job.parameters.network
    if (
        not request.is_multirun
        and network.kind != "file"
        and any(each.startswith("network.file=") for each in overrides)
    ):
        raise ParameterError(
            f"network.file = {network.file}: must come with network=file; the network is {network.kind}"
        )
    return job if folder is None else job._replace(options=job.options.model_copy(update={"output": str(folder)}))


def typed(config: Any, society: type[Parameters] = Parameters, overrides: Sequence[str] = ()) -> Job:
    """Return the typed parameters and options of a composed config; the seed chooses among the societies of a place."""
    tree = _tree(config)
    options = validated(RunOptions, {name: tree.pop(name) for name in RunOptions.model_fields if name in tree})
    parameters = society.of(tree)
    if options.place is not None:
        place = placed(options.place, overrides)
        parameters = place.lived(parameters, parameters.seed).changed({"name": place.profile.name})
    return Job(parameters, options)


def search_path() -> list[str]:
    """Return the override that makes Hydra find the user's own configs, if there are any."""
    return [f"hydra.searchpath=[{quoted(f'file://{folder}')}]" for folder in config_folders()[1:]]


def _compose(name: str, overrides: Sequence[str], **options: Any) -> Any:
    return hydra.compose(name, overrides=[*search_path(), *overrides], **options)


def _tree(config: Any) -> dict[str, Any]:
    tree: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    return tree  # type: ignore[no-any-return]


_NO_CALIBRATION = "calibration=none"


def _calibrated(name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """Return the composed config of a command; a calibration in one plain file is read without Hydra, which is slow."""
    found = _plain_calibration(name, overrides) if "calibration" in GROUPS[name] else None
    if found is None:
        return _tree(_compose(name, overrides))
    others = [each for each in overrides if not each.startswith("calibration=")]
    return _tree(_compose(name, [*others, _NO_CALIBRATION])) | {"calibration": found}


def _plain_calibration(name: str, overrides: Sequence[str]) -> dict[str, Any] | None:
    """Return the chosen calibration, unless Hydra has to compose it, or to say why it cannot."""
    asked = [each for each in overrides if each.lstrip("+~").startswith("calibration")]
    choice = asked[0].removeprefix("calibration=") if asked else _usual_calibration(name)
    files = (folder / "calibration" / f"{choice}.yaml" for folder in config_folders())
    file = next((each for each in files if choice.isidentifier() and each.is_file()), None)
    is_told_elsewhere = not asked and len(config_folders()) > 1  # perhaps: a user's own configs may choose one
    if len(asked) > 1 or file is None or is_told_elsewhere:
        return None
    with suppress(OSError, ValueError):
        written = text(file, RECORD_BYTES)
        return None if _COMPOSED.search(written) else _calibration_in(written)
    return None


@lru_cache
def _usual_calibration(name: str) -> str:
    """Return the calibration that the config of a command names."""
    usual = document(config_folder() / f"{name}.yaml", "defaults")["defaults"]
    return str(next(each["calibration"] for each in usual if isinstance(each, dict) and "calibration" in each))


_COMPOSED = re.compile(r"^defaults\s*:|@package|\$\{", re.MULTILINE)
"""What only Hydra understands."""


@lru_cache(maxsize=2)
def _calibration_in(written: str) -> dict[str, Any] | None:
    tree = parsed_yaml(written)
    return tree if isinstance(tree, dict) else None


def _check(overrides: Sequence[str], command: str | None = None) -> None:
    check_keys(overrides, {group.name for group in config_folder().iterdir() if group.is_dir()}, command)


GROUPS = {
    **dict.fromkeys(("run", "page", "sweep", "compare"), SOCIETY),
    "sweep": (*SOCIETY, "study", "design", "executor"), "compare": (*SOCIETY, "calibration", "comparison"),
    "allies": (*SOCIETY, "calibration"), "place": ("calibration",),
    "validate": ("calibration",), "calibrate": (), "robustness": ("calibration",),
}  # fmt: skip
"""Groups of configs that each command accepts."""


def _keys(command: str, society: type[Parameters]) -> Iterator[str]:
    """Yield every key that a command accepts: parameters, groups of configs, and its own keys."""
    yield from (row.path for row in parameter_table(society) if command != "place")
    yield from GROUPS[command]
    own = ConfigStore.instance().load(f"{'study' if command == 'sweep' else command}_options.yaml").node
    yield from _paths(OmegaConf.to_container(own))


def _paths(tree: Any, above: str = "") -> Iterator[str]:
    for key, value in tree.items():
        yield f"{above}{key}"
        if isinstance(value, dict):
            yield from _paths(value, f"{above}{key}.")


@contextmanager
def _hydra(
    overrides: Sequence[str], command: str | None, society: type[Parameters] = Parameters
) -> Iterator[ConfigLoader]:
    """Check the overrides, make Hydra ready to compose, and turn its errors into one line.

    ``command`` is a command that accepts a single value of each setting, or None for a multirun.
    """
    check_printable(overrides)
    with _COMPOSING:
        register_defaults(society)
        GlobalHydra.instance().clear()
        try:
            with hydra.initialize_config_dir(str(config_folder()), version_base="1.3"):
                _check(overrides, command)
                yield GlobalHydra.instance().config_loader()
        except COMPOSING as error:
            raise complaint(error, tuple(_keys(command or "run", society))) from None
        finally:
            GlobalHydra.instance().clear()
