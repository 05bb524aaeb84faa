"""``engagesim calibrate``: finds an ensemble of parameter sets that meet the documented facts."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, goes_on, try_next
from engagesim.cli.log import logbook
from engagesim.cli.progress import counting
from engagesim.cli.validate import chosen_facts, laboratory_for
from engagesim.configs import config_folder
from engagesim.configs.compose import Validating, composed_calibration
from engagesim.configs.options import CalibrateOptions
from engagesim.errors import ParameterError, StoreError
from engagesim.files import PART_BYTES, added_to, content, write_whole
from engagesim.mechanisms.design import sources_of, version_of
from engagesim.parameters import Parameters
from engagesim.study.designs import DUMMY
from engagesim.study.provenance import checksum, environment, keep_inputs
from engagesim.study.resumable import begun
from engagesim.validation.calibrate import (
    MATTERING,
    Calibrated,
    Effort,
    Tried,
    Try,
    indices,
    screen,
    share_of_prior,
    trying,
)
from engagesim.validation.calibrate import calibrate as find
from engagesim.validation.experiments import ParameterSet, Size
from engagesim.validation.facts import Fact
from engagesim.validation.parameter_sets import PRIOR, Calibration, write_calibration

TRIED, ENSEMBLE = "tried.jsonl", "calibration.yaml"


def calibrate(arguments: list[str]) -> int:
    """Find an ensemble, or continue a calibration, and write the ensemble."""
    refuse_flags(arguments, "calibrate", "facts=FOLDER")
    asked, options = composed_calibration(arguments)
    if options.sobol and not options.morris:
        raise ParameterError("morris = 0: must be 2 or more with sobol, which needs a screening")
    facts = chosen_facts(options.facts)
    starts = asked.calibration.sets
    folder = Path(options.output)
    book = logbook("calibrate", arguments, folder, version=version_of(type(asked.base)))
    with goes_on("calibrate", arguments, folder), begun(folder, _question(options, asked, facts), "calibration"), book:
        keep_inputs(asked.base, folder)
        experiments = options.prior + options.search + options.walk + options.judged + len(starts) + 1
        experiments += options.morris * (len(PRIOR) + 2) + options.sobol * (MATTERING + 3)
        with counting(experiments, "parameter sets", options.progress) as bar:
            laboratory = laboratory_for(asked, "full", lambda _: None)
            attempt = _remembered(trying(facts, laboratory, asked.last), folder / TRIED, bar.advance)
            told = _screened(attempt, options, asked.base.seed, folder)
            effort = Effort(options.prior, options.search, options.walk, options.judged, options.keep, asked.base.seed)
            found = find(facts, starts, effort, attempt)
        _write(folder, found, facts, options, (len(starts), told, type(asked.base)))
    return _show(found, facts, folder)


def _question(options: CalibrateOptions, asked: Validating, facts: Sequence[Fact]) -> dict[str, Any]:
    """Return everything that determines the results."""
    content_of_facts = json.dumps([fact.model_dump(mode="json") for fact in facts], sort_keys=True)
    sources = sources_of(type(asked.base))
    return {
        **options.model_dump(mode="json", exclude={"output", "progress"}),
        "seed": asked.base.seed,
        **asked.last,
        "starts": [dict(some) for some in asked.calibration.sets],
        "content_of_facts": checksum(content_of_facts.encode())[:16],
        "model_version": version_of(type(asked.base)),
        **({"mechanisms": sources} if sources else {}),
    }


def _remembered(attempt: Try, path: Path, done: Callable[[int], None]) -> Try:
    """Return a function that tries parameter sets, stores the results, and tries no set twice.

    A calibration that is continued tries the same sets, because it has the same seed; so the stored results are
    all it needs.
    """
    added_to(path).close()  # an error here comes before any set is tried
    lines = _lines(path)
    known: dict[str, Tried] = dict(_known(lines))
    is_cut_off = bool(lines) and not lines[-1].endswith(b"\n")  # the process was killed as it wrote

    def remembered(sets: Sequence[ParameterSet], size: Size, shift: int) -> list[Tried]:
        nonlocal is_cut_off
        names = [_name(some, size, shift) for some in sets]
        new = {name: some for name, some in zip(names, sets, strict=True) if name not in known}
        found = attempt(list(new.values()), size, shift) if new else []
        with added_to(path) as file:
            if is_cut_off:
                file.write("\n")
                is_cut_off = False
            for name, tried in zip(new, found, strict=True):
                known[name] = tried
                file.write(json.dumps({"name": name, "met": tried.met, "near": tried.near}) + "\n")
        done(len(sets))
        return [known[name]._replace(set=dict(some)) for name, some in zip(names, sets, strict=True)]  # in their order

    return remembered


def _name(some: ParameterSet, size: Size, shift: int) -> str:
    return json.dumps([dict(sorted(some.items())), list(size), shift])


class _Line(TypedDict):
    """The stored result of a parameter set."""

    name: str
    met: tuple[str, ...]
    near: dict[str, float]


_LINE, _NAME = TypeAdapter(_Line), TypeAdapter(tuple[dict[str, float], Size, int])


def _lines(path: Path) -> list[bytes]:
    """Return the stored results, one line per parameter set."""
    try:
        return content(path, PART_BYTES).splitlines(keepends=True) if path.exists() else []
    except ValueError as error:
        raise StoreError(f"{path}: must be as a calibration wrote it; {error}") from None


def _known(lines: Sequence[bytes]) -> Iterator[tuple[str, Tried]]:
    """Read lines, without those that are cut off or not valid; their sets are tried again."""
    for line in lines:
        with suppress(ValidationError):
            row = _LINE.validate_json(line)
            changes, *_ = _NAME.validate_json(row["name"])
            yield row["name"], Tried(changes, row["met"], row["near"])


def _screened(attempt: Try, options: CalibrateOptions, seed: int, folder: Path) -> dict[str, pd.DataFrame]:
    """Screen the parameters if requested, and compute indices of those that matter."""
    if not options.morris:
        return {}
    screened = screen(attempt, options.morris, seed)
    told = {"screening": screened}
    if options.sobol:
        mattering = [name for name in screened["parameter"] if name in PRIOR][:MATTERING]
        told["indices"] = indices(attempt, mattering, options.sobol, seed)
    for name, table in told.items():
        write_whole(folder / f"{name}.csv", table.to_csv(index=False).encode())
    return told


def _write(
    folder: Path, found: Calibrated, facts: Sequence[Fact], options: CalibrateOptions,
    before: tuple[int, Mapping[str, pd.DataFrame], type[Parameters]],
) -> None:  # fmt: skip
    """Write the ensemble; ``before``: the number of sets at the start, the screening tables, the parameters' type."""
    if not found.members:
        return
    starts, told, society = before
    belonging, low, high = share_of_prior(found.prior, facts)
    made = environment()
    provenance: dict[str, Any] = {
        "model_version": version_of(society),
        "engagesim": made["engagesim"],
        "commit": made["commit"],
        "asked": options.model_dump(mode="json", include={"facts", "prior", "search", "walk", "judged"}),
        "begun_from": f"{starts} known sets",
        "prior": {"sets": len(found.prior), "belonging": belonging, "low": round(low, 5), "high": round(high, 5)},
        "search": {"sets": len(found.search), "judged on fresh seeds": len(found.judged)},
    }
    for name, table in told.items():
        kept = table[(table.index < 2 * MATTERING) | (table["parameter"] == DUMMY)]
        provenance[name] = kept.round(4).to_dict(orient="records")
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
        print(f"  set {number}: {len(each.met)} of {len(facts)} facts met{f'; missed: {missed}' * bool(missed)}")
    if not found.members:
        print("No set meets the facts, so no ensemble is written. Try more sets, or start from others.")
    print(f"\n{folder}: {ENSEMBLE if found.members else TRIED}")
    if found.members:
        name = folder.resolve().name if folder.resolve().name.isidentifier() else "mine"
        place = config_folder() / "calibration" / f"{name}.yaml"
        try_next("validate", f"calibration={name}", once=f"{folder / ENSEMBLE} is copied to {place}")
    return DONE
