"""``engagesim export``: writes a study as netCDF and CSV, for other programs."""

from engagesim.cli.arguments import study_and_output
from engagesim.cli.exit_codes import DONE, try_next
from engagesim.study.results import export_study


def export(arguments: list[str]) -> int:
    """Write the tables of a study into a folder."""
    results, output = study_and_output(arguments, "export")
    written = export_study(results, output)
    print(f"{output}: {', '.join(path.name for path in written)}")
    try_next("rerun", results.folder, "0")
    return DONE
