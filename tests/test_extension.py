"""What a researcher may replace: one decision of one kind of agent, or one rule for all."""

from __future__ import annotations

import numpy as np
import pytest

from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Citizen, Official, Politician
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.rules import RULES
from engagesim.rules.citizen import asked_chance
from engagesim.rules.vocabulary import COCREATE, CONFRONT, SPONSOR, Strategy


def lived(parameters: Parameters, months: int, **options) -> EngagementModel:
    """Return a society that has lived some months."""
    model = EngagementModel(parameters, **options)
    for _ in range(months):
        model.step()
    return model


class Rebel(Citizen):
    def choose(self, noise: float) -> int:
        return CONFRONT


class Partner(Official):
    def respond(self, noise: float) -> int:
        return COCREATE


class Champion(Politician):
    def govern(self, stance_noise: float, reconsider_noise: float) -> tuple[int, float, float]:
        return (SPONSOR, *super().govern(stance_noise, reconsider_noise)[1:])


@pytest.mark.parametrize(
    ("kind", "agent", "measure"),
    [("citizen", Rebel, "confront"), ("official", Partner, "cocreate"), ("politician", Champion, "sponsor")],
)
def test_a_subclass_replaces_one_decision(tiny, kind, agent, measure):
    assert (lived(tiny, 3, **{kind: agent}).metrics[measure] == 1).all()
    assert not (lived(tiny, 3).metrics[measure] == 1).all()


@pytest.mark.parametrize("chosen", [7, -1, 1.5, None, "CONFRONT"])
@pytest.mark.parametrize(
    ("kind", "base", "decision", "line"),
    [
        ("citizen", Citizen, "choose", r"Odd \d+: strategy = .*0 \(ABSTAIN\), 1 \(COLLABORATE\)"),
        ("official", Official, "respond", r"Odd \d+: response = .*0 \(RESIST\)"),
        ("politician", Politician, "govern", r"Odd \d+: stance = .*0 \(PATRONAGE\)"),
    ],
)
def test_what_there_is_not_to_choose_is_refused(tiny, kind, base, decision, line, chosen):
    def odd_decision(self, *noises):
        usual = getattr(base, decision)(self, *noises)
        return (chosen, *usual[1:]) if isinstance(usual, tuple) else chosen

    odd = type("Odd", (base,), {decision: odd_decision})
    with pytest.raises(EngagementError, match=line):
        lived(tiny, 1, **{kind: odd})


@pytest.mark.parametrize("chosen", [Strategy.CONFRONT, np.int64(CONFRONT), CONFRONT])
def test_a_choice_may_be_a_member_or_its_number(tiny, chosen):
    fixed = type("Fixed", (Citizen,), {"choose": lambda self, noise: chosen})
    assert (lived(tiny, 2, citizen=fixed).metrics["confront"] == 1).all()


def test_a_rule_can_be_replaced(tiny):
    closed = tiny.changed({"citizens.spontaneity": 0.0})
    unasked = RULES._replace(asked_chance=lambda *_: 0.0)
    assert (lived(closed, 6, rules=unasked).metrics[["asked", "engaged"]] == 0).all(axis=None)
    assert lived(closed, 6).metrics["engaged"].any()


def test_a_replaced_rule_may_read_whatever_those_it_is_given_have(tiny):
    """Asked are those who trust."""
    trusting = lived(tiny, 6, rules=RULES._replace(asked_chance=lambda me, s: me.trust * s.conditions.organising))
    assert set(trusting.metrics["asked"]) != set(lived(tiny, 6).metrics["asked"])
    assert trusting.state().same_as(
        lived(tiny, 6, rules=RULES._replace(asked_chance=lambda me, s: s.conditions.organising * me.trust)).state()
    )


def half_by_name(me, s):
    return 0.5 * asked_chance(me, s)


def half_by_set(me, s):
    return 0.5 * RULES.asked_chance(me, s)


@pytest.mark.parametrize("halved", [half_by_name, half_by_set])
def test_a_rule_that_replaces_another_may_call_it(tiny, halved):
    asked = lived(tiny, 6, rules=RULES._replace(asked_chance=halved)).metrics["asked"]
    assert 0 < asked.sum() < lived(tiny, 6).metrics["asked"].sum()


def test_a_replaced_rule_acts_where_another_rule_calls_it(tiny):
    """Grounded claims count in the rule ``heard``, too."""
    form = tiny.changed({"engagement.information": 1.0, "engagement.skills": 1.0})
    model = lived(form, 5, rules=RULES._replace(grounded=lambda s: 0.0))
    official = model.officials[0]
    assert official.reasons()["ACCOMMODATE"]["voice"] == 0
    officials = lived(form, 5).officials
    assert any(official.reasons()["ACCOMMODATE"]["voice"] > 0 for official in officials)


def test_any_step_of_an_agent_is_a_method_that_a_subclass_replaces(tiny):
    class Stubborn(Citizen):
        def adapt(self) -> tuple[float, float, float, float]:
            habit, _, reliance, aspiration = super().adapt()
            return habit, self.trust, reliance, aspiration

    before = EngagementModel(tiny).state()
    assert np.array_equal(
        lived(tiny, 6, citizen=Stubborn).state().column("citizen", "trust"), before.column("citizen", "trust")
    )
    assert not np.array_equal(lived(tiny, 6).state().column("citizen", "trust"), before.column("citizen", "trust"))


def test_a_replaced_rule_is_that_of_one_society(tiny):
    lived(tiny, 1, rules=RULES._replace(asked_chance=lambda *_: 0.0))
    assert lived(tiny, 1).rules == RULES


@pytest.mark.parametrize("name", RULES._fields)
def test_every_rule_is_called_from_the_set(tiny, name):
    called = []
    rule = getattr(RULES, name)

    def watched(*arguments):
        called.append(name)
        return rule(*arguments)

    model = EngagementModel(tiny, rules=RULES._replace(**{name: watched}))
    for _ in range(tiny.incentives.term + 1):  # officials feel a change of party in the month after it
        model.step()
    assert called


def test_reasons_add_up_to_what_is_chosen(tiny):
    certain = {f"{who}.sensitivity": 100.0 for who in ("officials", "politicians")}
    model = EngagementModel(tiny.changed(certain))
    for _ in range(3):
        model.step()
    clear = 0
    for actor in [*model.officials, *model.politicians]:
        worth = {option: sum(terms.values()) for option, terms in actor.reasons().items()}
        if isinstance(actor, Official):
            actor.reconsiders = 1
            chosen = actor.respond(0.5)
        else:
            actor.new_party = 1
            chosen, *_ = actor.govern(0.5, 0.5)
        first, second, *_ = sorted(worth.values(), reverse=True)
        if first - second > 0.1:
            clear += 1
            assert list(worth)[chosen] == max(worth, key=worth.get)
    assert clear


def test_who_has_no_occasion_keeps_a_position_whatever_it_is_worth(tiny):
    model = EngagementModel(tiny)
    model.step()
    for actor in model.officials:
        actor.reconsiders = 0
        assert {actor.respond(noise) for noise in (0.01, 0.5, 0.99)} == {actor.response}
    for actor in model.politicians:
        actor.mandate = 0
        assert {actor.govern(noise, 0.999)[0] for noise in (0.01, 0.5, 0.99)} == {actor.stance}
