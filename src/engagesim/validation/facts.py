"""A documented fact, in a YAML file: arms of an experiment, and checks that say what the model must show."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from engagesim.errors import InputError, ParameterError, no_such
from engagesim.files import document
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group
from engagesim.parameters.pydantic_errors import Words, validated
from engagesim.study.intervention_packages import Catalogue, Package, apply, read_packages
from engagesim.study.observed import check_mean
from engagesim.validation.fact_expressions import LONGEST, Expression, Vocabulary, parse

SHIPPED = Path(__file__).parent / "facts"
"""The folder with the facts that calibration uses, and with the patterns that must hold across them."""

MOST_FACTS = 1000

type Role = Literal["calibration", "pattern", "micro", "held_out", "claim"]


type Formula = Annotated[str, Field(max_length=LONGEST)]


class Districts(Group):
    """A group of districts, selected in the control arm before the treatment starts."""

    measure: str = Field(description="a measure")
    lowest: float | None = Field(None, gt=0, le=1, description="share of districts, those with the lowest values")
    highest: float | None = Field(None, gt=0, le=1, description="share of districts, those with the highest values")
    below: float | None = Field(None, description="a level, for the districts below it")
    above: float | None = Field(None, description="a level, for the districts above it")
    quantiles: tuple[float, float] | None = Field(
        None, description="shares of districts in ascending order, such as [0.3334, 0.6667] for the middle third"
    )

    @model_validator(mode="after")
    def _picks_one_part(self) -> Self:
        if [self.lowest, self.highest, self.below, self.above, self.quantiles].count(None) != 4:
            raise ValueError("must have one of lowest, highest, quantiles, below and above")
        low, high = self.quantiles or (0.0, 1.0)
        if not 0 <= low < high <= 1:
            raise ValueError(f"quantiles = [{low:.10g}, {high:.10g}]: must be from 0 to 1, the lower number first")
        if self.measure not in MEASURE_NAMES:
            raise ValueError(no_such(self.measure, "measure", MEASURE_NAMES, place="measure = "))
        check_mean(self.measure)
        return self


class Arm(Group):
    """An arm of the experiment, with its own parameters and the interventions of its package."""

    context: str | None = Field(None, description="name of one of the fact's contexts")
    set: dict[str, Any] = Field(default_factory=dict, description="parameters by path, including start values")
    interventions: list[Any] = Field(default_factory=list, description="interventions, as in a package")


class Check(Group):
    """What the model must show, and how closely."""

    claim: str = Field(min_length=1, max_length=300, description="what is claimed, in plain words")
    name: str = Field("", pattern=r"^([a-z][a-z0-9_]{0,40})?$", description="the name under which pages cite it")
    tolerance: Literal["S", "O", "N", "T", "M", "I", "X"] = Field(description="S, O, N, T, M, I or X")
    value: Formula | None = Field(None, description="an expression")
    order: tuple[Formula, ...] | None = Field(None, max_length=12, description="expressions, the largest first")
    sign: Literal["+", "-"] | None = Field(None, description='"+" or "-"')
    within: tuple[float | None, float | None] | None = Field(None, description="[low, high]; null leaves a side open")
    target: float | None = Field(None, description="a number that is not 0")
    factor: float = Field(2.0, gt=1, description="a factor above 1")

    @field_validator("order", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        return [str(each) for each in given] if isinstance(given, list) else given

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        needed = {
            "S": self.sign is not None,
            "O": self.order is not None and len(self.order) >= 2,
            "N": self.within is not None,
            "T": self.within is not None,
            "M": self.within is not None or bool(self.target),
            "I": self.within is not None or self.sign is not None,
            "X": self.within is not None or self.sign is not None,
        }
        if not needed[self.tolerance]:
            raise ValueError(f"must have {_NEEDS[self.tolerance]} for tolerance {self.tolerance}")
        if self.tolerance != "O" and self.value is None:
            raise ValueError("value: missing; must be an expression, as in effect(quality, treated, 12)")
        low, high = self.band
        if low >= high:
            raise ValueError(f"within = [{low:.10g}, {high:.10g}]: must have the lower number first")
        given = [name for name in ("sign", "within", "target") if getattr(self, name) is not None]
        given = given if self.order is None else ["order", *given, *["value"] * (self.value is not None)]
        if len(given) > 1:
            raise ValueError(f"{given[1]}: must be left out beside {given[0]}")
        return self

    @property
    def band(self) -> tuple[float, float]:
        """Lowest and highest value allowed; infinite where a side is open."""
        if self.within is not None:
            low, high = self.within
            return (-float("inf") if low is None else low), (float("inf") if high is None else high)
        if self.target:
            low, high = sorted((self.target / self.factor, self.target * self.factor))
            return low, high
        return -float("inf"), float("inf")

    @property
    def words(self) -> str:
        """The target in words, for a table."""
        if self.tolerance == "O":
            return "falls in 80 % of trials"
        if self.sign is not None:
            return f"{self.sign} in 90 % of trials"
        low, high = self.band
        if low == -float("inf"):
            return f"up to {high:g}"
        return f"from {low:g}" if high == float("inf") else f"{low:.3g} to {high:.3g}"

    @property
    def is_directed(self) -> bool:
        """Whether the check states a sign or an order."""
        return self.tolerance == "O" or self.sign is not None

    def expressions(self, vocabulary: Vocabulary) -> tuple[Expression, ...]:
        """Return the expressions to evaluate: those of the order, or the single value."""
        return tuple(parse(text, vocabulary) for text in self.order or (str(self.value),))


_NEEDS = {
    "S": "a sign", "O": "an order of two expressions or more", "N": "within", "T": "within",
    "M": "a target or within", "I": "a sign or within", "X": "a sign or within",
}  # fmt: skip


class Fact(Group):
    """A documented fact and the simulated experiment that mirrors it."""

    id: Annotated[str, Words("up to 41 characters: letters (a to z), digits, _ and -, starting with a letter")] = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,40}$", description="letters and digits, as in the name of the file"
    )

    title: str = Field(min_length=1, max_length=300)
    source: str = Field(min_length=1, max_length=2000)
    role: Role = "held_out"
    setting: str = Field("", max_length=2000)
    note: str = Field("", max_length=5000)
    fails: str = Field("", max_length=5000, description="why we think the fact fails, if it fails")
    history: int = Field(24, ge=0, le=600, description="months before the treatment starts")
    months: int = Field(ge=1, le=1200, description="months observed after the start of the treatment")
    context: dict[str, Any] = Field(default_factory=dict)
    contexts: dict[str, dict[str, Any]] = Field(default_factory=dict, max_length=32)
    common: list[Any] = Field(default_factory=list)
    control: str = "control"
    arms: dict[str, Arm] = Field(min_length=1, max_length=64)
    groups: dict[str, Districts] = Field(default_factory=dict, max_length=32)
    checks: tuple[Check, ...] = Field(min_length=1, max_length=200)

    @property
    def asked(self) -> dict[str, Any]:
        """The parts of the fact that determine its results, as plain data without the wording, which may change."""
        words: Any = dict.fromkeys(("title", "source", "setting", "note", "fails"), True)
        return self.model_dump(mode="json", exclude={**words, "checks": {"__all__": {"claim"}}})

    @model_validator(mode="before")
    @classmethod
    def _lists_are_arms(cls, tree: Any) -> Any:
        if isinstance(tree, Mapping) and isinstance(tree.get("arms"), Mapping):
            arms = {
                name: {"interventions": arm} if isinstance(arm, list) else arm for name, arm in tree["arms"].items()
            }
            control = tree.get("control", "control")
            if isinstance(control, str):
                arms.setdefault(control, {})
            return {**tree, "arms": arms}
        return tree

    @model_validator(mode="after")
    def _leaves_time_and_luck_to_the_laboratory(self) -> Self:
        for place, changes in (
            ("context", self.context),
            *((f"contexts.{name}", changes) for name, changes in self.contexts.items()),
            *((f"arms.{name}.set", arm.set) for name, arm in self.arms.items()),
        ):
            for path in ("months", "seed"):
                if path in changes:
                    raise ValueError(f"{place}.{path}: must be left out; history and months of the fact say how long")
        return self

    @model_validator(mode="after")
    def _contexts_are_there(self) -> Self:
        for name, arm in self.arms.items():
            if arm.context is not None and arm.context not in self.contexts:
                raise ValueError(no_such(arm.context, "context", self.contexts, place=f"arms.{name}.context = "))
        return self

    @model_validator(mode="after")
    def _can_be_evaluated(self) -> Self:
        if self.groups and self.history == 0:
            raise ValueError(
                "history = 0: must be 1 or more if there are groups: the months before the treatment define them"
            )
        needs: set[tuple[str, str]] = set()
        for position, check in enumerate(self.checks):
            try:
                needs.update(*(expression.needs for expression in check.expressions(self.vocabulary)))
            except ParameterError as error:
                raise ValueError(f"checks[{position}]: {error}") from None
        if not needs:
            raise ValueError("checks: must use a measure, as in effect(quality, treated, 12)")
        return self

    @property
    def vocabulary(self) -> Vocabulary:
        """The names that the fact's expressions may use."""
        return Vocabulary(MEASURE_NAMES, tuple(self.arms), self.control, tuple(self.groups), self.history, self.months)

    def points(
        self, base: Parameters, changes: Mapping[str, Any], catalogue: Catalogue, last: Mapping[str, Any]
    ) -> list[Parameters]:
        """Return the parameters of each arm, in order.

        Parameters
        ----------
        base : Parameters
        changes : mapping
            A parameter set of the calibration; the fact's context and arms override it.
        catalogue : mapping
            Interventions by name.
        last : mapping
            Parameters that override everything else, to make a trivial rival or switch a mechanism off.

        Raises
        ------
        ParameterError
            If an arm is wrong; the message names the fact and the arm.
        """
        return [self._point(name, arm, base.changed({**changes, "months": self.history + self.months}), catalogue, last)
                for name, arm in self.arms.items()]  # fmt: skip

    def _point(
        self, name: str, arm: Arm, base: Parameters, catalogue: Catalogue, last: Mapping[str, Any]
    ) -> Parameters:
        try:
            there = base.changed({**self.context, **self.contexts.get(arm.context or "", {}), **arm.set, **last})
            package = read_packages(
                {name: {"start": 0, "interventions": [*self.common, *arm.interventions]}}, catalogue
            )
            return apply(_delayed(package[0], self.history), there)
        except ParameterError as error:
            raise ParameterError(f"{self.id}: arms.{name}: {str(error).removeprefix(f'packages.{name}')}") from None


