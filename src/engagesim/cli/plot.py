"""``engagesim plot``: draws the figures of a study."""

from engagesim.cli.arguments import study_and_output
from engagesim.cli.exit_codes import DONE, try_next
from engagesim.errors import ParameterError
from engagesim.report.study_figures import draw_study
from engagesim.study.run_folder import new_folder


def plot(arguments: list[str]) -> int:
    """Draw the figures that fit the design of a study."""
    results, output, others = study_and_output(arguments, "plot", ("measure",))
    if "measure" in others:
        if len(others["measure"]) != 1:
            raise ParameterError(f"measure = {', '.join(others['measure'])}: must be one measure, as in measure=trust")
        results = results.about(*others["measure"])
    with new_folder(output) as folder:
        drawn = draw_study(results, folder)
    print(f"{output}: {', '.join(path.name for path in drawn)}")
    try_next("export", results.folder)
    return DONE
