"""Robustness of packages in uncertain contexts: the chance of a gain, the harm, the regret, and where packages fail.

References
----------
Savage (1951), Journal of the American Statistical Association 46, 55-67, for regret; Herman et al. (2015), Journal of
Water Resources Planning and Management 141(10), for shares of contexts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binom, binomtest

from engagesim.analysis.comparison import simulated
from engagesim.analysis.differences import verdict_on
from engagesim.analysis.information import LEAST_SAMPLES, Information, unknowns_of, value_of_information
from engagesim.analysis.intervals import LEVEL, check, standard_error, student
from engagesim.analysis.outcomes import Outcome, Values
from engagesim.parameters import Parameters
from engagesim.study.description import Factor, Study
from engagesim.study.designs import design_points
from engagesim.study.intervention_packages import BASELINE, Package
from engagesim.study.run_part import Simulate


class Question(NamedTuple):
    """The question: an outcome, the smallest gain that counts as success, and the lowest level that is good enough."""

    outcome: Outcome
    least_gain: float
    good_enough: float


@dataclass(frozen=True)
class Robustness:
    """How packages fare in contexts that cover the ranges of uncertain parameters.

    Attributes
    ----------
    question : Question
        The question that was tested.
    table : DataFrame
        The result of :func:`across_contexts`.
    contexts, seeds : int
        Numbers of contexts and seeds.
    factors : DataFrame
        ``path``, ``low``, ``high`` of each uncertain parameter.
    failures : DataFrame
        ``package``, ``rule`` (in words), ``coverage`` (share of all failures that lie within the rule), ``density``
        (share of failures within the rule) and ``failing`` (share of all contexts in which the package fails).
    points : DataFrame
        One row per context, with all numbers in which contexts differ and each package's gain over the baseline.
    information : Information or None
        The value of knowing each number in which contexts differ before choosing among the packages and the baseline.
        None if neither more nor less of the outcome is better, or if there are fewer than 20 contexts.
    intervals : DataFrame or None
        One row per context and package: ``context`` (its row in ``points``), ``package``, ``difference`` from the
        baseline (more of the outcome is positive), ``low``, ``high`` (Student's 95 percent interval over seeds, all
        rows together) and ``verdict``; None with a single seed.
    """

    question: Question
    table: pd.DataFrame
    contexts: int
    seeds: int
    factors: pd.DataFrame
    failures: pd.DataFrame
    points: pd.DataFrame
    information: Information | None
    intervals: pd.DataFrame | None = None


_FACTORS, _LEVELS = 3, 3
"""Largest number of factors in a grid of contexts, and the number of values of each."""


def grid_of_contexts(factors: Mapping[str, Factor], seeds: int, society: type[Parameters] = Parameters) -> Study:
    """Return a few contexts, cheap enough for any comparison: a grid with three values of each of the first factors."""
    few = {
        name: {**factor.model_dump(exclude_none=True), "levels": _LEVELS}
        for name, factor in list(factors.items())[:_FACTORS]
    }
    for each in few.values():
        values = each.get("values")
        if values and len(values) > _LEVELS:
            each["values"] = (values[0], values[len(values) // 2], values[-1])
    return Study.of({"factors": few, "design": {"kind": "grid"}, "replicates": seeds}, society)


def explore(
    study: Study, starts: Sequence[Parameters], packages: Sequence[Package], question: Question, simulate: Simulate
) -> Robustness:
    """Compare packages over a design of contexts, with a few seeds for each.

    Parameters
    ----------
    study : Study
        Factors with ranges, a Latin hypercube design, and a number of replicates.
    starts : sequence of Parameters
        Societies from which contexts start in turn: one society, or one for each parameter set of a calibration. Seeds
        count up from that of the first.
    packages : sequence of Package
    question : Question
    simulate : callable
        As in :func:`compare_packages`.
    """
    design = design_points(study)
    rows = design.to_dict("records")
    contexts = {
        str(n): starts[n % len(starts)].changed({str(path): value for path, value in row.items()})
        for n, row in enumerate(rows)
    }
    count = int(study.replicates) if study.replicates != "auto" else 1
    seeds = range(starts[0].seed, starts[0].seed + count)
    names = [BASELINE, *(package.name for package in packages)]
    sign = -1.0 if question.outcome.better < 0 else 1.0
    lived = simulated(contexts, dict.fromkeys(contexts, packages), seeds, simulate)
    values = sign * np.array([question.outcome.value(observed.measure) for _, observed in lived])
    gains = pd.DataFrame((values[:, 1:] - values[:, :1]).mean(axis=2), columns=names[1:])
    failures = pd.concat([find_failures(design, gains[name] < question.least_gain, name) for name in names[1:]])
    unknowns, information = unknowns_of(list(contexts.values())), None
    if question.outcome.better and len(rows) >= LEAST_SAMPLES:
        information = value_of_information(unknowns, gains.assign(**{BASELINE: 0.0})[names])
    return Robustness(
        question,
        across_contexts(values, names, sign * question.good_enough),
        len(rows),
        count,
        pd.DataFrame([(f.path, f.low, f.high) for f in study.factors.values()], columns=["path", "low", "high"]),
        failures.reset_index(drop=True),
        pd.concat([unknowns, gains], axis=1),
        information,
        _intervals(sign * (values[:, 1:] - values[:, :1]), names[1:], question.outcome) if count > 1 else None,
    )


def by_definition(
    society: Parameters, definitions: Mapping[str, Mapping[str, Any]], packages: Sequence[Package],
    outcomes: Sequence[Outcome], asked: tuple[Sequence[int], Simulate],
) -> pd.DataFrame:  # fmt: skip
    """Compare packages under alternative definitions, for example of a coalition.

    Parameters
    ----------
    society : Parameters
    definitions : mapping of str to mapping
        The parameters that each definition sets, by name.
    packages : sequence of Package
    outcomes : sequence of Outcome
    asked : tuple
        Seeds, at least two, and a simulation as for :func:`compare_packages`.

    Returns
    -------
    DataFrame
        One row per outcome, definition and package, starting with the society's own definition ("as it is"):
        ``outcome``, ``definition``, ``package``, ``difference``, ``low``, ``high`` (Student's 95 percent interval, all
        rows of an outcome together) and ``verdict``.
    """
    seeds, simulate = asked
    contexts = {AS_IT_IS: society} | {name: society.changed(dict(change)) for name, change in definitions.items()}
    lived = simulated(contexts, dict.fromkeys(contexts, packages), seeds, simulate)
    found = [[outcome.value(observed.measure) for outcome in outcomes] for _, observed in lived]
    names, tables = [package.name for package in packages], []
    for outcome, values in zip(outcomes, np.array(found).swapaxes(0, 1), strict=True):
        table = _intervals(values[:, 1:] - values[:, :1], names, outcome)
        table.insert(0, "definition", [list(contexts)[number] for number in table.pop("context")])
        table.insert(0, "outcome", outcome.name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


AS_IT_IS = "as it is"
"""Name for the definition that a society itself uses."""


def _intervals(differences: Values, names: Sequence[str], outcome: Outcome) -> pd.DataFrame:
    """Return joint intervals by Student's t; differences have shape (contexts, packages, seeds)."""
    contexts, packages, seeds = differences.shape
    mean = differences.mean(axis=-1)
    low, high = student(mean, standard_error(differences), np.array(seeds), mean.size)
    low, high = np.maximum(low, -outcome.reach), np.minimum(high, outcome.reach)
    varying = (differences != 0).sum(axis=-1)
    return pd.DataFrame(
        {
            "context": np.repeat(np.arange(contexts), packages),
            "package": list(names) * contexts,
            "difference": mean.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "verdict": [
                verdict_on((one, other), outcome, seeds, int(count))
                for one, other, count in zip(low.ravel(), high.ravel(), varying.ravel(), strict=True)
            ],
        }
    )


