"""Colours that mean different things look different, also to the colour-blind."""

from __future__ import annotations

from itertools import combinations

import matplotlib
import numpy as np
import pytest

from engagesim.measures import MEASURE_NAMES
from engagesim.report.style import ACT_COLOURS, drawing
from engagesim.rules.vocabulary import Response, Stance, Strategy

# Machado, Oliveira & Fernandes (2009), table 1, severity 1.0: what linear RGB looks like without one kind of cone.
VISION = {
    "all three": np.eye(3),
    "no long-wave cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no middle-wave cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lightness_and_hue(colour: str, vision: str) -> np.ndarray:
    """Return a colour in CIE L*a*b* as somebody sees it."""
    coded = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    seen = TO_XYZ @ np.clip(VISION[vision] @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    root = np.where(seen > (6 / 29) ** 3, np.cbrt(seen), seen / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("acts", [Strategy, Response, Stance], ids=lambda acts: acts.__name__)
def test_what_one_kind_of_agent_does_is_told_apart_by_everyone(acts, vision):
    seen = {act.name: lightness_and_hue(ACT_COLOURS[act.name.lower()], vision) for act in acts}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 15, (one, other)


def test_every_act_has_a_colour_and_is_a_measure():
    acts = {act.name.lower() for acts in (Strategy, Response, Stance) for act in acts}
    assert set(ACT_COLOURS) == acts
    assert acts <= set(MEASURE_NAMES)


def test_drawing_leaves_matplotlib_as_it_was():
    with matplotlib.rc_context({"font.size": 23}):
        before = dict(matplotlib.rcParams)
        with drawing():
            assert matplotlib.rcParams["font.size"] < 23
        assert dict(matplotlib.rcParams) == before
