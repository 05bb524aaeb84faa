"""Surveys that haven writes in R become people with the same weighted means; runs where R and haven are installed."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from engagesim.society.survey import read_survey

R = shutil.which("Rscript")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(R is None, reason="R is not installed")]

WRITE = """
if (!requireNamespace("haven", quietly = TRUE)) quit(status = 3)
library(haven)
set.seed(3); n <- 300
d <- data.frame(id = 1:n, w = round(runif(n, .3, 3), 4), school = sample(0:15, n, TRUE),
  ward = labelled(sample(1:3, n, TRUE), c(Upper = 1, Middle = 2, Lower = 3), label = "Ward of residence"),
  q1 = sample(1:5, n, TRUE), card = labelled(sample(c(1, 2, 3), n, TRUE), c(green = 1, yellow = 2, none = 3)))
answers <- as.numeric(sample(1:5, n, TRUE)); refused <- sample(n, 15)
s <- d; s$q2 <- labelled_spss(replace(answers, refused, 99), na_values = 99); write_sav(s, "survey.sav")
t <- d; t$q2 <- replace(answers, refused, tagged_na("a")); write_dta(t, "survey.dta", version = 14)
answers[refused] <- NA
trust <- rowMeans(cbind((d$q1 - 1) / 4, 1 - (answers - 1) / 4), na.rm = TRUE)
cards <- c(.8, .7, .35)[as.numeric(d$card)]
mean_of <- function(x) sum(x * d$w) / sum(d$w)
write.csv(data.frame(education = mean_of(d$school / 15), trust = mean_of(trust), vulnerability = mean_of(cards),
  Upper = mean_of(d$ward == 1), Lower = mean_of(d$ward == 3)), "means.csv", row.names = FALSE)
"""

READ = """
people <- haven::{read}("people.{kind}")
write.csv(data.frame(t(colMeans(people[, c("education", "trust")]))), "back.csv")
"""

MAPPING = """\
survey: survey.{kind}
key: id
weight: w
people: 2000
district: {{from: ward}}
attributes:
  education: {{from: school, scale: [0, 15], reason: years of school}}
  trust: {{from: [q1, q2], scale: [1, 5], reversed: [q2], reason: two items}}
  vulnerability: {{from: card, recode: {{green: 0.8, yellow: 0.7}}, otherwise: 0.35, reason: cards}}
"""


def _run(script: str, folder) -> None:
    assert R is not None
    ended = subprocess.run([R, "-e", script], cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode == 3:
        pytest.skip("haven is not installed")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_weighted_means_are_those_that_r_finds_there_and_back(tmp_path, kind):
    pyreadstat = pytest.importorskip("pyreadstat")
    _run(WRITE, tmp_path)
    (tmp_path / "mapping.yaml").write_text(MAPPING.format(kind=kind))
    people = read_survey(tmp_path / "mapping.yaml").people
    wanted = pd.read_csv(tmp_path / "means.csv").iloc[0]
    for name in ("education", "trust", "vulnerability"):
        assert people[name].mean() == pytest.approx(wanted[name], abs=1 / len(people))
    for ward in ("Upper", "Lower"):
        assert (people["district"] == ward).mean() == pytest.approx(wanted[ward], abs=1 / len(people))
    write = {"sav": pyreadstat.write_sav, "dta": lambda table, path: table.to_stata(path, write_index=False)}[kind]
    write(people, str(tmp_path / f"people.{kind}"))
    _run(READ.format(read=f"read_{kind}", kind=kind), tmp_path)
    back = pd.read_csv(tmp_path / "back.csv").iloc[0]
    assert np.allclose(back[["education", "trust"]].astype(float), people[["education", "trust"]].mean())