def across_contexts(values: Values, names: Sequence[str], good_enough: float) -> pd.DataFrame:
    """Return how packages fare in many contexts: chance of a gain, harm, regret, and how often they are good enough.

    Regret is the shortfall of a package's mean from that of the best option (or the baseline) in the same context. With
    few seeds per context, some of the harm in ``harm_share`` is due to chance. ``clear_harm_share`` counts only
    contexts in which Student's interval of the paired difference lies wholly below 0.

    Parameters
    ----------
    values : array, shape (contexts, packages, seeds)
        Values of one outcome for which more is better; the baseline is the first package. No missing values.
    names : sequence of str, length packages
    good_enough : float
        The lowest mean that is good enough.

    Returns
    -------
    DataFrame
        One row per package, the baseline first: ``package``; ``chance_better`` (share of runs that are better than
        their baseline; equal runs count half); ``harm_share``, its Wilson interval ``harm_low`` to ``harm_high``, and
        ``clear_harm_share``; ``mean_regret``, ``greatest_regret``; ``best_share`` and ``good_enough_share`` (shares of
        contexts).

    Raises
    ------
    EngagementError
        If a run is missing.
    """
    check(values, least=1)
    differences, means = values - values[:, :1], values.mean(axis=-1)
    mean, seeds = differences.mean(axis=-1), values.shape[-1]
    error = standard_error(differences) if seeds > 1 else np.full_like(mean, np.inf)
    harmed = (mean < 0).sum(axis=0)
    ends = [binomtest(int(count), len(values)).proportion_ci(LEVEL, method="wilson") for count in harmed]
    regret = means.max(axis=1, keepdims=True) - means
    return pd.DataFrame(
        {
            "package": list(names),
            "chance_better": ((differences > 0) + 0.5 * (differences == 0)).mean(axis=(0, 2)),
            "harm_share": harmed / len(values),
            "harm_low": [end.low for end in ends],
            "harm_high": [end.high for end in ends],
            "clear_harm_share": (student(mean, error, np.array(seeds))[1] < 0).mean(axis=0),
            "mean_regret": regret.mean(axis=0),
            "greatest_regret": regret.max(axis=0),
            "best_share": (regret == 0).mean(axis=0),
            "good_enough_share": (means >= good_enough).mean(axis=0),
        }
    )


