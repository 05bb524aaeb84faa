"""A study for other programs: netCDF and CSV."""

from pathlib import Path

from engagesim.study.results import Results
from engagesim.study.run_folder import new_folder


def export_study(results: Results, output: Path) -> list[Path]:
    """Write ``runs.csv``, ``study.nc`` and, where months were kept, ``months.csv``; all of them or none.

    Raises
    ------
    StoreError
        Where the folder is taken or cannot be written.
    """
    tables = {"runs.csv": results.runs, "months.csv": results.months}
    with new_folder(output) as folder:
        for name, table in tables.items():
            if table is not None:
                table.to_csv(folder / name, index=False)
        # Made in memory: HDF5 brings the process down where it cannot write on.
        (folder / "study.nc").write_bytes(results.dataset.to_netcdf(engine="h5netcdf"))
    return sorted(output.iterdir())
