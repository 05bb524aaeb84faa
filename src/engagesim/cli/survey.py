"""``engagesim survey``: turns a survey into people for a society, and writes a page for checking them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, try_next
from engagesim.configs.override_values import text_of
from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.model import agent_table
from engagesim.errors import ParameterError, no_such
from engagesim.files import TABLE_BYTES, content, write_whole
from engagesim.parameters import Parameters
from engagesim.places.profile import QUANTITY
from engagesim.report.survey_page import survey_page
from engagesim.society.files import DRAWN_AROUND
from engagesim.society.survey import Surveyed, read_survey
from engagesim.study.provenance import checksum, environment
from engagesim.study.run_folder import new_folder

_OUTPUT = "output="


def survey(arguments: list[str]) -> int:
    """Read ``MAPPING [output=DIR]``, and write people, a check page, and a file for ``engagesim place``."""
    refuse_flags(arguments, "survey", "output=my_people")
    outputs = [each.removeprefix(_OUTPUT) for each in arguments if each.startswith(_OUTPUT)]
    files = [each for each in arguments if not each.startswith(_OUTPUT)]
    if len(files) != 1 or len(outputs) > 1:
        raise ParameterError(
            f"{' '.join(arguments) or 'survey'}: must be a mapping file, optionally with output=DIR; use: "
            "engagesim survey mapping.yaml"
        )
    mapping = Path(files[0])
    output = Path(text_of("output", outputs[0])) if outputs else mapping.with_suffix("")
    read = read_survey(mapping)
    place = place_of(read)
    with new_folder(output) as folder:
        file = folder / "people.csv"
        read.people.to_csv(file, index=False)
        changes = settings_of(read)
        parameters = Parameters().changed({**changes, "population.file": str(file)})
        agents = agent_table(EngagementModel(parameters.changed({"network.degree": 2})))
        page = survey_page(read, agents[agents["role"] == "citizen"])
        texts = {"check.html": page, "place.yaml": place, "provenance.json": _provenance(read, mapping),
                 "mapping.yaml": mapping.read_text("utf-8")}  # fmt: skip
        for name, words in texts.items():
            if words:
                write_whole(folder / name, words.encode())
    for note in read.notes:
        print(f"• {note}")
    means = (f"{name} {np.nanmean(read.people[name]):.2f}" for name in read.mapping.attributes)
    print(f"{len(read.people)} people; on average {', '.join(means)}" if read.mapping.attributes else "")
    more = "place.yaml, " if place else ""
    print(f"\n{output}: people.csv, check.html (look at it first), {more}provenance.json and the mapping")
    try_next("run", f"population.file={output / 'people.csv'}", *(f"{key}={value}" for key, value in changes.items()))
    if place:
        try_next("place", output / "place.yaml")
    return DONE


def settings_of(read: Surveyed) -> dict[str, float]:
    """Return the settings of a society of these people, so that people drawn at random resemble the respondents."""
    changes: dict[str, float] = {}
    if "district" in read.people:
        changes["population.districts"] = int(read.people["district"].nunique())
    for name in read.mapping.attributes:
        if name in DRAWN_AROUND and read.people[name].isna().any() and read.people[name].notna().any():
            changes[f"population.{DRAWN_AROUND[name]}"] = round(float(read.people[name].mean()), 3)
    return changes


def place_of(read: Surveyed) -> str:
    """Return the text of a file for ``engagesim place``: means with margins of error; empty if no mean is known.

    Raises
    ------
    ParameterError
        If a number is not a quantity that can be known of a place.
    """
    if not read.known:
        return ""
    tree: dict[str, object] = {"name": read.mapping.name}
    if "district" in read.people:
        tree["districts"] = int(read.people["district"].nunique())
    known = [name for name, quantity in QUANTITY.items() if quantity.unit in {"share", "0 to 1"}]
    for name in read.known:
        if name not in known:
            raise ParameterError(no_such(name, "quantity that a survey can give for a place", known, place="know."))
    tree["know"] = {name: _stated(QUANTITY[name].unit, *found) for name, found in read.known.items()}
    head = "# From a survey. Add anything else you know: citizens, officials, the form of engagement that is open.\n"
    return head + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)


def _stated(unit: str, mean: float, error: float) -> str:
    if unit == "share":
        return f"{100 * mean:.1f} ± {max(196 * error, 0.1):.1f} %"
    return f"{mean:.3f} ± {max(1.96 * error, 0.001):.3f}"


def _provenance(read: Surveyed, mapping: Path) -> str:
    file = mapping.parent / read.mapping.survey
    told = {
        "survey": {"file": file.name, "sha256": checksum(content(file, TABLE_BYTES))},
        "mapping": {"file": mapping.name, "sha256": checksum(mapping.read_bytes())},
        "people": {"rows": len(read.people), "seed": read.mapping.seed},
        "notes": list(read.notes),
        "attributes": {
            name: {"from": question.items, "reason": question.reason}
            for name, question in read.mapping.attributes.items()
        },
        "margins": pd.unique(read.margins["source"]).tolist(),
        "made_with": environment(),
    }
    return json.dumps(told, indent=1, ensure_ascii=False)
