"""A scalar C++ port of the citizens' phases, compiled with all the optimisation that the machine's compiler has."""

import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("citizens.cpp")


def nanoseconds_per_citizen_month(citizens: int, months: int) -> float | None:
    """Least time of five repetitions, or None where there is no compiler."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "citizens"
        subprocess.run([compiler, "-O3", "-march=native", "-std=c++17", str(SOURCE), "-o", str(program)], check=True)
        command = [str(program), str(citizens), str(months)]
        return min(
            float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0])
            for _ in range(5)
        )