def _delayed(package: Package, months: int) -> Package:
    """Return a package whose months count from the start of the society instead of the treatment."""
    moved = tuple(
        each.model_copy(
            update={"start": each.start + months, "stop": None if each.stop is None else each.stop + months}
        )
        for each in package.interventions
    )
    return package.model_copy(update={"interventions": moved})


def read_facts(folder: Path, key: str = "facts") -> tuple[Fact, ...]:
    """Read every fact in a folder, sorted by file name (``*.yaml``, ``*.yml``); ``key`` is for messages.

    Raises
    ------
    InputError
        If the folder or a file cannot be read, or there are no files.
    ParameterError
        If the content of a fact is not allowed.
    """
    if not folder.is_dir():
        raise InputError(f"{key} = {folder}: must be a folder of {key}; it does not exist")
    files = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    if not files:
        raise InputError(f"{key} = {folder}: must have {key} in it, in files that end in .yaml")
    if len(files) > MOST_FACTS:
        raise InputError(f"{key} = {folder}: must have up to {MOST_FACTS} files, not {len(files)}")
    return tuple(read_fact(path) for path in files)


def read_fact(path: Path) -> Fact:
    """Read one fact; its id is the name of its file."""
    tree = document(path, "title: A fact")
    fact = validated(Fact, {"id": path.stem, **tree}, f"{path}:")
    if fact.id != path.stem:
        raise ParameterError(f"{path}: id = {fact.id!r}: must be the name of the file, {path.stem!r}, or left out")
    return fact
