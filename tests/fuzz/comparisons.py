"""The door of stored comparisons: a folder as ``engagesim compare`` writes it, of made-up numbers, damaged."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from mutations import as_json, replace, tables, texts, trees

from engagesim.dashboard import stored_comparison
from engagesim.dashboard.library import COMPARISON, Library
from engagesim.dashboard.stored_comparison import courses, forest

_KEYS = [["village", "audit", "quality"], ["village", "asking", "quality"]]
_ROWS = {
    COMPARISON: [
        [*stored_comparison._DIFFERENCES],
        *([*key, "0.5", "0.6", "0.1", "0.05", "0.15", "0.01", "0.2", "better", "0.9", "0.1"] for key in _KEYS),
    ],
    "profiles.csv": [
        [*stored_comparison._PROFILES],
        *([*key, str(year), "0.5", "0.6", "0.1", "0.05", "0.15"] for key in _KEYS for year in (1, 2)),
    ],
}
_CONFIG = {
    "packages": [{"name": "audit", "interventions": [], "note": "x"}, {"name": "asking", "interventions": []}],
    "options": {"outcome": "quality", "seeds": 20},
}


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


SOUND = {name: _written(rows) for name, rows in _ROWS.items()} | {"config.yaml": yaml.safe_dump(_CONFIG).encode()}
_SPECIAL = st.sampled_from(["/dev/zero", "/nowhere", ".", "pipe"])
DAMAGES = st.one_of(
    *(st.tuples(st.just(name), st.one_of(tables([rows]), _SPECIAL)) for name, rows in _ROWS.items()),
    st.tuples(st.just("config.yaml"), st.one_of(texts([SOUND["config.yaml"].decode()]),
                                                trees([_CONFIG]).map(as_json), _SPECIAL)),
)  # fmt: skip
"""A file, and what is there in its place."""


def knock_with_comparison(damage: tuple[str, Any], folder: Path) -> object:
    """Look at a stored comparison of which one file is damaged."""
    place = folder / "stored"
    place.mkdir()
    for name, content in SOUND.items():
        (place / name).write_bytes(content)
    name, content = damage
    replace(place / name, content)
    compared = stored_comparison.read(Library(folder), "stored")
    seen = stored_comparison.ComparisonQuery.of({"package": "audit"}, compared)
    words = stored_comparison._about(compared), stored_comparison._verdicts(compared, seen)
    return words, forest(compared, seen), courses(compared, seen)
