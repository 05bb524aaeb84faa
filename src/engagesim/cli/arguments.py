"""Words of a command line that Hydra does not read: flags that there are not, folders of studies, rows."""

from collections.abc import Sequence
from pathlib import Path

from engagesim.configs.mechanisms import refuse
from engagesim.configs.override_values import text_of
from engagesim.errors import ParameterError, shown
from engagesim.study.results import Results, load

_OUTPUT = "output="


def refuse_flags(arguments: Sequence[str], command: str, example: str) -> None:
    """Refuse flags of a command that takes overrides only."""
    for argument in arguments:
        if argument.startswith("-"):
            raise ParameterError(f"{argument}: no such flag of {command}; must be KEY=VALUE, as in {example}")


def study_and_output(arguments: list[str], command: str) -> tuple[Results, Path]:
    """Read ``STUDY [output=DIR]``; the folder is inside the study's unless told otherwise.

    A study's folder may hold an equals sign, as ``seed=1`` does; one that is called ``output=...`` is given as
    ``./output=...``.
    """
    refuse(arguments, f"{command} reads what the study knows of its mechanisms, and needs none")
    places = [argument for argument in arguments if not argument.startswith(_OUTPUT)]
    outputs = [argument.removeprefix(_OUTPUT) for argument in arguments if argument.startswith(_OUTPUT)]
    if not places and outputs and Path(arguments[-1]).exists():
        raise ParameterError(f"{arguments[-1]}: must come after a folder; write ./{arguments[-1]} for one of this name")
    if len(places) != 1 or places[0].startswith("-") or len(outputs) > 1:
        raise ParameterError(
            f"{' '.join(arguments) or command}: must be the folder of a study, and output=DIR if you like; write "
            f"engagesim {command} my_study"
        )
    folder = Path(places[0])
    names = {"plot": "figures", "export": "export"}
    return load(folder), Path(text_of("output", outputs[0])) if outputs else folder / names[command]


def row_of(text: str) -> int:
    """Return the number of a row.

    Raises
    ------
    ParameterError
        Unless it is a whole number from 0.
    """
    if not (text.isdecimal() and len(text) < 20):
        raise ParameterError(f"row = {shown(text)}: must be a whole number from 0, the row of a run in its study")
    return int(text)
