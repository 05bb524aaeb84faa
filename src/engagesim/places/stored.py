"""Write and read the societies that represent a place, and simulate them onward from their history."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from engagesim import MODEL_VERSION
from engagesim.errors import EngagementError, ParameterError, reason, shown
from engagesim.files import RECORD_BYTES, csv_table, parsed_yaml, text, write_whole
from engagesim.machine import cores
from engagesim.parameters import Parameters
from engagesim.places.matching import inferred, with_history
from engagesim.places.profile import HISTORY, Profile, profile_of
from engagesim.study.argument_checks import MOST_SEED
from engagesim.study.intervention_packages import Catalogue
from engagesim.study.observed import Observed
from engagesim.study.provenance import short_checksum
from engagesim.study.run_part import Simulate
from engagesim.validation.parameter_sets import Calibration, under

PLACE, SOCIETIES, SIMULATED = "place.yaml", "societies.csv", "simulated.csv"
"""Files with the request, the societies that represent the place (most similar first), and all simulated societies."""


class Place(NamedTuple):
    """Societies that represent a place.

    Attributes
    ----------
    profile : Profile
        What is known about the place.
    sets : tuple of mapping
        Parameter sets of the calibration.
    societies : DataFrame
        One row per society, starting with the one most similar to the place: ``seed``, ``set`` and each context by its
        path.
    """

    profile: Profile
    sets: tuple[Mapping[str, float], ...]
    societies: pd.DataFrame

    def society(self, number: int) -> tuple[dict[str, Any], int]:
        """Return the parameters of a society by path, and its seed; number 1 is most similar to the place.

        After the last one, numbering continues with the first, with other seeds.
        """
        lap, row = divmod(number - 1, len(self.societies))
        one: Any = self.societies.iloc[row]
        contexts = {path: float(one[path]) for path in inferred(self.profile)}
        seed = (int(one["seed"]) + lap * APART) % (MOST_SEED + 1)
        return {**self.sets[int(one["set"])], **contexts, **self.profile.exact}, seed

    def lived(self, parameters: Parameters, number: int) -> Parameters:
        """Return one of the societies, with its history and, from today on, the given parameters.

        Parameters that differ from the default override those found for the place.
        """
        values, seed = self.society(number)
        return with_history(under(parameters, values), self.profile.history).changed({"seed": seed})

    def described(self, parameters: Parameters) -> Parameters:
        """Return parameters with the people, posts and contexts of the society that is most similar to the place."""
        return under(parameters, self.society(1)[0]).changed({"name": self.profile.name})

    def members(self, base: Parameters) -> Callable[[Parameters, int], tuple[Parameters, int]]:
        """Return a function that turns parameters into those of a society with its history, and gives its seed.

        Its arguments are parameters from :meth:`described` for ``base``, perhaps with interventions or other changes
        that then hold for every society, and the number of the society, from 1.
        """
        described = self.described(base)
        free = [path for path in self.society(1)[0] if _value(base, path) == _value(_DEFAULT, path)]

        def member(point: Parameters, number: int) -> tuple[Parameters, int]:
            values, own = self.society(number)
            mine = {path: values[path] for path in free if _value(point, path) == _value(described, path)}
            return with_history(point.changed(mine), self.profile.history), own

        return member

    def spread(self, simulate: Simulate, base: Parameters) -> Simulate:
        """Return a simulation in which seeds 1, 2 … select the first, second … society; months count from today.

        A seed is the same society with the same history with and without a package, so differences stay paired.

        Parameters
        ----------
        simulate : callable
            May be called from several threads.
        base : Parameters
            Parameters before :meth:`described`; values that differ from the defaults hold for every society.
        """
        member = self.members(base)

        def one(points: Sequence[Parameters], seed: int) -> Observed:
            made = [member(point, seed) for point in points]
            found = simulate([parameters for parameters, _ in made], [made[0][1]])
            return Observed(found.metrics[:, :, HISTORY:], found.measures, (seed,))

        def spread(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
            found = [one(points, seeds[0])]  # alone, because it may have to compile the engine
            with ThreadPoolExecutor(cores()) as pool:
                found += pool.map(lambda seed: one(points, seed), seeds[1:])
            return Observed.by_seed(found)

        return spread

    @property
    def checksum(self) -> str:
        """Short checksum of everything that determines the societies."""
        return short_checksum(_table_bytes(self.societies) + _tree_bytes(self))


APART = 1_000_003
"""Number added to the seed of each society each time the list of societies starts over."""

_DEFAULT = Parameters()


def _value(parameters: Parameters, path: str) -> Any:
    return attrgetter(path)(parameters)


def write_place(folder: Path, place: Place) -> None:
    """Write the societies that represent a place, and finally the request, which shows that everything is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / SOCIETIES, _table_bytes(place.societies))
    write_whole(folder / PLACE, _tree_bytes(place))


def read_place(folder: Path, catalogue: Catalogue) -> Place:
    """Read the societies that represent a place.

    Raises
    ------
    ParameterError
        If the folder does not contain any, or they were found for another version of the model.
    """
    where = f"place = {folder}"
    try:
        tree = parsed_yaml(text(folder / PLACE, RECORD_BYTES))
        societies = pd.read_csv(csv_table(folder / SOCIETIES, RECORD_BYTES))
        sets = tuple(Calibration(sets=tree["sets"]).sets)
        version, told = tree["model_version"], tree["place"]
        profile = profile_of(told, catalogue, f"{folder / PLACE}: place")
        kinds = {"seed": int, "set": int, **dict.fromkeys(inferred(profile), float)}
        rows = societies[list(kinds)].astype(kinds)
        if rows.empty or rows.isna().to_numpy().any() or not rows["set"].between(0, len(sets) - 1).all():
            raise ValueError("its societies are incomplete")
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, EngagementError) and not isinstance(error, ParameterError):
            raise
        raise ParameterError(
            f"{where}: must be the file of a place, or a folder that engagesim place wrote; {_why(error)}"
        ) from None
    if version != MODEL_VERSION:
        raise ParameterError(
            f"{where}: must be from version {MODEL_VERSION} of the model, not {shown(version)}; use: engagesim place"
        )
    return Place(profile, sets, societies)


def read_simulated(folder: Path) -> pd.DataFrame:
    """Read all societies that were simulated for a place, as ``matching.societies_for`` returned them.

    Raises
    ------
    ParameterError
        If they do not exist.
    """
    try:
        return pd.read_csv(csv_table(folder / SIMULATED, RECORD_BYTES))
    except (OSError, ValueError) as error:
        raise ParameterError(f"place = {folder}: must be a folder that engagesim place wrote; {_why(error)}") from None


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else reason(error)


def _table_bytes(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _tree_bytes(place: Place) -> bytes:
    tree = {
        "model_version": MODEL_VERSION, "place": dict(place.profile.told), "sets": [dict(some) for some in place.sets],
    }  # fmt: skip
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=110).encode()
