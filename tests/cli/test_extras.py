"""What needs an extra that is not installed says which, in one line, and writes no results."""

import sys

import pytest

from engagesim.cli import main

SMALL = ["population.citizens=40", "population.districts=2"]
FACTOR = ["factors.p.path=incentives.patronage", "factors.p.values=[0,0.4]"]


@pytest.mark.parametrize(
    ("module", "command", "extra"),
    [
        ("optuna", ["compare", *SMALL, "months=30", "seeds=2", "search.tries=8", "output=x"], "search"),
        ("distributed", ["sweep", *SMALL, *FACTOR, "months=3", "executor=dask", "output=x"], "cluster"),
        ("submitit", ["run", *SMALL, "-m", "seed=1,2", "hydra/launcher=submitit_slurm", "output=x"], "cluster"),
        ("solara", ["app", "port=0", "open=false"], "app"),
    ],
)
def test_what_needs_an_extra_says_which(module, command, extra, monkeypatch, tmp_path, capsys):
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not there
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.endswith(f": must have the extra '{extra}' installed; use: pip install 'engagesim[{extra}]'")
    assert list(tmp_path.iterdir()) == [], "nothing was begun"
