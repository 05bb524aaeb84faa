"""Arguments that Hydra does not read: flags, folders of studies, and rows."""

import re
from collections.abc import Sequence
from pathlib import Path

from engagesim.configs.mechanisms import refuse
from engagesim.configs.override_values import text_of
from engagesim.errors import ParameterError, shown
from engagesim.study.results import Results, load

_OUTPUT = "output="


def refuse_flags(arguments: Sequence[str], command: str, example: str) -> None:
    """Refuse flags of a command that accepts only overrides."""
    for argument in arguments:
        if argument.startswith("-"):
            raise ParameterError(f"{argument}: no such flag of {command}; must be KEY=VALUE, as in {example}")


def study_and_output(
    arguments: list[str], command: str, keys: Sequence[str] = ()
) -> tuple[Results, Path, dict[str, list[str]]]:
    """Read ``STUDY [output=DIR] [KEY=VALUE ...]``; by default, the output folder is inside the study's.

    The values of other keys are lists: ``format=csv,xlsx`` or ``format=[csv,xlsx]``.

    The name of a study's folder may contain an equals sign, such as ``seed=1``; if it begins with ``output=``, type
    ``./output=...``.
    """
    refuse(arguments, f"{command} reads the mechanisms stored with the study, and accepts no others")
    given = {key: [each for each in arguments if each.startswith(f"{key}=")] for key in keys}
    twice = next((key for key, values in given.items() if len(values) > 1), None)
    if twice is not None:
        raise ParameterError(f"{twice}: is given twice; must be given once")
    others = {key: re.findall(r"[^,\[\] ]+", values[0].partition("=")[2]) for key, values in given.items() if values}
    empty = next((key for key, values in others.items() if not values), None)
    if empty is not None:
        raise ParameterError(f"{empty}: missing; must have a value")
    arguments = [each for each in arguments if not any(each in values for values in given.values())]
    places = [argument for argument in arguments if not argument.startswith(_OUTPUT)]
    outputs = [argument.removeprefix(_OUTPUT) for argument in arguments if argument.startswith(_OUTPUT)]
    if not places and outputs and Path(arguments[-1]).exists():
        last = arguments[-1]
        raise ParameterError(f"{last}: must come after a folder; use ./{last} for a folder of this name")
    if len(places) != 1 or places[0].startswith("-") or len(outputs) > 1:
        raise ParameterError(
            f"{' '.join(arguments) or command}: must be the folder of a study, optionally with output=DIR; use: "
            f"engagesim {command} my_study"
        )
    folder = Path(places[0])
    names = {"plot": "figures", "export": "export"}
    return load(folder), Path(text_of("output", outputs[0])) if outputs else folder / names[command], others


def row_of(text: str) -> int:
    """Return the number of a row.

    Raises
    ------
    ParameterError
        If the text is not a whole number, 0 or more.
    """
    if not (text.isdecimal() and len(text) < 20):
        raise ParameterError(f"row = {shown(text)}: must be a whole number, 0 or more: the row of a run in its study")
    return int(text)
