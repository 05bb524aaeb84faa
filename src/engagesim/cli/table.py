"""``engagesim parameters``: the table of parameters, for the terminal, the documents and editors."""

import json

from rich.console import Console
from rich.table import Table

from engagesim.errors import ParameterError
from engagesim.parameters import Parameters, Row, parameter_table

HEADINGS = ("path", "default", "range", "unit", "meaning", "source")


def parameters(arguments: list[str]) -> int:
    """Print the table of parameters."""
    match arguments:
        case [] | ["--format", "table"]:
            _print_table()
        case ["--format", "markdown"]:
            print(markdown())
        case ["--format", "json-schema"]:
            print(json.dumps(Parameters.model_json_schema(), indent=2))
        case _:
            raise ParameterError(f"{' '.join(arguments)!r}: allowed is --format table, markdown or json-schema")
    return 0


def markdown() -> str:
    """Return the table as Markdown."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    lines += [f"| `{path}` | {' | '.join(rest)} |" for path, *rest in map(_cells, parameter_table())]
    return "\n".join(lines)


def _print_table() -> None:
    table = Table(*HEADINGS)
    for row in parameter_table():
        table.add_row(*_cells(row))
    console = Console()
    (console if console.is_terminal else Console(width=200)).print(table)


def _cells(row: Row) -> tuple[str, ...]:
    span = f"{row.low:.10g} to {row.high:.10g}" if row.low is not None and row.high is not None else ""
    default = "" if row.default in (None, ()) else str(row.default)
    moves = row.description if row.role != "start" else f"{row.description} (fixed at the start)"
    return row.path, default, span, row.unit, moves, row.source
