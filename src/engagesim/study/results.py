"""The results of a study, as tables and labelled arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from engagesim.errors import ParameterError, StoreError, no_such, span
from engagesim.measures import Measure
from engagesim.parameters import Parameters
from engagesim.study.observed import check_mean
from engagesim.study.plan import Plan
from engagesim.study.provenance import check_inputs
from engagesim.study.store import EVENTS, MONTHS, RUNS, Manifest, described, read_manifest, read_plan, read_tables

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Results:
    """The results of a study.

    Attributes
    ----------
    folder : Path
        The folder of the study.
    plan : Plan
        The plan of the study.
    runs : pandas.DataFrame
        One row per run: point, seed, choices, factors by path, ``failed`` with the reason if the run failed, and every
        measure. Measures are averaged over the last year, but those of lasting coalitions have their value in the last
        month.
    made : dict
        The manifest, with versions, the model version, and what is needed to read the study.
    """

    folder: Path
    plan: Plan
    runs: pd.DataFrame
    made: Manifest

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a study: ``load(folder).runs`` is a table, ``.dataset`` has labelled arrays, and ``.months`` all months.

        Parameters
        ----------
        folder : str or Path
            The ``output`` of a sweep, finished or not.

        Returns
        -------
        Results
            Results with their tables in memory.

        Raises
        ------
        StoreError
            If the folder is not that of a study, or a part is damaged.
        """
        folder = Path(folder)
        manifest = read_manifest(folder)
        plan = read_plan(folder, manifest)
        return cls(folder, plan, read_tables(folder, RUNS, plan), manifest)

    @property
    def sound(self) -> pd.DataFrame:
        """The runs that completed."""
        return self.runs[self.runs["failed"].isna()]

    @property
    def society(self) -> type[Parameters]:
        """Type of the parameters; mechanisms are described by data in the folder, and none of their code runs."""
        return self.plan.society

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Measures that were observed, with those of mechanisms last."""
        return self.plan.measures

    @property
    def varying(self) -> list[str]:
        """Columns of the factors that take more than one value."""
        return [path for path in self.plan.paths if self.runs[path].nunique() > 1]

    def is_log(self, path: str) -> bool:
        """Return whether a factor is spread over a logarithmic scale.

        Parameters
        ----------
        path : str
            Path of the factor's parameter.

        Returns
        -------
        bool
            True for a logarithmic scale; False also if the factor does not exist.
        """
        return any(factor.log for factor in self.plan.study.factors.values() if factor.path == path)

    @cached_property
    def months(self) -> pd.DataFrame | None:
        """Table with one row per month of each run, or None if trajectories were not stored."""
        if not self.plan.study.trajectories:
            return None
        found = read_tables(self.folder, MONTHS, self.plan)
        if len(found) != len(self.runs) * self.plan.months:
            wanted = f"{self.plan.months} months of each of {len(self.runs)} runs"
            raise StoreError(f"{self.folder / MONTHS}: must have {wanted}, not {len(found)} in all")
        return found

    @cached_property
    def events(self) -> pd.DataFrame | None:
        """The events of each run that completed, or None if the study does not store them.

        With ``events=all``, there is one row per event, as in ``EngagementModel.events``, by point and seed. With
        ``events=counts``, there is one row per run, with the number of events of each kind.
        """
        return None if self.plan.study.events == "none" else read_tables(self.folder, EVENTS, self.plan)

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Every measure by (point, seed), and by month as ``NAME_by_month`` if trajectories were stored.

        Choices and factors are coordinates of the point. Attributes follow the CF conventions, such as ``units`` and
        ``long_name``. Runs that failed, and seeds that were not run at a point, are NaN. With a dummy factor, the seed
        coordinate excludes the dummy's shift.
        """
        import xarray as xr  # noqa: PLC0415 - slow to import, and few ask for it

        first = self.runs.drop_duplicates("point").set_index("point")
        shifts = {point: self.plan.shift(dict(row)) for point, row in first.iterrows()}
        seed = self.runs["seed"] - self.runs["point"].map(shifts)
        points, seeds = np.unique(self.runs["point"]), np.unique(seed)
        place = np.searchsorted(points, self.runs["point"]), np.searchsorted(seeds, seed)
        columns = [*self.plan.choices, *self.plan.paths]
        data: dict[str, Any] = {
            name: (("point", "seed"), self._spread(name, place, points, seeds)) for name in self.plan.measure_names
        }
        coordinates: dict[str, Any] = {"point": points, "seed": seeds}
        coordinates |= {name: ("point", first[name].to_numpy()) for name in columns}
        if self.months is not None:
            coordinates["month"] = np.arange(self.plan.months)
            data |= {
                f"{name}_by_month": (("point", "seed", "month"), self._by_month(self.months, name, place))
                for name in self.plan.measure_names
            }
        made = xr.Dataset(data, coordinates, self._about)
        for name in made.variables:
            about = described(str(name).removesuffix("_by_month"), self.society)
            unit, words = about.get("unit"), about.get("description", f"Choice of {name}")
            named = {"units": unit, "long_name": words, "unit": unit, "description": words}  # CF names, and ours
            made[name].attrs.update({key: word for key, word in named.items() if word})
        return made

    @property
    def _about(self) -> dict[str, str]:
        """The global attributes of a file under the CF conventions, for other programs."""
        return {
            "Conventions": "CF-1.11",
            "title": "A study with engagesim",
            "source": f"engagesim {self.made['made_with'].get('engagesim')}, model {self.made['model_version']}",
            "history": f"engagesim sweep and engagesim export of the study {self.made['fingerprint'][:12]}",
            "model_version": self.made["model_version"],
        }

    def about(self, measure: str) -> Self:
        """Return the study with another measure in its main figures.

        Parameters
        ----------
        measure : str
            A measure that was observed.

        Returns
        -------
        Results
            The same runs.

        Raises
        ------
        ParameterError
            If the measure was not observed, or has no mean.
        """
        if measure not in self.plan.measure_names:
            raise ParameterError(
                no_such(
                    measure, "measure of this study", self.plan.measure_names, "; see engagesim.MEASURES", "measure = "
                )
            )
        check_mean(measure)
        study = self.plan.study.model_copy(update={"measure": measure})
        return replace(self, plan=replace(self.plan, study=study))

    def parameters(self, row: int) -> Any:
        """Return the parameters of a run, including its seed.

        Parameters
        ----------
        row : int
            Row in ``runs``, counted from 0.

        Returns
        -------
        engagesim.Parameters
            Parameters with which ``EngagementModel`` repeats the run; pass ``mechanisms=`` if it used any.

        Raises
        ------
        StoreError
            If the row does not exist, or copies of input files in the folder have changed.
        """
        if not 0 <= row < len(self.runs):
            raise StoreError(f"row = {row}: must be {span(0, len(self.runs) - 1, True)}, a run of {self.folder}")
        found = self.plan.parameters_of(dict(self.runs.iloc[row]))
        check_inputs(found)
        return found

    def _spread(self, name: str, place: Any, points: Any, seeds: Any) -> Any:
        values = np.full((len(points), len(seeds)), np.nan)
        values[place] = self.runs[name]
        return values

    def _by_month(self, months: pd.DataFrame, name: str, place: Any) -> Any:
        shape = (place[0].max() + 1, place[1].max() + 1, self.plan.months)
        values = np.full(shape, np.nan, dtype=np.float32)
        values[place] = months[name].to_numpy().reshape(len(place[0]), self.plan.months)
        return values


load = Results.load  # by its short name, as elsewhere
