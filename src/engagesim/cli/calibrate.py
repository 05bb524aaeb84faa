"""``engagesim calibrate``: from a prior over parameters to an ensemble of sets that meet the documented facts."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from engagesim import MODEL_VERSION
from engagesim.cli.counting import counting
from engagesim.cli.logbook import logbook
from engagesim.cli.outcome import DONE
from engagesim.cli.validate import chosen_facts, laboratory_for, refuse_flags
from engagesim.configs.composing import Validating, composed_calibration
from engagesim.configs.options import CalibrateOptions
from engagesim.errors import EngagementError
from engagesim.evidence.calibrating import (
    PRIOR,
    Calibrated,
    Effort,
    Tried,
    Try,
    share_of_prior,
    trying,
)
from engagesim.evidence.calibrating import calibrate as find
from engagesim.evidence.calibration import Calibration, write_calibration
from engagesim.evidence.experiments import ParameterSet, Size
from engagesim.evidence.facts import Fact
from engagesim.evidence.screening import MATTERING, indices, screen
from engagesim.study.certificate import workshop
from engagesim.study.writing import begun

TRIED, ENSEMBLE = "tried.jsonl", "calibration.yaml"


def calibrate(arguments: list[str]) -> int:
    """Find an ensemble, or go on with finding one, and write it."""
    refuse_flags(arguments, "calibrate")
    asked, options = composed_calibration(arguments)
    facts = chosen_facts(options.facts)
    starts = asked.calibration.sets
    folder = Path(options.output)
    with begun(folder, _question(options, asked), "calibration"), logbook("calibrate", arguments, folder):
        experiments = options.prior + options.search + options.walk + options.judged + len(starts) + 1
        experiments += options.morris * (len(PRIOR) + 2) + options.sobol * (MATTERING + 3)
        with counting(experiments, "parameter sets", options.progress) as done:
            laboratory = laboratory_for(asked, "full", lambda _: None)
            attempt = _remembered(trying(facts, laboratory, asked.last), folder / TRIED, done)
            screened = _screened(attempt, options, asked.base.seed, folder)
            effort = Effort(options.prior, options.search, options.walk, options.judged, options.keep, asked.base.seed)
            found = find(facts, starts, effort, attempt)
        _write(folder, found, facts, options, (len(starts), screened))
    return _show(found, facts, folder)


def _question(options: CalibrateOptions, asked: Validating) -> dict[str, Any]:
    """Return all that decides what a calibration finds."""
    same = {**options.model_dump(mode="json", exclude={"output", "progress"}), "seed": asked.base.seed, **asked.last}
    same["starts"] = [dict(some) for some in asked.calibration.sets]
    return same


def _remembered(attempt: Try, path: Path, done: Any) -> Try:
    """Return what tries parameter sets and writes down what came of it, and tries no set twice.

    A calibration that is stopped asks for the same sets when it goes on, as it has the same seed; so this is all it
    takes to resume.
    """
    known: dict[str, Tried] = dict(_lines(path))

    def remembered(sets: Sequence[ParameterSet], size: Size, shift: int) -> list[Tried]:
        names = [_name(some, size, shift) for some in sets]
        new = {name: some for name, some in zip(names, sets, strict=True) if name not in known}
        found = attempt(list(new.values()), size, shift) if new else []
        with path.open("a", encoding="utf-8") as file:
            for name, tried in zip(new, found, strict=True):
                known[name] = tried
                file.write(json.dumps({"name": name, "met": tried.met, "near": tried.near}) + "\n")
        for _ in sets:
            done("")
        return [known[name] for name in names]

    return remembered


def _name(some: ParameterSet, size: Size, shift: int) -> str:
    return json.dumps([dict(sorted(some.items())), list(size), shift])


def _lines(path: Path) -> Iterator[tuple[str, Tried]]:
    """Read what was tried before; a line that was cut off as the process died is tried again."""
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            row = json.loads(line)
            changes, *_ = json.loads(row["name"])
            yield row["name"], Tried(changes, tuple(row["met"]), row["near"])
        except (ValueError, KeyError, TypeError):
            continue


def _screened(attempt: Try, options: CalibrateOptions, seed: int, folder: Path) -> pd.DataFrame:
    """Screen the parameters where that is asked for, and take indices of those that matter."""
    if not options.morris:
        if options.sobol:
            raise EngagementError("sobol: indices are of what a screening found; allowed with morris = 2 or more")
        return pd.DataFrame()
    screened = screen(attempt, options.morris, seed)
    screened.to_csv(folder / "screening.csv", index=False)
    if options.sobol:
        mattering = [name for name in screened["parameter"] if name in PRIOR][:MATTERING]
        indices(attempt, mattering, options.sobol, seed).to_csv(folder / "indices.csv", index=False)
    return screened


def _write(
    folder: Path, found: Calibrated, facts: Sequence[Fact], options: CalibrateOptions, before: tuple[int, pd.DataFrame]
) -> None:
    """Write the ensemble; ``before`` is with how many known sets the search began, and what screening found."""
    if not found.members:
        return
    starts, screened = before
    belonging, low, high = share_of_prior(found.prior, facts)
    made = workshop()
    provenance: dict[str, Any] = {
        "model_version": MODEL_VERSION,
        "engagesim": made["engagesim"],
        "commit": made["commit"],
        "asked": options.model_dump(mode="json", include={"facts", "prior", "search", "walk", "judged"}),
        "begun_from": f"{starts} known sets",
        "prior": {"sets": len(found.prior), "belonging": belonging, "low": round(low, 5), "high": round(high, 5)},
        "search": {"sets": len(found.search), "judged on fresh seeds": len(found.judged)},
    }
    if len(screened):
        provenance["screening"] = screened.head(2 * MATTERING).round(4).to_dict(orient="records")
    ensemble = Calibration(
        description="Parameter sets that meet four fifths of the calibration facts and all patterns on seeds that no "
        "search has seen; the best first, the others far apart.",
        provenance=provenance,
        sets=tuple(each.set for each in found.members),
    )
    write_calibration(folder / ENSEMBLE, ensemble)


def _show(found: Calibrated, facts: Sequence[Fact], folder: Path) -> int:
    belonging, low, high = share_of_prior(found.prior, facts)
    print(f"{belonging} of {len(found.prior)} sets of the prior meet the facts ({low:.2%} to {high:.2%})")
    met = sum(1 for each in found.judged if each in found.members)
    print(f"{len(found.judged)} of {len(found.search)} sets of the search judged on fresh seeds; {met} kept")
    for number, each in enumerate(found.members):
        missed = ", ".join(fact.id for fact in facts if fact.id not in each.met)
        print(f"  set {number}: {len(each.met)} of {len(facts)} met; not {missed}")
    if not found.members:
        print("No set meets the facts: no ensemble is written. Try more, or begin elsewhere.")
    print(f"\n{folder}: {ENSEMBLE if found.members else TRIED}")
    return DONE
