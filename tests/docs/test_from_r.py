"""All code of the page *From R* runs, with the packages of R that it names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
R = shutil.which("Rscript")
NEEDED = "quit(status = !all(sapply(c('igraph', 'haven'), requireNamespace, quietly = TRUE)))"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        R is None or subprocess.run([R, "-e", NEEDED], capture_output=True, check=False).returncode != 0,
        reason="R, igraph and haven are not here",
    ),
]
OWN = """
people <- data.frame(person = sprintf("HH-%03d", 1:60), district = rep(0:2, 20), education = c(NA, 2:60 / 100))
graph <- igraph::make_ring(60)
igraph::V(graph)$name <- people$person
ties <- setNames(igraph::as_data_frame(graph), c("source", "target"))
survey <- data.frame(id = 1:30, answer = haven::labelled(rep(1:3, 10), c(low = 1, mid = 2, high = 3)))
"""
AFTER = """
engagesim("run", "network=file", "network.file=ties.graphml", "population.file=people.csv", "months=3", "output=graph")
stopifnot(nrow(study$runs) == 6, grepl("Service quality", attr(study$runs$quality, "label")))
"""


def test_the_code_of_the_page_runs(tmp_path):
    blocks = re.findall(r"```text\n(.*?)```", (HOWTO / "from_r.md").read_text("utf-8"), re.DOTALL)
    shutil.copy(HOWTO / "engagesim.R", tmp_path)
    (tmp_path / "page.R").write_text("\n".join([blocks[0], OWN, *blocks[1:], AFTER]))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "PATH": path}
    ended = subprocess.run([R, "page.R"], cwd=tmp_path, env=settings, capture_output=True, text=True,
                           check=False)  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "people are identified by their attribute 'name'" in ended.stdout