def harmful_packages(robustness: Robustness) -> list[str]:
    """Return the packages that are clearly worse than doing nothing in more contexts than chance explains.

    Even without any effect, a package is clearly worse in one of 40 contexts. A package is named if this would give as
    many such contexts in less than 5 percent of cases, over all packages together (Bonferroni).
    """
    table = robustness.table[robustness.table["package"] != BASELINE]
    most = binom.ppf(1 - 0.05 / len(table), robustness.contexts, 0.025)
    return [str(name) for name in table["package"][table["clear_harm_share"] * robustness.contexts > most + 0.5]]


if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

MOST_LEAVES = 4
"""Largest number of parts into which a tree divides the space of contexts; more would be hard to describe."""

LEAST_SHARE = 0.05
"""Smallest share of all contexts that one part may contain."""


def find_failures(contexts: pd.DataFrame, fails: "pd.Series[bool]", package: str) -> pd.DataFrame:
    """Describe where a package fails: the parts of the space of contexts with more failures than average.

    The method is a classification tree with few leaves (Breiman et al. 1984), which Lempert, Bryant and Bankes (2008)
    use besides PRIM for scenario discovery.

    Returns
    -------
    DataFrame
        One row per part: ``package``, ``rule``, ``coverage``, ``density``, ``failing``; there is no row if the package
        never fails, and one row with the rule "everywhere" if it always fails.
    """
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - most comparisons save the second

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
            rule = _rule(contexts, _path(tree, int(leaf)))
            rows.append((package, rule, float(inside.sum() / fails.sum()), float(inside.mean()), share))
    return pd.DataFrame(rows, columns=columns).sort_values("coverage", ascending=False)


def _path(tree: "DecisionTreeClassifier", leaf: int) -> dict[int, tuple[float, float]]:
    """Return the limits that the path to a leaf sets on each feature."""
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


def _rule(contexts: pd.DataFrame, limits: Mapping[int, tuple[float, float]]) -> str:
    parts = []
    for feature, (low, high) in sorted(limits.items()):
        name = str(contexts.columns[feature]).rpartition(".")[2].replace("_", " ")
        if np.isfinite(low) and np.isfinite(high):
            parts.append(f"{name} between {low:.2g} and {high:.2g}")
        else:
            parts.append(f"{name} above {low:.2g}" if np.isfinite(low) else f"{name} below {high:.2g}")
    return " and ".join(parts)
