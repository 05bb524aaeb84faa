"""What each rule says in its docstring, as properties: signs, orders, limits, and forms computed a second way."""

from __future__ import annotations

import itertools
from statistics import harmonic_mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from engagesim.rules import citizen, coalition, official, politician, service
from engagesim.rules.vocabulary import ABSTAIN, CLIENT, COLLABORATE, CONFRONT, Response, Stance, Strategy

SHARE = st.floats(0, 1)
STANCE = st.sampled_from([int(stance) for stance in Stance])
RESPONSE = st.sampled_from([int(response) for response in Response])
STRATEGY = st.sampled_from([int(strategy) for strategy in Strategy])
PATRON, NEUTRAL, SPONSOR = (int(stance) for stance in Stance)


def shares(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(SHARE, min_size=count, max_size=count)


class TestCitizen:
    @given(shares(7), st.integers(0, 31))
    def test_the_chance_of_being_asked_is_that_of_not_being_missed_by_all(self, numbers, engaged):
        organising, outreach, inclusiveness, vulnerability, recruitment, floor, joint = numbers
        reached = outreach * (1 - (1 - inclusiveness) * vulnerability)
        missed = (1 - organising) * (1 - reached) * (1 - recruitment * (floor + (1 - floor) * joint)) ** engaged
        assert citizen.asked_chance(*numbers, engaged) == pytest.approx(1 - missed, abs=1e-12)

    @given(shares(4), shares(2))
    def test_the_vulnerable_receive_no_more_and_inclusion_closes_the_distance(self, numbers, vulnerabilities):
        quality, disadvantage, responsive, inclusiveness = numbers
        less, more = sorted(vulnerabilities)

        def received(vulnerability, inclusive, capture):
            return citizen.received_quality(quality, vulnerability, disadvantage, responsive, inclusive, capture)

        assert received(more, inclusiveness, 0.0) <= received(less, inclusiveness, 0.0) + 1e-15
        assert received(more, inclusiveness, 0.0) >= received(more, inclusiveness, 0.7) - 1e-15
        assert citizen.received_quality(quality, more, disadvantage, 1.0, 1.0, 0.0) == quality

    @given(shares(3))
    def test_nobody_believes_more_in_success_than_in_themselves(self, numbers):
        efficacy, _, _ = numbers
        assert 0 <= citizen.success_belief(*numbers) <= efficacy

    @given(shares(2), shares(2))
    def test_a_grievance_raises_the_benefit_and_satisfaction_leaves_the_floor(self, scale, quality):
        floor, slope = scale
        low, high = sorted(quality)
        assert citizen.benefit(1.0, floor, slope, low, high) == floor
        assert citizen.benefit(1.0, floor, slope, high, low) == pytest.approx(floor + slope * (high - low))

    @given(shares(2), STRATEGY)
    def test_support_is_a_share(self, numbers, strategy):
        received, aspiration = numbers
        for success in (0.0, 1.0):
            for stance in (PATRON, NEUTRAL, SPONSOR):
                worth = citizen.support(strategy, success, stance, received, aspiration, 0.4, 0.5, 0.7, 0.6, 0.3, 0.5)
                assert 0 <= worth <= 1

    def test_only_joint_acts_count_as_active(self):
        assert [citizen.activity(strategy, 0.3) for strategy in (ABSTAIN, COLLABORATE, CONFRONT, CLIENT)] == [
            0,
            0.3,
            1,
            0,
        ]

    @pytest.mark.parametrize(
        ("terms", "utility"),
        [
            (citizen.COLLABORATE_TERMS, citizen.collaborate(*[0.5] * 15)),
            (citizen.CONFRONT_TERMS, citizen.confront(*[0.5] * 14, PATRON, *[0.5] * 3)),
            (citizen.CLIENT_TERMS, citizen.client(*[0.5] * 8)),
            (official.RESIST_TERMS, official.resist(*[0.5] * 5)),
            (official.TOKEN_TERMS, official.token(*[0.5] * 8)),
            (official.ACCOMMODATE_TERMS, official.accommodate(*[0.5] * 9)),
            (official.COCREATE_TERMS, official.cocreate(*[0.5] * 16)),
            (politician.PATRONAGE_TERMS, politician.patronage(*[0.5] * 4)),
            (politician.ARMS_LENGTH_TERMS, politician.arms_length(*[0.5] * 2)),
            (politician.SPONSOR_TERMS, politician.sponsor(*[0.5] * 5)),
        ],
        ids=lambda value: "-".join(value) if isinstance(value[0], str) else "",
    )
    def test_every_term_of_a_utility_has_a_name(self, terms, utility):
        assert len(terms) == len(utility)


class TestOfficial:
    @given(shares(6))
    def test_a_patron_presses_most_and_a_sponsor_backs(self, numbers):
        strength, arms_length, backing, merit, cover_strength, cover = numbers

        def pressed(stance):
            return official.pressure(strength, stance, arms_length, backing, merit, cover_strength, cover)

        assert pressed(PATRON) >= pressed(NEUTRAL) >= 0 >= pressed(SPONSOR)

    @given(shares(2), shares(2))
    def test_merit_and_cover_shield_from_a_patron(self, numbers, protections):
        strength, cover = numbers
        less, more = sorted(protections)
        assert official.pressure(strength, PATRON, 0.2, 0.3, more, 1.0, cover) <= official.pressure(
            strength, PATRON, 0.2, 0.3, less, 1.0, cover
        )
        assert official.pressure(strength, PATRON, 0.2, 0.3, 0.0, 1.0, 1.0) == 0
        assert official.punishment_chance(strength, PATRON, 1.0, 0.6, cover) == 0
        assert official.punishment_chance(strength, NEUTRAL, 0.0, 0.6, cover) == 0

    @given(shares(5), STANCE, st.integers(0, 1), st.integers(0, 1))
    def test_under_full_merit_posts_are_left_at_the_ordinary_rate_and_filled_from_the_market(
        self, numbers, stance, responded, new_party
    ):
        turnover, purge, reshuffle, market, patron_share = numbers
        assert official.vacancy_chance(turnover, purge, reshuffle, stance, responded, new_party, 1.0) == turnover
        assert official.hired_reform_minded(market, 1.0, stance, patron_share) == market
        assert official.hired_reform_minded(market, 0.0, PATRON, patron_share) == pytest.approx(market * patron_share)

    @given(shares(4), RESPONSE)
    def test_practice_grows_by_joint_success_and_fades_without(self, numbers, response):
        practice, success, rate, forgetting = numbers
        after = official.learned_practice(practice, response, success, rate, forgetting)
        assert after >= practice - 1e-15 if response == Response.COCREATE else after <= practice

    @given(shares(3))
    def test_practice_spreads_from_those_who_have_more(self, numbers):
        own, other, rate = numbers
        assert own <= official.spread_practice(own, other, rate) <= max(own, other) + 1e-15

    @given(shares(2), st.floats(0.05, 3))
    def test_load_is_work_over_resources_held_to_capacity(self, numbers, resources):
        engaged, workload = numbers
        full = official.load(engaged, 0.3, workload, resources, 0.0, 0.5)
        assert full == pytest.approx(min(1, engaged * (0.3 + workload) / resources))
        assert official.load(engaged, 0.3, workload, resources, 1.0, 0.5) <= full


class TestPolitician:
    @given(shares(2), st.floats(0, 40))
    def test_re_election_is_logistic_in_approval(self, numbers, competition):
        approval, even = numbers
        chance = politician.reelection_chance(approval, competition, even)
        assert chance == pytest.approx(expit(competition * (approval - even)), abs=1e-7)

    @given(shares(3))
    def test_a_programmatic_politician_gains_less_by_patronage_and_more_by_sponsoring(self, numbers):
        money, one, other = numbers
        less, more = sorted((one, other))
        assert politician.patronage(money, 0.8, more, 0.0)[0] <= politician.patronage(money, 0.8, less, 0.0)[0]
        assert politician.sponsor(money, 0.5, more, 0.0, 0.0)[0] >= politician.sponsor(money, 0.5, less, 0.0, 0.0)[0]


class TestService:
    @given(shares(4), shares(4))
    def test_success_rises_with_the_response(self, levels, numbers):
        resisted, tokened, accommodated, cocreated = sorted(levels)
        practice, influence, loaded, contribution = numbers
        chances = [
            service.collaboration_chance(
                response, resisted, tokened, accommodated, cocreated, practice, influence, loaded, 0.0, contribution
            )
            for response in range(len(Response))
        ]
        assert all(later >= earlier - 1e-12 for earlier, later in itertools.pairwise(chances))
        assert all(0 <= chance <= 1 for chance in chances)

    @given(shares(3), shares(2))
    def test_capture_takes_from_the_vulnerable_first(self, numbers, vulnerabilities):
        chance, capture, guard = numbers
        less, more = sorted(vulnerabilities)
        for disposition in (0, 1):
            left = service.after_capture(chance, capture, more, disposition, guard)
            assert left <= service.after_capture(chance, capture, less, disposition, guard) + 1e-15
        assert service.after_capture(chance, capture, more, 1, guard) >= service.after_capture(
            chance, capture, more, 0, guard
        )

    @given(SHARE, STANCE)
    def test_only_a_patron_delivers_favours(self, delivery, stance):
        assert service.favour_chance(delivery, stance) == (delivery if stance == PATRON else 0)


class TestCoalition:
    @given(shares(2), st.floats(0, 20))
    def test_organised_support_needs_both_sides(self, numbers, scale):
        citizens, officials = numbers
        answer = harmonic_mean([min(1.0, scale * citizens), officials])
        assert coalition.organised(citizens, officials, scale) == pytest.approx(answer, abs=1e-8)

    @given(shares(2))
    def test_a_sponsor_completes_the_cover(self, numbers):
        organised, alone = numbers
        assert coalition.cover(organised, 1.0, alone) == pytest.approx(organised)
        assert coalition.cover(organised, 0.0, alone) == pytest.approx(alone * organised)
