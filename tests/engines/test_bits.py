"""No bit of the model moves unless its version is raised: 200 societies of every kind, in both engines."""

from __future__ import annotations

import pytest
from bits import agent_by_agent, compiled, kept, with_files


# The compiled engine lives all of them in a second, agents in half a minute: every run has agents live each fourth.
@pytest.mark.parametrize(
    ("engine", "every"),
    [
        pytest.param(compiled, 1, id="compiled"),
        pytest.param(agent_by_agent, 4, id="agent_by_agent"),
        pytest.param(agent_by_agent, 1, id="agent_by_agent-all", marks=pytest.mark.slow),
    ],
)
def test_two_hundred_societies_come_to_what_they_came_to(engine, every, tmp_path):
    cases = kept()
    assert len(cases) == 200
    cases = cases[::every]
    lived = [engine(with_files(case["changes"], tmp_path)) for case in cases]
    other = [number for number, case in enumerate(cases) if lived[number] != case["bits"]]
    assert other == []
