"""``engagesim calibrate``: from a prior over parameters to an ensemble of sets that meet the documented facts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from filelock import FileLock, Timeout

from engagesim import MODEL_VERSION
from engagesim.cli.outcome import DONE
from engagesim.cli.validate import chosen_facts, counting, laboratory_for, refuse_flags
from engagesim.configs.composing import Validating, composed_calibration
from engagesim.configs.options import CalibrateOptions
from engagesim.errors import EngagementError, StoreError
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

TRIED, CONFIG, ENSEMBLE = "tried.jsonl", "config.yaml", "calibration.yaml"


def calibrate(arguments: list[str]) -> int:
    """Find an ensemble, or go on with finding one, and write it."""
    refuse_flags(arguments, "calibrate")
    asked, options = composed_calibration(arguments)
    facts = chosen_facts(options.facts)
    starts = asked.calibration.sets
    folder = Path(options.output)
    with _opened(folder, options, asked):
        experiments = options.prior + options.search + options.walk + options.judged + len(starts) + 1
        experiments += options.morris * (len(PRIOR) + 2) + options.sobol * (MATTERING + 3)
        with counting(experiments, "parameter sets", options.progress) as done:
            laboratory = laboratory_for(asked, "full", lambda _: None)
            attempt = _remembered(trying(facts, laboratory, asked.last), folder / TRIED, done)
            told = _screened(attempt, options, asked.base.seed, folder)
            effort = Effort(options.prior, options.search, options.walk, options.judged, options.keep, asked.base.seed)
            found = find(facts, starts, effort, attempt)
        _write(folder, found, facts, options, (len(starts), told))
    return _show(found, facts, folder)


@contextmanager
def _opened(folder: Path, options: CalibrateOptions, asked: Validating) -> Iterator[None]:
    """Open a folder for one calibration at a time, and refuse one that was begun with something else in mind."""
    same = {**options.model_dump(mode="json", exclude={"output", "progress"}), "seed": asked.base.seed, **asked.last}
    same["starts"] = [dict(some) for some in asked.calibration.sets]
    try:
        if folder.exists() and not (folder / CONFIG).exists() and any(folder.iterdir()):
            raise StoreError(f"output = {folder}: is there already, and no calibration; allowed is a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            if (folder / CONFIG).exists():
                _check_same(folder, same)
            else:
                (folder / CONFIG).write_text(yaml.safe_dump(same, sort_keys=False), "utf-8")
            yield
    except Timeout:
        raise StoreError(f"output = {folder}: another calibration is at work in it") from None
    except OSError as error:
        raise StoreError(f"output = {folder}: cannot be written ({error.strerror or error})") from None


def _check_same(folder: Path, asked: Mapping[str, Any]) -> None:
    try:
        begun = yaml.safe_load((folder / CONFIG).read_text("utf-8"))
    except (ValueError, yaml.YAMLError):
        begun = None
    if begun != asked:
        differs = [key for key in asked if not isinstance(begun, dict) or begun.get(key) != asked[key]]
        raise StoreError(
            f"output = {folder}: a calibration that differs in {', '.join(differs) or 'its config'} was begun there; "
            "allowed is the same one, or a new folder"
        )


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


def _screened(attempt: Try, options: CalibrateOptions, seed: int, folder: Path) -> dict[str, pd.DataFrame]:
    """Screen the parameters where that is asked for, and take indices of those that matter."""
    if not options.morris:
        if options.sobol:
            raise EngagementError("sobol: indices are of what a screening found; allowed with morris = 2 or more")
        return {}
    screened = screen(attempt, options.morris, seed)
    told = {"screening": screened}
    if options.sobol:
        mattering = [name for name in screened["parameter"] if name in PRIOR][:MATTERING]
        told["indices"] = indices(attempt, mattering, options.sobol, seed)
    for name, table in told.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return told


def _write(
    folder: Path, found: Calibrated, facts: Sequence[Fact], options: CalibrateOptions,
    before: tuple[int, Mapping[str, pd.DataFrame]],
) -> None:  # fmt: skip
    """Write the ensemble; ``before`` is with how many known sets the search began, and what screening found."""
    if not found.members:
        return
    starts, told = before
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
    for name, table in told.items():
        provenance[name] = table.head(2 * MATTERING).round(4).to_dict(orient="records")
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
