"""What a snapshot must be for a society to go on from it: files are passed on, and may hold anything."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import StoreError, shown
from engagesim.mechanisms.design import Design
from engagesim.society.state import Entity, State
from engagesim.study.snapshot import Snapshot, check_month


def check_snapshot(snapshot: Snapshot, sizes: Mapping[Entity, int], design: Design) -> None:
    """Refuse a snapshot that is not one of a society of these sizes, made by this design.

    Raises
    ------
    StoreError
        Names the part, and what is allowed.
    """
    check_month(snapshot.month)
    wanted = State.empty(sizes, 1, design.columns)
    _check_blocks("numbers", snapshot.state.numbers, wanted.numbers)
    _check_blocks("counts", snapshot.state.counts, wanted.counts)
    if snapshot.month > 0 or np.size(snapshot.observed) > 0:
        _check_block("observed", snapshot.observed, (snapshot.month, len(design.measure_names)), np.dtype(float))


def _check_blocks(kind: str, found: Mapping[Any, Any], wanted: Mapping[Any, NDArray[Any]]) -> None:
    odd = sorted(map(str, set(found) ^ set(wanted)))
    if odd:
        raise StoreError(f"snapshot: {kind}: {shown(odd[0])} is missing, or no kind of agent")
    for entity, block in wanted.items():
        _check_block(f"{kind} of {entity}", found[entity], block.shape, block.dtype)


def _check_block(place: str, found: Any, shape: tuple[int, ...], kind: np.dtype[Any]) -> None:
    if not isinstance(found, np.ndarray) or (found.shape, found.dtype) != (shape, kind):
        there = (
            f"{shown(str(found.dtype))} {found.shape}" if isinstance(found, np.ndarray) else f"a {type(found).__name__}"
        )
        raise StoreError(f"snapshot: {place}: {there} does not fit its parameters and month; allowed {kind} {shape}")
    if not np.isfinite(found).all():
        raise StoreError(f"snapshot: {place}: holds what is not a number; allowed are finite ones")
