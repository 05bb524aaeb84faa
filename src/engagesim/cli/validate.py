"""``engagesim validate``: tests the model against the documented facts, and writes the scorecard."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rich.console import Console

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, one_line, try_next, typed
from engagesim.cli.log import logbook
from engagesim.cli.progress import counting
from engagesim.configs.command_options import ValidateOptions
from engagesim.configs.compose import Validating, composed_validation
from engagesim.engines.compiled import Options, simulate
from engagesim.errors import ParameterError, not_one_of
from engagesim.mechanisms.design import design_of, sources_of, version_of
from engagesim.parameters import Parameters
from engagesim.report.validation import model_says, write_report
from engagesim.study.observed import Observed
from engagesim.study.provenance import environment, keep_inputs
from engagesim.study.run_folder import check_free, new_folder
from engagesim.validation.analytic_checks import verify
from engagesim.validation.experiments import SIZES, Laboratory, Size
from engagesim.validation.facts import SHIPPED, Fact, read_facts
from engagesim.validation.null_models import NULL_MODELS
from engagesim.validation.scoring import Scorecard, Validation, Verdict
from engagesim.validation.scoring import validate as put_to


def validate(arguments: list[str]) -> int:
    """Test the model against the facts, show the scorecard, and write it."""
    refuse_flags(arguments, "validate", "facts=FOLDER")
    asked, options = composed_validation(arguments)
    output = Path(options.output)
    check_free(output)
    facts = chosen_facts(options.facts, options.only)
    calibrated = asked.calibration.rivals
    sets = asked.calibration.sets
    rivals = {name: calibrated.get(name, sets)[: len(sets)] for name in NULL_MODELS if options.rivals}  # as many
    watched = counting(len(facts), "experiments", options.progress)
    with watched as bar, logbook("validate", arguments, version=version_of(type(asked.base))) as book:
        laboratory = laboratory_for(asked, SIZES[options.size], lambda name: bar.advance(name=name))
        found = put_to(facts, sets, laboratory, asked.last, (rivals, options.knockouts))
        if options.size == "full":
            verified = verify(read_facts(SHIPPED), sets[0], laboratory, _by_agents)
            found = replace(found, verified=verified)
    with new_folder(output) as folder:
        book.keep_in(folder)
        _write(folder, found, options, asked)
        sources = sources_of(type(asked.base))
        write_report(found, asked.calibration, typed("validate", *arguments), folder, sources)
    _show(found)
    print(f"\n{output}: report.html, scorecard.csv, scorecard.json, config")
    try_next("compare", "comparison=forms")
    return DONE


def _by_agents(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
    """Simulate each point with each seed in the Mesa engine."""
    from engagesim.engines.mesa import EngagementModel  # noqa: PLC0415 - Mesa takes seconds to import

    def lived(point: Parameters, seed: int) -> NDArray[np.float64]:
        model = EngagementModel(point.changed({"seed": seed}))
        for _ in range(point.months):
            model.step()
        return np.array(model.observed)

    lives = np.array([[lived(point, seed) for seed in seeds] for point in points])
    return Observed(lives, design_of(type(points[0])).measure_names, tuple(seeds))


def chosen_facts(
    folder: str | None, only: Sequence[str] = (), shipped: Path = SHIPPED, key: str = "facts"
) -> tuple[Fact, ...]:
    """Return the requested facts (or claims) from a folder, by default the built-in ones."""
    facts = read_facts(shipped if folder is None else Path(folder), key)
    known = [fact.id for fact in facts]
    for name in only:
        if name not in known:
            raise ParameterError(not_one_of("only", name, known))
    return tuple(fact for fact in facts if not only or fact.id in only)


def laboratory_for(asked: Validating, size: Size, done: Callable[[str], None] = lambda _: None) -> Laboratory:
    """Return a laboratory with the compiled engine."""
    return Laboratory(asked.base, asked.catalogue, size, observed_only, done)


def observed_only(points: Sequence[Parameters], seeds: Sequence[int], measures: Sequence[str] = ()) -> Observed:
    """Simulate each point with each seed in the compiled engine, and keep the named measures, or all."""
    return simulate(points, seeds, Options(measures=tuple(measures)))


def _write(folder: Path, found: Validation, options: ValidateOptions, asked: Validating) -> None:
    tables = {"scorecard": found.table(), "sets": found.sets()}
    if found.knockouts:
        tables["knockouts"] = found.knocked_out()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    card = {
        "facts": len(found.card.facts),
        "met": list(found.card.met()),
        "by_role": {role: _tally(found.card, role) for role in dict.fromkeys(f.role for f in found.card.facts)},
        "rivals": {name: list(card.met()) for name, card in found.rivals.items()},
        "checks": [_plain(verdict) for verdict in found.card.verdicts],
    }
    (folder / "scorecard.json").write_text(json.dumps(card, indent=2, allow_nan=False) + "\n", "utf-8")
    config = {**options.model_dump(mode="json"), "seed": asked.base.seed, **asked.last}
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    society = type(asked.base)
    made = {"model_version": version_of(society), "mechanisms": sources_of(society), **environment()}
    keep_inputs(asked.base, folder)
    (folder / "provenance.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def _tally(card: Scorecard, role: Any) -> dict[str, int]:
    return {"facts": len(card.of(role)), "met": len(card.met(role))}


def _plain(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict for JSON, with null for NaN."""
    row: dict[str, Any] = verdict._asdict()
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in row.items()}


def _show(found: Validation) -> None:
    """Print every fact with its checks, and how many facts of each role the model and its rivals meet."""
    console = Console(highlight=False)
    met = set(found.card.met())
    for fact in found.card.facts:
        rivals = [name for name, card in found.rivals.items() if fact.id in card.met()]
        also = f" (so do: {', '.join(rivals)})" if rivals else ""
        console.print()
        console.print(one_line(f"{fact.id} {'met' if fact.id in met else 'NOT met'}{also}: {fact.title}"), markup=False)
        for verdict in found.card.verdicts:
            if verdict.fact == fact.id:
                mark = "  +" if verdict.passed else "  -"
                said = f"{verdict.claim}: {model_says(verdict)}; target {verdict.target} [{verdict.tolerance}]"
                console.print(f"{mark} {one_line(said)}", markup=False, style=None if verdict.passed else "red")
    console.print()
    for role in dict.fromkeys(fact.role for fact in found.card.facts):
        others = "".join(f"; {name}: {len(card.met(role))}" for name, card in found.rivals.items())
        mine, all_of = found.card.met(role), found.card.of(role)
        console.print(f"{role}: {len(mine)} of {len(all_of)} facts met ({len(mine) / len(all_of):.0%}){others}")
    for mechanism, loses in found.knocked_out()[["mechanism", "loses"]].itertuples(index=False):
        console.print(f"without {mechanism}: loses {str(loses) or 'nothing'}")
