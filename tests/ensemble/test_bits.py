"""No bit of the model moves unless its version is raised: 200 societies of every kind, in both clocks."""

from __future__ import annotations

import pytest
from bits import agent_by_agent, compiled, kept, with_files


@pytest.mark.parametrize("clock", [agent_by_agent, compiled], ids=lambda clock: clock.__name__)
def test_two_hundred_societies_come_to_what_they_came_to(clock, tmp_path):
    cases = kept()
    assert len(cases) == 200
    other = [
        number for number, case in enumerate(cases) if clock(with_files(case["changes"], tmp_path)) != case["bits"]
    ]
    assert other == []
