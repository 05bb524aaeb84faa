"""``engagesim parameters``: lists the parameters, for the terminal, the documents and editors."""

import json

from rich.console import Console
from rich.table import Table

from engagesim.configs.mechanisms import taken
from engagesim.errors import ParameterError
from engagesim.mechanisms.design import design_of, tree_with
from engagesim.parameters import Parameters, Row, parameter_table

FORMATS = ("table", "markdown", "json-schema")
HEADINGS = ("path", "default", "range", "unit", "meaning", "source")


def parameters(arguments: list[str]) -> int:
    """Print the table of parameters."""
    mechanisms, formats = taken(arguments)
    society = tree_with(mechanisms)
    design_of(society)
    match formats:
        case [] | ["--format", "table"]:
            _print_table(society)
        case ["--format", "markdown"]:
            print(markdown(society))
        case ["--format", "json-schema"]:
            print(json.dumps(society.model_json_schema(), indent=2))
        case _:
            raise ParameterError(
                f"{' '.join(formats)!r}: must be --format table, markdown or json-schema, or mechanisms=FILE"
            )
    return 0


def markdown(society: type[Parameters] = Parameters) -> str:
    """Return the table as Markdown."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    lines += [f"| `{path}` | {' | '.join(rest)} |" for path, *rest in map(_cells, parameter_table(society))]
    return "\n".join(lines)


def _print_table(society: type[Parameters]) -> None:
    table = Table(*HEADINGS)
    for row in parameter_table(society):
        table.add_row(*_cells(row))
    console = Console()
    (console if console.is_terminal else Console(width=200)).print(table)


def _cells(row: Row) -> tuple[str, ...]:
    span = f"{row.low:.10g} to {row.high:.10g}" if row.low is not None and row.high is not None else ""
    default = "" if row.default in (None, ()) else str(row.default)
    moves = row.description if row.role != "start" else f"{row.description} (fixed at the start)"
    return row.path, default, span, row.unit, moves, row.source
