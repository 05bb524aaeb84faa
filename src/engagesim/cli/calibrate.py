"""``engagesim calibrate``: finds an ensemble of parameter sets that meet the documented facts."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, goes_on, try_next
from engagesim.cli.log import logbook
from engagesim.cli.progress import counting
from engagesim.cli.validate import chosen_facts, laboratory_for
from engagesim.configs import config_folders
from engagesim.configs.command_options import CalibrateOptions
from engagesim.configs.compose import Validating, composed_calibration
from engagesim.errors import ParameterError, StoreError
from engagesim.files import PART_BYTES, added_to, content, write_whole
from engagesim.mechanisms.design import sources_of, version_of
from engagesim.report.text import several
from engagesim.study.designs import DUMMY
from engagesim.study.provenance import environment, keep_inputs, short_checksum
from engagesim.study.resumable import begun
from engagesim.validation.calibrate import (
    LEAST,
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
from engagesim.validation.experiments import SIZES, ParameterSet, Size
from engagesim.validation.facts import Fact
from engagesim.validation.identification import correlated, effective_dimension, pinned
from engagesim.validation.left_out import difference, predicted
from engagesim.validation.null_models import NULL_MODELS
from engagesim.validation.parameter_sets import PRIOR, SHORT, Calibration, to_unit, write_calibration
from engagesim.validation.scoring import Outcome

TRIED, ENSEMBLE = "tried.jsonl", "calibration.yaml"


def calibrate(arguments: list[str]) -> int:
    """Find and write an ensemble, or continue a calibration."""
    refuse_flags(arguments, "calibrate", "facts=FOLDER")
    asked, options = composed_calibration(arguments)
    for name, most in (("morris", 10_000), ("sobol", 100_000)):
        if getattr(options, name) == 1:  # no interval comes of one
            raise ParameterError(f"{name} = 1: must be 0, or from 2 to {most}")
    if options.judged > options.sets:
        raise ParameterError(
            f"judged = {options.judged}: must be up to sets = {options.sets}, the size of the last wave"
        )
    if options.sobol and not options.morris:
        raise ParameterError("morris = 0: must be 2 or more with sobol, because sobol needs a screening")
    facts = _used(options)
    folder = Path(options.output)
    book = logbook("calibrate", arguments, folder, version=version_of(type(asked.base)))
    with goes_on("calibrate", arguments, folder), begun(folder, _question(options, asked, facts), "calibration"), book:
        keep_inputs(asked.base, folder)
        models = 1 + len(NULL_MODELS) * options.rivals
        experiments = models * (options.waves * options.sets + options.judged)
        experiments += options.morris * (len(PRIOR) + 2) + options.sobol * (MATTERING + 3)
        with counting(experiments, "parameter sets", options.progress) as bar:
            work = _Work(facts, options, asked, folder, bar.advance)
            told = _screened(work.remembered(folder, {}), options, asked.base.seed, folder)
            found = work.found(folder, {})
            rivals: dict[str, Calibrated] = {}
            _write(folder, found, work, told, rivals)
            for name in NULL_MODELS if options.rivals else ():
                rivals[name] = work.found(folder / name, NULL_MODELS[name].changes)
                _write(folder, found, work, told, rivals)
    return _show(found, facts, rivals, folder)


class _Work(NamedTuple):
    """The settings of a calibration."""

    facts: Sequence[Fact]
    options: CalibrateOptions
    asked: Validating
    folder: Path
    done: Callable[[int], None]

    def remembered(self, folder: Path, changes: Mapping[str, Any]) -> Try:
        """Return a function that tries sets in the model with some changes, and stores the results in a folder."""
        laboratory = laboratory_for(self.asked, SIZES["full"])
        attempt = trying(self.facts, laboratory, {**self.asked.last, **changes})
        return _remembered(attempt, folder / TRIED, self.done)

    def found(self, folder: Path, changes: Mapping[str, Any]) -> Calibrated:
        """Calibrate the model with some changes."""
        folder.mkdir(exist_ok=True)
        options = self.options
        effort = Effort(options.waves, options.sets, options.judged, options.keep, self.asked.base.seed)
        return find(self.facts, effort, self.remembered(folder, changes))


def _used(options: CalibrateOptions) -> tuple[Fact, ...]:
    """Return the facts that a calibration uses."""
    facts = tuple(fact for fact in chosen_facts(options.facts) if fact.role in {"calibration", "pattern"})
    if not facts:
        raise ParameterError(f"facts = {options.facts}: must have facts with role: calibration or role: pattern")
    return facts


def _question(options: CalibrateOptions, asked: Validating, facts: Sequence[Fact]) -> dict[str, Any]:
    """Return everything that determines the choice of sets and their results; more sets can be tried later."""
    content_of_facts = json.dumps([fact.asked for fact in facts], sort_keys=True)
    sources = sources_of(type(asked.base))
    return {
        **options.model_dump(mode="json", exclude={"waves", "judged", "keep", "rivals", "progress", "output"}),
        "seed": asked.base.seed,
        **asked.last,
        "content_of_facts": short_checksum(content_of_facts.encode()),
        "model_version": version_of(type(asked.base)),
        **({"mechanisms": sources} if sources else {}),
    }


def _remembered(attempt: Try, path: Path, done: Callable[[int], None]) -> Try:
    """Return a function that tries parameter sets, stores the results, and tries no set twice.

    A continued calibration tries the same sets, because it has the same seed; so it needs only the stored
    results.
    """
    added_to(path).close()  # raises any error before a set is tried
    lines = _lines(path)
    known: dict[str, Tried] = dict(_known(lines))
    is_cut_off = bool(lines) and not lines[-1].endswith(b"\n")  # the process was killed while writing

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
                file.write(
                    json.dumps({"name": name, "met": tried.met, "near": tried.near, "outcomes": tried.outcomes}) + "\n"
                )
        done(len(sets))
        return [known[name]._replace(set=dict(some)) for name, some in zip(names, sets, strict=True)]  # in order

    return remembered


def _name(some: ParameterSet, size: Size, shift: int) -> str:
    return json.dumps([dict(sorted(some.items())), list(size), shift])


class _Line(TypedDict):
    """The stored result of a parameter set."""

    name: str
    met: tuple[str, ...]
    near: dict[str, float]
    outcomes: dict[str, tuple[Outcome, ...]]


_LINE, _NAME = TypeAdapter(_Line), TypeAdapter(tuple[dict[str, float], Size, int])


def _lines(path: Path) -> list[bytes]:
    """Return the stored results, one line per parameter set."""
    try:
        return content(path, PART_BYTES).splitlines(keepends=True) if path.exists() else []
    except ValueError as error:
        raise StoreError(f"{path}: must be unchanged since a calibration wrote it; {error}") from None


def _known(lines: Sequence[bytes]) -> Iterator[tuple[str, Tried]]:
    """Yield the valid lines; sets whose lines are cut off or invalid are tried again."""
    for line in lines:
        with suppress(ValidationError):
            row = _LINE.validate_json(line)
            changes, *_ = _NAME.validate_json(row["name"])
            yield row["name"], Tried(changes, row["met"], row["near"], row["outcomes"])


def _screened(attempt: Try, options: CalibrateOptions, seed: int, folder: Path) -> dict[str, pd.DataFrame]:
    """Screen the parameters if requested, and compute Sobol indices of those that matter."""
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
    folder: Path, found: Calibrated, work: _Work, told: Mapping[str, pd.DataFrame], rivals: Mapping[str, Calibrated]
) -> None:
    """Write the ensemble, the screening tables, and the rivals calibrated so far."""
    society = type(work.asked.base)
    belonging, low, high = share_of_prior(found.waves[0], work.facts)
    made = environment()
    provenance: dict[str, Any] = {
        "model_version": version_of(society),
        "engagesim": made["engagesim"],
        "commit": made["commit"],
        "seed": work.asked.base.seed,
        "asked": work.options.model_dump(mode="json", include={"facts", "waves", "sets", "judged", "keep"}),
        "prior": {"sets": len(found.waves[0]), "belonging": belonging, "low": round(low, 5), "high": round(high, 5)},
        **_summary(found, work.facts),
        **_identified(found),
    }
    for name, table in told.items():
        kept = table[(table.index < 2 * MATTERING) | (table["parameter"] == DUMMY)]
        provenance[name] = kept.round(4).to_dict(orient="records")
    if rivals:
        provenance["rivals"] = {name: _summary(each, work.facts) for name, each in rivals.items()}
    ensemble = Calibration(
        description=_description(found),
        provenance=provenance,
        sets=tuple(each.set for each in found.members),
        rivals={name: tuple(each.set for each in rival.members) for name, rival in rivals.items()},
    )
    write_calibration(folder / ENSEMBLE, ensemble)


def _description(found: Calibrated) -> str:
    """Describe in words how the sets of an ensemble were chosen."""
    meet = (
        "meet four fifths of the calibration facts and all patterns"
        if not found.short
        else "come nearest to meeting four fifths of the calibration facts and all patterns "
        f"(at most {several(found.short, 'fact')} short)"
    )
    return (
        "This is a sample of the parameter sets that emulators and small experiments did not rule out. On seeds that "
        f"the search had not used, they {meet}. The first set is the most central one; the others are in random order."
    )


def _summary(found: Calibrated, facts: Sequence[Fact]) -> dict[str, Any]:
    """Return a summary of a calibration as plain data: sets accepted, sets ruled out, and facts predicted."""
    region = found.regions[-1]
    explained = found.emulators.explained
    by_fact = [float(explained[found.emulators.owner == place].mean()) for place in range(len(facts))]
    return {
        "judged": {"sets": len(found.judged), "accepted": len(found.accepted), SHORT: found.short},
        "not_ruled_out": {
            "share of the prior": float(f"{region.share:.3g}"), "largest implausibility": round(region.cutoff, 3),
            "variance that emulators explain": round(float(np.mean(by_fact)), 3),
        },
        "left_out": found.left_out.round(4).to_dict(orient="records"),
    }  # fmt: skip


def _identified(found: Calibrated) -> dict[str, Any]:
    """Return, as plain data, which parameters the facts pin down, and which are correlated."""
    places = np.array([to_unit(each.set) for each in found.accepted])
    if len(places) < _ENOUGH_TO_SAY:
        return {}
    middle, low, high = effective_dimension(places)
    together = correlated(places, PRIOR)
    return {
        "effective_dimension": {"of": len(PRIOR), "pinned": round(middle, 1), "low": round(low, 1),
                                "high": round(high, 1)},
        "pinned": _rounded(pinned(places, PRIOR)),
        "correlated": _rounded(together.head(_PAIRS)),
    }  # fmt: skip


_ENOUGH_TO_SAY = 5
"""Minimum number of accepted sets for which the widths of their ranges are meaningful."""

_PAIRS = 30
"""Maximum number of pairs of parameters that a calibration lists."""


def _rounded(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): float(f"{value:.4g}") if isinstance(value, float) else value for name, value in row.items()}
        for row in table.to_dict(orient="records")
    ]


def _show(found: Calibrated, facts: Sequence[Fact], rivals: Mapping[str, Calibrated], folder: Path) -> int:
    belonging, low, high = share_of_prior(found.waves[0], facts)
    print(f"{belonging} of {len(found.waves[0])} sets of the prior meet the facts ({low:.2%} to {high:.2%})")
    print(f"{found.regions[-1].share:.2g} of the prior is not ruled out after {several(len(found.waves), 'wave')}")
    if found.short:
        print(
            f"Fewer than {min(LEAST, len(found.judged))} sets meet the facts; those accepted are at most "
            f"{several(found.short, 'fact')} short. Try more waves or more sets."
        )
    print(f"{len(found.accepted)} of {len(found.judged)} sets accepted on fresh seeds; {len(found.members)} are kept")
    for number, each in enumerate(found.members):
        missed = ", ".join(fact.id for fact in facts if fact.id not in each.met)
        print(f"  set {number}: {len(each.met)} of {len(facts)} facts met{f'; missed: {missed}' * bool(missed)}")
    if len(found.left_out):
        print(f"{predicted(found.left_out)} of {len(found.left_out)} facts are predicted when each is left out in turn")
        for name, rival in rivals.items():
            worse, least, most = difference(found.left_out, rival.left_out)
            print(
                f"  {name}: {predicted(rival.left_out)}; its score is {worse:+.2f} worse ({least:+.2f} to {most:+.2f})"
            )
    print(f"\n{folder}: {ENSEMBLE}")
    name = folder.resolve().name if folder.resolve().name.isidentifier() else "mine"
    place = config_folders()[-1] / "calibration" / f"{name}.yaml"
    try_next("validate", f"calibration={name}", once=f"{folder / ENSEMBLE} is copied to {place}")
    return DONE
