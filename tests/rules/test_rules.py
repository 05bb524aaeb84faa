"""What each rule says in its docstring, as properties: signs, orders, limits, and forms computed a second way."""

from __future__ import annotations

import itertools
from statistics import harmonic_mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from engagesim.rules import citizen, coalition, official, oversight, politician, service, start
from engagesim.rules.vocabulary import ABSTAIN, CLIENT, COLLABORATE, CONFRONT, Response, Stance, Strategy

SHARE = st.floats(0, 1)
STANCE = st.sampled_from([int(stance) for stance in Stance])
RESPONSE = st.sampled_from([int(response) for response in Response])
STRATEGY = st.sampled_from([int(strategy) for strategy in Strategy])
PATRON, NEUTRAL, SPONSOR = (int(stance) for stance in Stance)


def shares(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(SHARE, min_size=count, max_size=count)


class TestCitizen:
    @given(shares(9), st.integers(0, 31))
    def test_the_chance_of_being_asked_is_that_of_not_being_missed_by_all(self, numbers, engaged):
        organising, outreach, inclusiveness, vulnerability, recruitment, floor, joint, recall, habit = numbers
        reached = outreach * (1 - (1 - inclusiveness) * vulnerability)
        missed = (1 - organising) * (1 - reached) * (1 - recruitment * (floor + (1 - floor) * joint)) ** engaged
        missed *= 1 - recall * habit
        assert citizen.asked_chance(*numbers[:7], engaged, recall, habit) == pytest.approx(1 - missed, abs=1e-12)

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
        assert citizen.benefit(1.0, 0.0, 0.9, floor, slope, low, high) == floor
        assert citizen.benefit(1.0, 0.0, 0.9, floor, slope, high, low) == pytest.approx(floor + slope * (high - low))

    @given(shares(2), st.floats(0, 2))
    def test_those_who_depend_on_the_service_have_more_at_stake(self, vulnerabilities, dependence):
        less, more = sorted(vulnerabilities)

        def worth(vulnerability):
            return citizen.benefit(1.0, dependence, vulnerability, 0.6, 3.0, 0.5, 0.3)

        assert worth(more) >= worth(less) >= 0
        assert citizen.benefit(1.0, dependence, 0.5, 0.6, 3.0, 0.5, 0.3) == worth(0.5)

    @given(shares(2), st.floats(0, 3), SHARE)
    def test_demanding_forms_cost_the_less_educated_more_and_never_pay(self, educations, demands, inclusiveness):
        less, more = sorted(educations)

        def cost(education):
            terms = citizen.collaborate(
                1.0, 0.5, 0.25, 0.5, 0.2, 0.5, 0.1, 1.0, 0.3, 0.8, inclusiveness, 0.6, demands, education, 0.0, 0.0, 0.2
            )
            return terms[2]

        assert cost(less) <= cost(more) <= 0

    @given(shares(3), shares(2))
    def test_where_officials_respond_there_is_less_to_force_and_fewer_to_stand_with(self, numbers, responses):
        conciliation, solidarity, engaged = numbers
        fewer, more = sorted(responses)

        def worth(responsive):
            gain, together, *_ = citizen.confront(
                1.0, 0.5, 0.6, 0.4, conciliation, responsive, solidarity, engaged, 0.3, 0.5, 0.3, 0.4, 0.3, 0.1,
                PATRON, 0.2, 0.6, 0.0,
            )  # fmt: skip
            return gain, together

        assert all(later <= earlier + 1e-12 for earlier, later in zip(worth(fewer), worth(more), strict=True))

    @given(shares(3), st.sampled_from([COLLABORATE, CONFRONT]))
    def test_a_failure_teaches_as_far_as_people_blame_themselves(self, numbers, route):
        efficacy, rate, blame = numbers
        assert citizen.learned_efficacy(efficacy, route, route, 0.0, rate, 0.0) == efficacy
        by_success = citizen.learned_efficacy(efficacy, route, route, 1.0, rate, blame)
        assert by_success == citizen.learned_efficacy(efficacy, route, route, 1.0, rate, 1.0)
        after = citizen.learned_efficacy(efficacy, route, route, 0.0, rate, blame)
        assert efficacy * (1 - rate) - 1e-15 <= after <= efficacy

    @given(shares(3), STRATEGY, st.sampled_from([0.0, 1.0]))
    def test_a_habit_is_made_by_success_broken_by_failure_and_fades(self, numbers, strategy, success):
        habit, rate, fading = numbers
        after = citizen.next_habit(habit, strategy, success, rate, fading)
        assert 0 <= after <= 1
        acted = strategy in {COLLABORATE, CONFRONT}
        assert after >= habit if acted and success else after <= habit + 1e-15
        assert citizen.next_habit(habit, ABSTAIN, 0.0, rate, 0.0) == habit

    @given(st.integers(0, 5), st.integers(0, 1), st.integers(0, 1), RESPONSE, st.integers(0, 1))
    def test_nobody_falls_back_in_the_funnel_and_nothing_counts_without_a_form(
        self, stage, asked, engaged, response, succeeded
    ):
        after = citizen.funnel_stage(stage, 1.0, asked, engaged, response, engaged * succeeded)
        assert stage <= after <= 5
        assert citizen.funnel_stage(stage, 0.0, asked, engaged, response, engaged * succeeded) == stage
        if engaged and succeeded:
            assert after == max(stage, 5 if stage >= 4 else 4)

    @given(shares(3))
    def test_diligent_officials_see_to_needs_that_nobody_voices(self, numbers):
        received, responsive, diligence = numbers
        assert citizen.unserved(received, responsive, 0.0) == 1 - received
        assert 0 <= citizen.unserved(received, responsive, diligence) <= 1 - received

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
            (citizen.COLLABORATE_TERMS, citizen.collaborate(*[0.5] * 17)),
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

    @given(shares(4))
    def test_facts_and_skills_are_complements(self, numbers):
        information, skills, needed, floor = numbers
        alone = [official.grounded(information, 0.0, needed, floor), official.grounded(0.0, skills, needed, floor)]
        assert alone == [floor, floor]
        assert floor <= official.grounded(information, skills, needed, floor) <= 1
        assert official.grounded(information, skills, needed, 1.0) == 1

    @given(shares(3), st.floats(0, 0.9))
    def test_claims_with_little_knowledge_are_waved_away_and_those_with_full_knowledge_are_not(self, numbers, needed):
        information, skills, floor = numbers
        if information * skills <= needed:
            assert official.grounded(information, skills, needed, floor) == floor
        assert official.grounded(1.0, 1.0, needed, floor) == pytest.approx(1)
        assert official.grounded(information, skills, 0.0, floor) >= official.grounded(
            information, skills, needed, floor
        )

    @given(shares(3))
    def test_what_is_said_to_politicians_alone_does_not_reach_the_counter(self, numbers):
        voice, directness, grounded = numbers
        assert official.heard(voice, 0.0, grounded) == 0
        assert 0 <= official.heard(voice, directness, grounded) <= voice

    @given(shares(4), shares(2))
    def test_room_to_decide_drives_and_measuring_single_tasks_crowds_out(self, numbers, levels):
        intrinsic, morale, value, crowding = numbers
        less, more = sorted(levels)

        def driven(autonomy, supervision):
            return official.drive(intrinsic, 0.25, 1, morale, value, autonomy, crowding, supervision)

        assert driven(more, 0.5) >= driven(less, 0.5) >= 0
        assert 0 <= driven(0.5, more) <= driven(0.5, less)
        assert official.drive(intrinsic, 0.25, 1, morale, 0.0, more, 0.0, less) == pytest.approx(intrinsic * morale)

    @given(shares(4), STANCE)
    def test_only_a_patron_without_merit_rules_hires_for_loyalty(self, numbers, stance):
        noise, mean, spread, loss = numbers
        able = official.hired_ability(noise, mean, spread, 0.0, 0.0, stance)
        assert official.hired_ability(noise, mean, spread, loss, 1.0, stance) == able
        assert 0 <= official.hired_ability(noise, mean, spread, loss, 0.0, stance) <= able
        assert official.hired_loyalty(loss, 1.0, stance) == 1
        assert official.hired_loyalty(loss, 0.0, stance) == 1 + loss * (stance == PATRON)
        assert official.political_work(loss, stance, 0.0, 1) == official.political_work(loss, stance, 1.0, 0) == 0

    @given(shares(3))
    def test_a_change_of_party_unsettles_those_who_are_not_protected(self, numbers):
        morale, unrest, merit = numbers
        assert 0 <= official.unsettled(morale, unrest, merit) <= morale
        assert official.unsettled(morale, unrest, 1.0) == official.unsettled(morale, 0.0, merit) == morale

    @given(st.integers(0, 500), st.floats(1, 120))
    def test_the_job_is_learned_in_so_many_months(self, tenure, months):
        assert official.experience(tenure, months) == pytest.approx(min(1, tenure / months))


class TestOversight:
    @given(shares(5), st.floats(0, 10), st.floats(0.05, 3))
    def test_diversion_is_a_share_of_the_means_and_can_be_switched_off(self, numbers, windfall, resources):
        diversion, restraint, reform_minded, watch, attended = numbers
        tempted = oversight.tempted(diversion, restraint, reform_minded, windfall, resources)
        assert 0 <= oversight.diverted_unwatched(tempted, watch, attended, 1.0, 0.0) <= tempted <= 1
        assert oversight.tempted(0.0, restraint, reform_minded, windfall, resources) == 0
        assert oversight.diverted_unwatched(tempted, 0.0, attended, 1.0, 0.0) == tempted

    @given(shares(2), shares(2), st.floats(0, 10))
    def test_reform_minded_officials_hold_back_and_windfalls_tempt(self, numbers, shares_of_two, windfall):
        diversion, restraint = numbers
        fewer, more = sorted(shares_of_two)
        usual = oversight.tempted(diversion, restraint, fewer, windfall, 1.0)
        assert oversight.tempted(diversion, restraint, more, windfall, 1.0) <= usual
        assert oversight.tempted(diversion, restraint, fewer, windfall, 1.1) >= usual

    @given(shares(4), shares(2))
    def test_courts_and_voters_deter_each_on_their_own(self, numbers, audits):
        legal, electoral, reelection, unaudited = numbers
        fewer, more = sorted(audits)
        left = oversight.checked(fewer, legal, electoral, reelection, unaudited)
        assert 0 <= oversight.checked(more, legal, electoral, reelection, unaudited) <= left <= 1
        assert oversight.checked(more, 0.0, 0.0, reelection, unaudited) == 1
        assert oversight.checked(more, 0.0, electoral, 0.0, unaudited) == 1

    @given(shares(4))
    def test_nobody_watches_what_is_captured_or_not_understood(self, numbers):
        diverted, watch, attended, grounded = numbers
        assert oversight.diverted_unwatched(diverted, watch, attended, grounded, 1.0) == diverted
        assert oversight.diverted_unwatched(diverted, watch, attended, 0.0, 0.3) == diverted

    @given(shares(3))
    def test_all_that_is_diverted_lies_between_wages_and_the_rest(self, numbers):
        wages, materials, share = numbers
        assert min(wages, materials) - 1e-12 <= oversight.diverted_in_all(wages, materials, share)
        assert oversight.diverted_in_all(wages, materials, share) <= max(wages, materials) + 1e-12

    @given(shares(5))
    def test_appeals_stop_nothing_without_a_centre_without_voice_and_where_all_respond(self, numbers):
        diverted, recourse, heard, attended, responsive = numbers
        assert oversight.after_appeals(diverted, 0.0, heard, attended, responsive) == diverted
        assert oversight.after_appeals(diverted, recourse, 0.0, attended, responsive) == diverted
        assert oversight.after_appeals(diverted, recourse, heard, attended, 1.0) == diverted
        assert 0 <= oversight.after_appeals(diverted, 50 * recourse, heard, attended, responsive) <= diverted

    @given(shares(4), shares(2), st.floats(0, 50))
    def test_appeals_stop_the_larger_part_where_more_is_diverted(self, numbers, levels, recourse):
        heard, attended, responsive, _ = numbers
        less, more = sorted(levels)
        left = [oversight.after_appeals(share, recourse, heard, attended, responsive) for share in (less, more)]
        assert left[1] * less <= left[0] * more + 1e-12

    @given(shares(4))
    def test_audits_are_believed_at_one_rate_and_forgotten_at_another(self, numbers):
        scrutiny, audit, rate, fading = numbers
        after = oversight.next_scrutiny(scrutiny, audit, rate, fading)
        speed = rate if audit > scrutiny else fading
        assert after == pytest.approx(scrutiny + speed * (audit - scrutiny))

    @given(shares(5))
    def test_a_senior_reformer_waives_nothing_and_others_come_to_waive_it_all(self, numbers):
        waived, monitoring, attribution, senior, rate = numbers
        assert oversight.next_waived(0.0, monitoring, attribution, 1.0, rate) == 0
        assert oversight.next_waived(waived, 0.0, 0.0, senior, rate) <= waived
        for _ in range(400):
            waived = oversight.next_waived(waived, 1.0, attribution, 0.0, 0.1)
        assert oversight.watched(1.0, 1.0, attribution, waived) == pytest.approx(0, abs=1e-9)


class TestStart:
    @given(shares(3), shares(2))
    def test_the_educated_start_with_no_less_efficacy(self, numbers, educations):
        floor, spread, noise = numbers
        less, more = sorted(educations)
        for slope in (0.0, 1.0):
            first = start.efficacy(floor, spread, slope, less, noise)
            assert 0 <= first <= start.efficacy(floor, spread, slope, more, noise) <= 1

    @given(st.floats(0, 0.5), st.floats(-3, 3))
    def test_districts_differ_in_capacity_as_far_as_that_is_said(self, spread, bell):
        assert start.capacity(0.0, bell) == 1
        assert start.capacity(spread, bell) >= 0.1


class TestPolitician:
    @given(shares(2), st.floats(0, 40))
    def test_re_election_is_logistic_in_approval(self, numbers, competition):
        approval, even = numbers
        chance = politician.reelection_chance(approval, competition, even, 1.0, 0.0)
        assert chance == pytest.approx(expit(competition * (approval - even)), abs=1e-7)

    @given(shares(4), st.floats(0, 40))
    def test_who_may_not_stand_again_leaves_and_what_is_disclosed_costs_votes(self, numbers, competition):
        approval, even, reelection, disclosed = numbers
        assert politician.reelection_chance(approval, competition, even, 0.0, disclosed) == 0
        told = politician.reelection_chance(approval, competition, even, reelection, disclosed)
        assert told <= politician.reelection_chance(approval, competition, even, reelection, 0.0)

    @given(SHARE, st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0]))
    def test_terms_end_by_elections_or_upsets_alone(self, ousting, election, reelected):
        assert politician.staying_chance(election, reelected, 0.0) == (not election or reelected)
        assert politician.staying_chance(0.0, reelected, ousting) == pytest.approx(1 - ousting)

    @given(st.floats(-1, 1), SHARE)
    def test_a_newcomer_takes_over_no_more_experience_than_there_was(self, belief, inheritance):
        assert politician.inherited_belief(belief, 0.0) == 0
        assert abs(politician.inherited_belief(belief, inheritance)) <= abs(belief)

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

    @given(shares(6), RESPONSE)
    def test_able_experienced_officials_do_more_and_party_work_takes_from_it(self, numbers, response):
        insight, weight, ability, inexperience, experience, politics = numbers

        def worth(ability, experience, politics):
            return service.responsiveness(
                response, 0.3, 0.6, 0.3, 0.5, 0.5, 0.3, 0.4, 0.3, 0.5, insight, weight, ability, inexperience,
                experience, politics,
            )  # fmt: skip

        assert worth(1.0, experience, politics) >= worth(ability, experience, politics) - 1e-12
        assert worth(ability, 1.0, politics) >= worth(ability, experience, politics) - 1e-12
        assert worth(ability, experience, 0.0) >= worth(ability, experience, politics) - 1e-12
        assert worth(ability, experience, 1.0) == 0

    @given(shares(4))
    def test_lives_improve_no_further_than_supplies_let_them(self, numbers):
        wellbeing, quality, supplies, rate = numbers
        after = service.next_wellbeing(wellbeing, quality, supplies, rate)
        assert after <= max(wellbeing, supplies) + 1e-12
        assert service.next_wellbeing(wellbeing, quality, 1.0, 1.0) == pytest.approx(quality)

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
