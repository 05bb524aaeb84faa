"""A stored comparison, read from what ``engagesim compare`` wrote: its tables, and what its packages consist of."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import pandas as pd
from pydantic import ValidationError

from engagesim.analysis.outcomes import OUTCOMES
from engagesim.app.shelf import COMPARISON, MOST_BYTES, UNREADABLE, Shelf
from engagesim.errors import ParameterError, StoreError, nearest
from engagesim.reading import RECORD_BYTES, csv_table, parsed_yaml, text
from engagesim.study.packages import Package

_KEYS = ("context", "package", "outcome")
_DIFFERENCES = (*_KEYS, "baseline", "mean", "difference", "low", "high", "low_all", "high_all", "verdict",
                "better_share", "worse_share")  # fmt: skip
_PROFILES = (*_KEYS, "year", "baseline", "mean", "difference", "low", "high")


class Compared(NamedTuple):
    """What a comparison found: differences by context, package and outcome, their courses, and the packages."""

    name: str
    differences: pd.DataFrame
    profiles: pd.DataFrame
    packages: dict[str, Package]
    outcome: str
    seeds: int

    @property
    def contexts(self) -> list[str]:
        """Names of the contexts, in their order."""
        return list(dict.fromkeys(self.differences["context"]))

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes that were looked at."""
        found = set(self.differences["outcome"])
        return [outcome.name for outcome in OUTCOMES if outcome.name in found]


class Seen(NamedTuple):
    """How a comparison is looked at."""

    context: str
    outcome: str
    package: str = ""

    @classmethod
    def of(cls, words: Mapping[str, str], compared: Compared) -> Self:
        """Read from the words of a link; what is not said is the first context, and the outcome that matters.

        Raises
        ------
        ParameterError
            Names the word, and what is allowed.
        """
        context = _one_of("context", words.get("context", compared.contexts[0]), compared.contexts)
        outcome = _one_of("outcome", words.get("outcome", compared.outcome), compared.outcomes)
        names = list(dict.fromkeys(compared.differences["package"]))
        return cls(context, outcome, _one_of("package", words.get("package", ""), ["", *names]))

    def words(self) -> dict[str, str]:
        """Return the same as words of a link."""
        return {key: word for key, word in self._asdict().items() if word}


def read(shelf: Shelf, name: str) -> Compared:
    """Read a comparison.

    Raises
    ------
    StoreError
        In one line, where a file is missing or not what it should be.
    """
    differences = _table(shelf, name, COMPARISON, _DIFFERENCES)
    profiles = _table(shelf, name, "profiles.csv", _PROFILES)
    try:
        config = parsed_yaml(text(shelf.inside(name, "config.yaml"), RECORD_BYTES))
        packages = {each["name"]: Package.model_validate(each) for each in config["packages"]}
        outcome, seeds = str(config["options"]["outcome"]), int(config["options"]["seeds"])
    except (ValidationError, ArithmeticError, *UNREADABLE) as error:
        if isinstance(error, StoreError):
            raise
        raise _damaged(name, "config.yaml", error) from None
    found = Compared(name, differences, profiles, packages, outcome, seeds)
    if outcome not in found.outcomes:
        raise StoreError(f"{name}/{COMPARISON}: has no rows of {outcome}, the outcome that config.yaml asks for")
    return found


def rows(compared: Compared, seen: Seen) -> pd.DataFrame:
    """Return the differences of a context and an outcome, the best package first."""
    table = compared.differences
    mine = table[(table["context"] == seen.context) & (table["outcome"] == seen.outcome)]
    better = next(outcome.better for outcome in OUTCOMES if outcome.name == seen.outcome)
    return mine.sort_values("difference", ascending=better < 0, kind="stable", ignore_index=True)


def _table(shelf: Shelf, name: str, file: str, columns: tuple[str, ...]) -> pd.DataFrame:
    path = shelf.inside(name, file)
    try:
        found = pd.read_csv(
            csv_table(path, MOST_BYTES), dtype={"context": str, "package": str, "outcome": str, "verdict": str},
            keep_default_na=False, na_values=[""],
        )  # fmt: skip
    except UNREADABLE as error:
        raise _damaged(name, file, error) from None
    missing = [column for column in columns if column not in found]
    if missing or found.empty:
        raise StoreError(f"{name}/{file}: {'no column ' + missing[0] if missing else 'no rows'}; is it half-written?")
    numbers: Any = found[[column for column in columns if column not in (*_KEYS, "verdict")]]
    broken = [column for column in numbers if not pd.api.types.is_numeric_dtype(numbers[column])]
    if broken or found[list(columns)].isna().any().any():
        raise StoreError(
            f"{name}/{file}: {broken[0] if broken else 'a number'} is not what it should be; is it damaged?"
        )
    return found


def _damaged(name: str, file: str, error: Exception) -> StoreError:
    why = " ".join(f"{type(error).__name__}: {error}".split())[:160]
    return StoreError(f"{name}/{file}: cannot be read ({why})")


def _one_of(place: str, name: str, allowed: list[str]) -> str:
    if name not in allowed:
        raise ParameterError(f"{place} = {name[:60]!r}: no such choice here{nearest(name, allowed)}")
    return name
