"""No bit of the model moves unless its version is raised: 200 societies of every kind, in both engines."""

from __future__ import annotations

import pytest
from bits import agent_by_agent, compiled, kept, with_files


@pytest.mark.parametrize(("engine", "every"), [(agent_by_agent, 3), (compiled, 1)], ids=["agent_by_agent", "compiled"])
def test_two_hundred_societies_come_to_what_they_came_to(engine, every, tmp_path):
    cases = kept()
    assert len(cases) == 200
    cases = cases[::every]  # a third has all kinds of graphs; test_identity holds both engines to the same bits
    lived = [engine(with_files(case["changes"], tmp_path)) for case in cases]
    other = [number for number, case in enumerate(cases) if lived[number] != case["bits"]]
    assert other == []
