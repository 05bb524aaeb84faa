"""A validation: the model's scorecard over an ensemble, beside its trivial rivals and itself without each mechanism."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from engagesim.evidence.experiments import Laboratory, ParameterSet, observe
from engagesim.evidence.facts import Fact
from engagesim.evidence.rivals import MECHANISMS, RIVALS
from engagesim.evidence.scoring import Scorecard, judge, judge_each, meets_jointly
from engagesim.evidence.verifying import Verification


@dataclass(frozen=True)
class Validation:
    """What a validation found.

    Attributes
    ----------
    card : Scorecard
        Over all parameter sets together.
    each : sequence of Scorecard
        A set each.
    rivals : mapping of str to Scorecard
        Over all parameter sets together.
    rivals_each : mapping of str to sequence of Scorecard
        A set each.
    knockouts : mapping of str to Scorecard
        The first parameter set without each mechanism; to be compared with the first of ``each``.
    verified : Verification, optional
        Known answers, and the two clocks docked.
    """

    card: Scorecard
    each: Sequence[Scorecard]
    rivals: Mapping[str, Scorecard] = field(default_factory=dict)
    rivals_each: Mapping[str, Sequence[Scorecard]] = field(default_factory=dict)
    knockouts: Mapping[str, Scorecard] = field(default_factory=dict)
    verified: Verification | None = None

    def table(self) -> pd.DataFrame:
        """Return a row a check, and a column for each rival that says whether it passes."""
        table = self.card.table()
        for name, card in self.rivals.items():
            table[name] = [verdict.passed for verdict in card.verdicts]
        return table

    def sets(self) -> pd.DataFrame:
        """Return a row a parameter set: share of the facts of each role that it meets, and those that it does not."""
        roles = list(dict.fromkeys(fact.role for fact in self.card.facts))
        rows = [
            {
                "set": number,
                **{role: card.share_met(role) for role in roles},
                "fails": " ".join(sorted({fact.id for fact in card.facts} - set(card.met()))),
            }
            for number, card in enumerate(self.each)
        ]
        return pd.DataFrame(rows)

    def knocked_out(self) -> pd.DataFrame:
        """Return a row a mechanism: what it is, the facts that are lost without it, and those that are gained."""
        whole = set(self.each[0].met())
        rows = [
            {
                "mechanism": name,
                "says": MECHANISMS[name].says,
                "loses": " ".join(sorted(whole - set(card.met()))),
                "gains": " ".join(sorted(set(card.met()) - whole)),
            }
            for name, card in self.knockouts.items()
        ]
        return pd.DataFrame(rows, columns=["mechanism", "says", "loses", "gains"])


def jointly(cards: Sequence[Scorecard]) -> int:
    """Return in how many parameter sets enough facts to calibrate on are met, and every pattern, at once."""
    return sum(meets_jointly(card.met(), card.facts) for card in cards)


def validate(
    facts: Sequence[Fact], sets: Sequence[ParameterSet], laboratory: Laboratory, last: ParameterSet | None = None,
    asks: tuple[bool, bool] = (True, False),
) -> Validation:  # fmt: skip
    """Run the experiments of some facts under every parameter set, and judge them.

    Parameters
    ----------
    facts : sequence of Fact
    sets : sequence of mapping
        Parameter sets by path, the most central first.
    laboratory : Laboratory
    last : mapping, optional
        Parameters that go before all.
    asks : pair of bool
        Whether to do the same for the trivial rivals, and without each mechanism.
    """
    given = dict(last or {})
    for fact in facts:  # what a fact asks for and no society allows is said before anything is simulated
        fact.points(laboratory.base, sets[0], laboratory.catalogue, given)
    readings = observe(facts, sets, laboratory, given)

    rivals = {
        name: observe(facts, sets, laboratory, {**given, **rival.changes})
        for name, rival in (RIVALS if asks[0] else {}).items()
    }
    knockouts = {
        name: observe(facts, sets[:1], laboratory, {**given, **mechanism.changes})
        for name, mechanism in (MECHANISMS if asks[1] else {}).items()
    }
    return Validation(
        judge(facts, readings),
        judge_each(facts, readings),
        {name: judge(facts, each) for name, each in rivals.items()},
        {name: judge_each(facts, each) for name, each in rivals.items()},
        {name: judge(facts, each) for name, each in knockouts.items()},
    )
