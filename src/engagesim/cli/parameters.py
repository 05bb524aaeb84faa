"""``engagesim parameters``: lists the parameters for the terminal, the documentation and editors."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from engagesim.configs import choices
from engagesim.configs.mechanisms import taken
from engagesim.errors import ParameterError
from engagesim.files import parsed_yaml
from engagesim.mechanisms.design import design_of, tree_with
from engagesim.parameters import Parameters, Row, parameter_table
from engagesim.study.argument_checks import one_of
from engagesim.validation.parameter_sets import Calibration, calibration_of, standing

FORMATS = ("table", "markdown", "json-schema")
HEADINGS = ("path", "default", "range", "unit", "meaning", "mechanism from", "value from", "calibrated or judged",
            "pinned down")  # fmt: skip


def parameters(arguments: list[str]) -> int:
    """Print the table of parameters."""
    mechanisms, others = taken(arguments)
    names = [each.removeprefix("calibration=") for each in others if each.startswith("calibration=")]
    formats = [each for each in others if not each.startswith("calibration=")]
    society = tree_with(mechanisms)
    design_of(society)
    match formats:
        case [] | ["--format", "table"]:
            _print_table(society, calibration_named(*names[-1:]))
        case ["--format", "markdown"]:
            print(markdown(society, calibration_named(*names[-1:])))
        case ["--format", "json-schema"]:
            print(json.dumps(society.model_json_schema(), indent=2))
        case _:
            raise ParameterError(
                f"{' '.join(formats)!r}: must be --format table, markdown or json-schema, calibration=NAME or "
                "mechanisms=FILE"
            )
    return 0


def markdown(society: type[Parameters] = Parameters, calibration: Calibration | None = None) -> str:
    """Return the table as Markdown, with the default calibration if none is given."""
    calibration = calibration or calibration_named()
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    for row in parameter_table(society):
        path, *rest = _cells(row, calibration)
        lines.append(f"| `{path}` | {' | '.join(rest)} |")
    return "\n".join(lines)


def calibration_named(name: str = "default") -> Calibration:
    """Return a calibration from ``conf/calibration``, read without Hydra, which takes a second to start."""
    return calibration_of(_composed(name))


def _composed(name: str) -> dict[str, Any]:
    """Return the content of a calibration's file, including the content of the files on which it builds."""
    files = choices("calibration")
    tree: dict[str, Any] = parsed_yaml(files[one_of(name, files, "calibration")].read_text("utf-8"))
    for base in tree.pop("defaults", ()):
        below = _composed(base)
        provenance = {**below.get("provenance", {}), **tree.get("provenance", {})}
        tree = {**below, **tree, "provenance": provenance}
    return tree


def _print_table(society: type[Parameters], calibration: Calibration) -> None:
    table = Table(*HEADINGS)
    for row in parameter_table(society):
        table.add_row(*_cells(row, calibration))
    console = Console()
    (console if console.is_terminal else Console(width=240)).print(table)


def _cells(row: Row, calibration: Calibration) -> tuple[str, ...]:
    span = f"{row.low:.10g} to {row.high:.10g}" if row.low is not None and row.high is not None else ""
    default = "" if row.default in (None, ()) else str(row.default)
    moves = row.description if row.role != "start" else f"{row.description} (fixed at the start)"
    return row.path, default, span, row.unit, moves, *standing(row, calibration)
