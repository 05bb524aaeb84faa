"""Where a package fails: conditions in which failures gather, in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

MOST_LEAVES = 4
"""Parts into which a tree cuts the space of contexts: few enough to be said in a sentence."""

LEAST_SHARE = 0.05
"""Share of contexts that a part must hold."""


def find_failures(contexts: pd.DataFrame, fails: "pd.Series[bool]", package: str) -> pd.DataFrame:
    """Say where a package fails, in parts of the space of contexts where failures are denser than elsewhere.

    A classification tree with few leaves (Breiman et al. 1984), as Lempert, Bryant and Bankes (2008) use beside PRIM
    for scenario discovery.

    Returns
    -------
    DataFrame
        A row a part: ``package``, ``rule``, ``coverage``, ``density``, ``failing``; none where it never fails, and one
        with the rule "everywhere" where it always does.
    """
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - takes a second, which most comparisons save

    columns = ["package", "rule", "coverage", "density", "failing"]
    share = float(fails.mean())
    if not fails.any():
        return pd.DataFrame(columns=columns)
    if fails.all():
        return pd.DataFrame([(package, "everywhere", 1.0, 1.0, 1.0)], columns=columns)
    tree = DecisionTreeClassifier(max_leaf_nodes=MOST_LEAVES, min_samples_leaf=LEAST_SHARE, random_state=0)
    leaves = tree.fit(contexts.to_numpy(), fails.to_numpy()).apply(contexts.to_numpy())
    rows = []
    for leaf in np.unique(leaves):
        inside = fails[leaves == leaf]
        if inside.mean() > max(share, 0.5):
            rule = _rule(contexts, leaves == leaf, _path(tree, int(leaf)))
            rows.append((package, rule, float(inside.sum() / fails.sum()), float(inside.mean()), share))
    return pd.DataFrame(rows, columns=columns).sort_values("coverage", ascending=False)


def _path(tree: "DecisionTreeClassifier", leaf: int) -> dict[int, tuple[float, float]]:
    """Return the limits of each feature on the way to a leaf."""
    nodes = tree.tree_
    limits: dict[int, tuple[float, float]] = {}

    def walk(node: int, so_far: Mapping[int, tuple[float, float]]) -> None:
        if node == leaf:
            limits.update(so_far)
        elif nodes.children_left[node] >= 0:
            feature, threshold = int(nodes.feature[node]), float(nodes.threshold[node])
            low, high = so_far.get(feature, (-np.inf, np.inf))
            walk(int(nodes.children_left[node]), {**so_far, feature: (low, min(high, threshold))})
            walk(int(nodes.children_right[node]), {**so_far, feature: (max(low, threshold), high)})

    walk(0, {})
    return limits


def _rule(contexts: pd.DataFrame, inside: NDArray[np.bool_], limits: Mapping[int, tuple[float, float]]) -> str:
    parts = []
    for feature, (low, high) in sorted(limits.items()):
        name = str(contexts.columns[feature]).rpartition(".")[2].replace("_", " ")
        if np.isfinite(low) and np.isfinite(high):
            parts.append(f"{name} between {low:.2g} and {high:.2g}")
        else:
            parts.append(f"{name} above {low:.2g}" if np.isfinite(low) else f"{name} below {high:.2g}")
    return " and ".join(parts) if inside.any() and parts else "everywhere"
