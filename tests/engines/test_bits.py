"""No bit of the model moves unless its version is raised: 200 societies of every kind, in both engines."""

from __future__ import annotations

import pytest
from bits import agent_by_agent, compiled, kept, with_files


@pytest.mark.parametrize("engine", [agent_by_agent, compiled], ids=lambda engine: engine.__name__)
def test_two_hundred_societies_come_to_what_they_came_to(engine, tmp_path):
    cases = kept()
    assert len(cases) == 200
    lived = [engine(with_files(case["changes"], tmp_path)) for case in cases]
    other = [number for number, case in enumerate(cases) if lived[number] != case["bits"]]
    assert other == []
