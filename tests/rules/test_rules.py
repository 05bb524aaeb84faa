"""What each rule says in its docstring, as properties: signs, orders, limits, and forms computed a second way."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.rules import citizen, official, oversight, politician, service, start
from engagesim.rules.vocabulary import ABSTAIN, CLIENT, COLLABORATE, CONFRONT, Response, Stance, Strategy
from things import in_force, one

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
        me = one("citizen", vulnerability=vulnerability, habit=habit, engaged_neighbours=engaged)
        s = in_force(
            {
                "conditions.organising": organising,
                "engagement.outreach": outreach,
                "engagement.inclusiveness": inclusiveness,
                "engagement.collectiveness": joint,
                "citizens.recruitment": recruitment,
                "citizens.recruitment_floor": floor,
                "citizens.recall": recall,
            }
        )
        reached = outreach * (1 - (1 - inclusiveness) * vulnerability)
        missed = (1 - organising) * (1 - reached) * (1 - recruitment * (floor + (1 - floor) * joint)) ** engaged
        missed *= 1 - recall * habit
        assert citizen.asked_chance(me, s) == pytest.approx(1 - missed, abs=1e-12)

    @given(shares(4), shares(2))
    def test_the_vulnerable_receive_no_more_and_inclusion_closes_the_distance(self, numbers, vulnerabilities):
        quality, disadvantage, responsive, inclusiveness = numbers
        less, more = sorted(vulnerabilities)

        def received(vulnerability, inclusive, capture, responsive=responsive):
            forms = {"engagement.inclusiveness": inclusive, "engagement.capture": capture}
            return citizen.received_quality(
                one("citizen", vulnerability=vulnerability),
                one("district", quality=quality, responsive=responsive),
                in_force({"citizens.disadvantage": disadvantage, **forms}),
            )

        assert received(more, inclusiveness, 0.0) <= received(less, inclusiveness, 0.0) + 1e-15
        assert received(more, inclusiveness, 0.0) >= received(more, inclusiveness, 0.7) - 1e-15
        assert received(more, 1.0, 0.0, responsive=1.0) == quality

    @given(shares(3), st.floats(-1, 1))
    def test_education_and_vulnerability_count_as_the_times_have_moved_them(self, numbers, moved):
        education, vulnerability, rank = numbers
        me = one("citizen", education=education, vulnerability=vulnerability, access_rank=rank)
        s = in_force({"conditions.education": moved, "conditions.vulnerability": moved})
        assert citizen.education(me, s) == min(1, max(0, education + moved))
        assert citizen.vulnerability(me, s) == min(1, max(0, vulnerability + moved))
        plain = in_force({"conditions.connected": 0.5})
        assert citizen.is_connected(me, plain) == (rank < 0.5 * (plain.citizens.access_floor + education))

    @given(shares(3))
    def test_nobody_believes_more_in_success_than_in_themselves(self, numbers):
        efficacy, trust, weight = numbers
        s = in_force({"citizens.trust_weight": weight})
        assert 0 <= citizen.success_belief(one("citizen", trust=trust), s, efficacy) <= efficacy

    @given(shares(2), shares(2))
    def test_a_grievance_raises_the_benefit_and_satisfaction_leaves_the_floor(self, scale, quality):
        floor, slope = scale
        low, high = sorted(quality)
        stake = {"citizens.stake": 1.0, "citizens.dependence": 0.0}
        s = in_force({**stake, "citizens.benefit_floor": floor, "citizens.benefit_slope": slope})
        content, grieved = (one("citizen", vulnerability=0.9, aspiration=hoped) for hoped in (low, high))
        assert citizen.benefit(content, s, high) == floor
        assert citizen.benefit(grieved, s, low) == pytest.approx(floor + slope * (high - low))

    @given(shares(2), st.floats(0, 2))
    def test_those_who_depend_on_the_service_have_more_at_stake(self, vulnerabilities, dependence):
        less, more = sorted(vulnerabilities)
        scale = {"citizens.stake": 1.0, "citizens.benefit_floor": 0.6, "citizens.benefit_slope": 3.0}

        def worth(vulnerability, dependence=dependence):
            me = one("citizen", vulnerability=vulnerability, aspiration=0.5)
            return citizen.benefit(me, in_force({**scale, "citizens.dependence": dependence}), 0.3)

        assert worth(more) >= worth(less) >= 0
        assert worth(0.5) == worth(0.5, dependence=0.0)

    @given(shares(2), st.floats(0, 3), SHARE)
    def test_demanding_forms_cost_the_less_educated_more_and_never_pay(self, educations, demands, inclusiveness):
        less, more = sorted(educations)
        s = in_force(
            {
                "engagement.opened": 1.0,
                "engagement.time_cost": 0.8,
                "engagement.inclusiveness": inclusiveness,
                "citizens.time_price": 0.3,
                "citizens.demands": demands,
                "citizens.ict_saving": 0.0,
            }
        )

        def cost(education):
            terms = citizen.collaborate(one("citizen", education=education, vulnerability=0.6), s, 1.0, 0.5, 0.1, 0.0)
            return terms[2]

        assert cost(less) <= cost(more) <= 0

    @given(shares(3), shares(2))
    def test_where_officials_respond_there_is_less_to_force_and_fewer_to_stand_with(self, numbers, responses):
        conciliation, solidarity, engaged = numbers
        fewer, more = sorted(responses)
        s = in_force(
            {"citizens.conciliation": conciliation, "citizens.solidarity": solidarity, "engagement.teeth": 0.4}
        )
        me = one("citizen", vulnerability=0.4, aspiration=0.5, trust=0.3)

        def worth(responsive):
            home = one("district", quality=0.3, responsive=responsive, stance=PATRON)
            gain, together, *_ = citizen.confront(me, home, s, 1.0, 0.5, engaged)
            return gain, together

        assert all(later <= earlier + 1e-12 for earlier, later in zip(worth(fewer), worth(more), strict=True))

    @given(shares(3), shares(2))
    def test_a_patron_represses_those_who_stand_alone_and_are_not_covered(self, numbers, crowds):
        repression, cover, strength = numbers
        fewer, more = sorted(crowds)
        s = in_force({"incentives.repression": repression, "coalitions.strength": strength})

        def risk(stance, engaged, cover):
            home = one("district", stance=stance, cover=cover)
            return -citizen.confront(one("citizen"), home, s, 1.0, 0.5, engaged)[3]

        assert risk(PATRON, more, cover) <= risk(PATRON, fewer, cover) <= risk(PATRON, fewer, 0.0)
        assert risk(NEUTRAL, fewer, cover) <= risk(PATRON, fewer, cover)
        assert risk(PATRON, 1.0, cover) == s.citizens.confront_cost

    @given(shares(3), shares(2))
    def test_a_favour_needs_a_patron_who_is_relied_upon_and_shame_is_less_among_clients(self, numbers, others):
        patronage, reliance, vulnerability = numbers
        fewer, more = sorted(others)
        s = in_force({"incentives.patronage": patronage})
        me = one("citizen", reliance=reliance, vulnerability=vulnerability, education=0.4)
        (favour, ashamed), (same, relieved) = citizen.client(me, s, fewer), citizen.client(me, s, more)
        assert favour == same >= 0
        assert ashamed <= relieved <= 0
        assert citizen.client(me, in_force({"incentives.patronage": 0.0}), fewer)[0] == 0
        assert citizen.client(one("citizen", vulnerability=vulnerability), s, fewer)[0] == 0

    @given(shares(3), st.sampled_from([COLLABORATE, CONFRONT]))
    def test_a_failure_teaches_as_far_as_people_blame_themselves(self, numbers, route):
        efficacy, rate, blame = numbers

        def learned(outcome, blame):
            s = in_force({"citizens.learning": rate, "citizens.self_blame": blame})
            return citizen.learned_efficacy(one("citizen", strategy=route, outcome=outcome), s, efficacy, route)

        assert learned(0.0, 0.0) == efficacy
        assert learned(1.0, blame) == learned(1.0, 1.0)
        assert efficacy * (1 - rate) - 1e-15 <= learned(0.0, blame) <= efficacy

    @given(shares(4), st.sampled_from([COLLABORATE, CONFRONT]))
    def test_a_peer_teaches_as_the_own_act_does_and_who_has_none_learns_nothing(self, numbers, route):
        efficacy, rate, blame, outcome = numbers
        rates = {"citizens.learning": rate, "citizens.vicarious": rate, "citizens.self_blame": blame}
        acting, s = one("citizen", strategy=route, outcome=outcome), in_force(rates)
        by_oneself = citizen.learned_efficacy(acting, s, efficacy, route)
        assert citizen.vicarious_efficacy(acting, s, efficacy, route, 1.0) == by_oneself
        assert citizen.vicarious_efficacy(acting, s, efficacy, route, 0.0) == efficacy

    @given(shares(3), STRATEGY, st.sampled_from([0.0, 1.0]))
    def test_a_habit_is_made_by_success_broken_by_failure_and_fades(self, numbers, strategy, success):
        habit, rate, fading = numbers

        def later(strategy, success, fading=fading):
            s = in_force({"citizens.habit_rate": rate, "citizens.habit_fading": fading})
            return citizen.next_habit(one("citizen", habit=habit, strategy=strategy, outcome=success), s)

        after = later(strategy, success)
        assert 0 <= after <= 1
        acted = strategy in {COLLABORATE, CONFRONT}
        assert after >= habit if acted and success else after <= habit + 1e-15
        assert later(ABSTAIN, 0.0, fading=0.0) == habit

    @given(st.integers(0, 5), st.integers(0, 1), st.integers(0, 1), RESPONSE, st.integers(0, 1))
    def test_nobody_falls_back_in_the_funnel_and_nothing_counts_without_a_form(
        self, stage, asked, engaged, response, succeeded
    ):
        me, post = one("citizen", funnel=stage, asked=asked), one("official", response=response)

        def later(opened):
            return citizen.funnel_stage(me, post, in_force({"engagement.opened": opened}), engaged, engaged * succeeded)

        assert stage <= later(1.0) <= 5
        assert later(0.0) == stage
        if engaged and succeeded:
            assert later(1.0) == max(stage, 5 if stage >= 4 else 4)

    @given(shares(3))
    def test_diligent_officials_see_to_needs_that_nobody_voices(self, numbers):
        received, responsive, diligence = numbers
        home = one("district", responsive=responsive)
        assert citizen.unserved(home, in_force({"services.diligence": 0.0}), received) == 1 - received
        assert 0 <= citizen.unserved(home, in_force({"services.diligence": diligence}), received) <= 1 - received

    @given(shares(2), STRATEGY)
    def test_support_is_a_share(self, numbers, strategy):
        received, aspiration = numbers
        s = in_force({"engagement.collectiveness": 0.5, "citizens.backlash": 0.3, "incentives.credit": 0.6})
        for success in (0.0, 1.0):
            me = one("citizen", strategy=strategy, outcome=success, aspiration=aspiration, trust=0.4)
            for stance in (PATRON, NEUTRAL, SPONSOR):
                assert 0 <= citizen.support(me, one("district", stance=stance), s, received) <= 1

    @given(shares(2), STRATEGY, STANCE)
    def test_a_belief_in_the_patron_follows_favours_or_hearsay(self, numbers, strategy, stance):
        reliance, outcome = numbers
        s = in_force({"citizens.learning": 1.0, "citizens.hearsay": 1.0})
        me = one("citizen", reliance=reliance, outcome=outcome, strategy=strategy)
        heard = outcome if strategy == CLIENT else float(stance == PATRON)
        assert citizen.learned_reliance(me, one("district", stance=stance), s) == pytest.approx(heard)

    def test_only_joint_acts_count_as_active(self):
        s = in_force({"engagement.collectiveness": 0.3})
        active = {strategy: citizen.activity(one("citizen", strategy=strategy), s) for strategy in Strategy}
        assert active == {ABSTAIN: 0, COLLABORATE: 0.3, CONFRONT: 1, CLIENT: 0}

    @pytest.mark.parametrize(
        ("terms", "utility"),
        [
            (citizen.COLLABORATE_TERMS, citizen.collaborate(one("citizen"), in_force(), *[0.5] * 4)),
            (citizen.CONFRONT_TERMS, citizen.confront(one("citizen"), one("district"), in_force(), *[0.5] * 3)),
            (citizen.CLIENT_TERMS, citizen.client(one("citizen"), in_force(), 0.5)),
            (official.RESIST_TERMS, official.resist(one("official"), in_force(), 0.5)),
            (official.TOKEN_TERMS, official.token(one("official"), in_force(), 0.5)),
            (official.ACCOMMODATE_TERMS, official.accommodate(one("official"), in_force(), *[0.5] * 3)),
            (official.COCREATE_TERMS, official.cocreate(one("official"), one("district"), in_force(), *[0.5] * 3)),
            (politician.PATRONAGE_TERMS, politician.patronage(one("politician"), in_force())),
            (politician.ARMS_LENGTH_TERMS, politician.arms_length(one("politician"), in_force())),
            (politician.SPONSOR_TERMS, politician.sponsor(one("politician"), one("district"), in_force())),
        ],
        ids=lambda value: "-".join(value) if isinstance(value[0], str) else "",
    )
    def test_every_term_of_a_utility_has_a_name(self, terms, utility):
        assert len(terms) == len(utility)


class TestOfficial:
    @given(shares(6))
    def test_a_patron_presses_most_and_a_sponsor_backs(self, numbers):
        strength, arms_length, backing, merit, cover_strength, cover = numbers
        s = in_force(
            {
                "incentives.pressure": strength,
                "incentives.merit_protection": merit,
                "officials.pressure_arms_length": arms_length,
                "officials.backing": backing,
                "coalitions.strength": cover_strength,
            }
        )

        def pressed(stance):
            return official.pressure(one("official", manages=1), one("district", stance=stance, cover=cover), s)

        assert pressed(PATRON) >= pressed(NEUTRAL) >= 0 >= pressed(SPONSOR)

    @given(shares(5), STANCE)
    def test_a_provider_feels_the_manager_and_not_the_politician(self, numbers, stance):
        strength, lukewarm, backing, merit, cover = numbers
        s = in_force(
            {
                "incentives.pressure": strength,
                "incentives.merit_protection": merit,
                "officials.lukewarm": lukewarm,
                "officials.backing": backing,
            }
        )

        def pressed(manager, stance=stance):
            home = one("district", stance=stance, manager_response=int(manager), cover=cover)
            return official.pressure(one("official"), home, s)

        assert pressed(Response.RESIST) >= pressed(Response.TOKEN) >= 0 >= pressed(Response.ACCOMMODATE)
        assert pressed(Response.ACCOMMODATE) == pressed(Response.COCREATE)
        assert all(pressed(manager, PATRON) == pressed(manager, SPONSOR) for manager in Response)

    @given(shares(2), shares(2))
    def test_merit_and_cover_shield_from_a_patron(self, numbers, protections):
        strength, cover = numbers
        less, more = sorted(protections)

        def pressed(merit, cover, covers=1.0):
            s = {"incentives.pressure": strength, "incentives.merit_protection": merit, "coalitions.strength": covers}
            return official.pressure(
                one("official", manages=1), one("district", stance=PATRON, cover=cover), in_force(s)
            )

        def punished(stance, merit):
            s = {"officials.sanction": strength, "incentives.merit_protection": merit, "coalitions.strength": 0.6}
            return official.punishment_chance(one("district", stance=stance, cover=cover), in_force(s))

        assert pressed(more, cover) <= pressed(less, cover)
        assert pressed(0.0, 1.0) == 0
        assert punished(PATRON, 1.0) == 0
        assert punished(NEUTRAL, 0.0) == 0

    @given(shares(6), STANCE, RESPONSE)
    def test_under_full_merit_posts_are_left_at_the_ordinary_rate_and_filled_from_the_market(
        self, numbers, stance, response
    ):
        turnover, purge, reshuffle, market, patron_share, transition = numbers

        def rules_of(merit):
            return in_force(
                {
                    "incentives.turnover": turnover,
                    "incentives.purge": purge,
                    "incentives.reshuffle": reshuffle,
                    "incentives.merit_protection": merit,
                    "incentives.labour_market": market,
                    "incentives.patron_share": patron_share,
                }
            )

        me, home = one("official", response=response), one("district", stance=stance, transition=transition)
        assert official.vacancy_chance(me, home, rules_of(1.0)) == turnover
        assert turnover <= official.vacancy_chance(me, home, rules_of(0.0)) <= 1
        assert official.hired_reform_minded(home, rules_of(1.0)) == market
        under_a_patron = official.hired_reform_minded(one("district", stance=PATRON), rules_of(0.0))
        assert under_a_patron == pytest.approx(market * patron_share)

    @given(shares(4), RESPONSE)
    def test_practice_grows_by_joint_success_and_fades_without(self, numbers, response):
        practice, success, rate, forgetting = numbers
        s = in_force({"officials.practice_rate": rate, "officials.forgetting": forgetting})
        after = official.learned_practice(one("official", practice=practice, response=response), s, success)
        assert after >= practice - 1e-15 if response == Response.COCREATE else after <= practice

    @given(shares(3))
    def test_practice_spreads_from_those_who_have_more(self, numbers):
        own, other, rate = numbers
        after = official.spread_practice(in_force({"officials.spread": rate}), own, other)
        assert own <= after <= max(own, other) + 1e-15

    @given(st.integers(0, 40), st.integers(0, 40), SHARE, st.floats(0.05, 3))
    def test_load_is_work_over_resources_held_to_capacity(self, engaged, others, workload, resources):
        me, home = one("official", collaborating=engaged, served=engaged + others), one("district", resources=resources)

        def loaded(brought):
            s = in_force({"officials.base_workload": 0.3, "officials.relief": 0.5, "engagement.workload": workload})
            return official.load(one("official", **vars(me) | {"contributions": brought}), home, s)

        share = engaged / max(1, engaged + others)
        assert loaded(0.0) == pytest.approx(min(1, share * (0.3 + workload) / resources))
        assert loaded(1.0) <= loaded(0.0)
        if 0 < loaded(0.0) < 1 and workload > 0.01:
            assert loaded(1.0) < loaded(0.0)

    @given(shares(4))
    def test_facts_and_skills_are_complements(self, numbers):
        information, skills, needed, floor = numbers

        def grounded(information, skills, floor=floor):
            form = {"engagement.information": information, "engagement.skills": skills}
            people = {"citizens.knowledge_needed": needed, "citizens.knowledge_floor": floor}
            return official.grounded(in_force(form | people))

        assert [grounded(information, 0.0), grounded(0.0, skills)] == [floor, floor]
        assert floor <= grounded(information, skills) <= 1
        assert grounded(information, skills, floor=1.0) == 1

    @given(shares(3), st.floats(0, 0.9))
    def test_claims_with_little_knowledge_are_waved_away_and_those_with_full_knowledge_are_not(self, numbers, needed):
        information, skills, floor = numbers

        def grounded(information, skills, needed):
            form = {"engagement.information": information, "engagement.skills": skills}
            people = {"citizens.knowledge_needed": needed, "citizens.knowledge_floor": floor}
            return official.grounded(in_force(form | people))

        if information * skills <= needed:
            assert grounded(information, skills, needed) == floor
        assert grounded(1.0, 1.0, needed) == pytest.approx(1)
        assert grounded(information, skills, 0.0) >= grounded(information, skills, needed)

    @given(shares(4))
    def test_what_is_said_to_politicians_alone_does_not_reach_the_counter(self, numbers):
        voice, directness, information, skills = numbers

        def heard(directness):
            knowledge = {"engagement.information": information, "engagement.skills": skills}
            return official.heard(
                in_force({"engagement.voice": voice, "engagement.directness": directness, **knowledge})
            )

        assert heard(0.0) == 0
        assert 0 <= heard(directness) <= voice

    @given(shares(4), shares(2))
    def test_room_to_decide_drives_and_measuring_single_tasks_crowds_out(self, numbers, levels):
        intrinsic, morale, value, crowding = numbers
        less, more = sorted(levels)
        me = one("official", morale=morale, disposition=1)

        def driven(autonomy, supervision, value=value, crowding=crowding):
            s = {"officials.intrinsic": intrinsic, "officials.autonomy_value": value, "officials.crowding": crowding}
            given = {"incentives.autonomy": autonomy, "incentives.supervision": supervision}
            return official.drive(me, in_force(s | given))

        assert driven(more, 0.5) >= driven(less, 0.5) >= 0
        assert 0 <= driven(0.5, more) <= driven(0.5, less)
        assert driven(more, less, value=0.0, crowding=0.0) == pytest.approx(intrinsic * morale)

    @given(shares(4), STANCE)
    def test_only_a_patron_without_merit_rules_hires_for_loyalty(self, numbers, stance):
        noise, mean, spread, loss = numbers
        home = one("district", stance=stance)

        def rules_of(merit, loss=loss):
            return in_force(
                {
                    "population.ability_mean": mean,
                    "population.ability_spread": spread,
                    "officials.ability_loss": loss,
                    "officials.premium": loss,
                    "officials.political_time": loss,
                    "incentives.merit_protection": merit,
                }
            )

        able = official.hired_ability(home, rules_of(0.0, loss=0.0), noise)
        assert official.hired_ability(home, rules_of(1.0), noise) == able
        assert 0 <= official.hired_ability(home, rules_of(0.0), noise) <= able
        assert official.hired_loyalty(home, rules_of(1.0)) == 1
        assert official.hired_loyalty(home, rules_of(0.0)) == 1 + loss * (stance == PATRON)
        reformer, clientelist = one("official", disposition=1), one("official", disposition=0)
        assert official.political_work(reformer, home, rules_of(0.0)) == 0
        assert official.political_work(clientelist, home, rules_of(1.0)) == 0

    @given(shares(3))
    def test_a_change_of_party_unsettles_those_who_are_not_protected(self, numbers):
        morale, unrest, merit = numbers

        def after(unrest, merit, transition=1.0):
            s = in_force({"officials.unrest": unrest, "incentives.merit_protection": merit})
            return official.unsettled(one("official", morale=morale), one("district", transition=transition), s)

        assert 0 <= after(unrest, merit) <= after(unrest, merit, 0.5) <= morale
        assert after(unrest, 1.0) == after(0.0, merit) == after(unrest, merit, 0.0) == morale

    @given(st.integers(0, 500), st.floats(1, 120))
    def test_the_job_is_learned_in_so_many_months(self, tenure, months):
        s = in_force({"officials.apprenticeship": months})
        assert official.experience(one("official", tenure=tenure), s) == pytest.approx(min(1, tenure / months))

    @given(shares(4), STANCE, RESPONSE)
    def test_morale_is_a_share_and_strain_and_politicisation_lower_it(self, numbers, stance, response):
        success, attended, load, cover = numbers
        s = in_force()

        def target(stance, resources, load):
            me = one("official", response=response, load=load)
            return official.morale_target(
                me, one("district", stance=stance, resources=resources, cover=cover), s, success, attended
            )

        assert 0 <= target(PATRON, 1.0, load) <= target(NEUTRAL, 1.0, load) <= target(SPONSOR, 1.0, load) <= 1
        assert target(stance, 0.5, load) <= target(stance, 1.0, load) <= target(stance, 1.0, 0.0)


class TestOversight:
    @given(shares(5), st.floats(0, 10), st.floats(0.05, 3))
    def test_diversion_is_a_share_of_the_means_and_can_be_switched_off(self, numbers, windfall, resources):
        diversion, restraint, reform_minded, watch, attended = numbers
        home = one("district", resources=resources)

        def tempted(diversion):
            s = {"oversight.diversion": diversion, "oversight.restraint": restraint, "oversight.windfall": windfall}
            return oversight.tempted(home, in_force(s), reform_minded)

        def left(watch):
            s = in_force({"oversight.watch": watch, "engagement.capture": 0.0})
            return oversight.diverted_unwatched(s, tempted(diversion), attended, 1.0)

        assert 0 <= left(watch) <= tempted(diversion) <= 1
        assert tempted(0.0) == 0
        assert left(0.0) == tempted(diversion)

    @given(shares(2), shares(2), st.floats(0, 10))
    def test_reform_minded_officials_hold_back_and_windfalls_tempt(self, numbers, shares_of_two, windfall):
        diversion, restraint = numbers
        fewer, more = sorted(shares_of_two)
        s = in_force(
            {"oversight.diversion": diversion, "oversight.restraint": restraint, "oversight.windfall": windfall}
        )
        usual = oversight.tempted(one("district", resources=1.0), s, fewer)
        assert oversight.tempted(one("district", resources=1.0), s, more) <= usual
        assert oversight.tempted(one("district", resources=1.1), s, fewer) >= usual

    @given(shares(4), shares(2))
    def test_courts_and_voters_deter_each_on_their_own(self, numbers, audits):
        legal, electoral, reelection, unaudited = numbers
        fewer, more = sorted(audits)

        def left(scrutiny, legal, electoral, reelection):
            s = {"oversight.legal_deterrence": legal, "oversight.electoral_deterrence": electoral}
            s |= {"incentives.reelection": reelection, "oversight.unaudited": unaudited}
            return oversight.checked(one("district", scrutiny=scrutiny, election_in=24), in_force(s))

        assert 0 <= left(more, legal, electoral, reelection) <= left(fewer, legal, electoral, reelection) <= 1
        assert left(more, 0.0, 0.0, reelection) == 1
        assert left(more, 0.0, electoral, 0.0) == 1

    @given(shares(4))
    def test_nobody_watches_what_is_captured_or_not_understood(self, numbers):
        diverted, watch, attended, grounded = numbers

        def left(grounded, capture):
            s = in_force({"oversight.watch": watch, "engagement.capture": capture})
            return oversight.diverted_unwatched(s, diverted, attended, grounded)

        assert left(grounded, 1.0) == diverted
        assert left(0.0, 0.3) == diverted

    @given(shares(3))
    def test_all_that_is_diverted_lies_between_wages_and_the_rest(self, numbers):
        wages, materials, share = numbers
        home = one("district", diversion_wages=wages, diversion_materials=materials)
        all_of_it = oversight.diverted_in_all(home, in_force({"oversight.wage_share": share}))
        assert min(wages, materials) - 1e-12 <= all_of_it <= max(wages, materials) + 1e-12

    @given(shares(5))
    def test_appeals_stop_nothing_without_a_centre_without_voice_and_where_all_respond(self, numbers):
        diverted, recourse, heard, attended, responsive = numbers

        def left(recourse, heard, responsive):
            s = in_force({"oversight.recourse": recourse})
            return oversight.after_appeals(one("district", responsive=responsive), s, diverted, heard, attended)

        assert left(0.0, heard, responsive) == diverted
        assert left(recourse, 0.0, responsive) == diverted
        assert left(recourse, heard, 1.0) == diverted
        assert 0 <= left(50 * recourse, heard, responsive) <= diverted

    @given(shares(3), shares(2), st.floats(0, 50))
    def test_appeals_stop_the_larger_part_where_more_is_diverted(self, numbers, levels, recourse):
        heard, attended, responsive = numbers
        less, more = sorted(levels)
        home, s = one("district", responsive=responsive), in_force({"oversight.recourse": recourse})
        left = [oversight.after_appeals(home, s, share, heard, attended) for share in (less, more)]
        assert left[1] * less <= left[0] * more + 1e-12

    @given(shares(4))
    def test_audits_are_believed_at_one_rate_and_forgotten_at_another(self, numbers):
        scrutiny, audit, rate, fading = numbers
        rates = {"oversight.scrutiny_rate": rate, "oversight.scrutiny_fading": fading}
        after = oversight.next_scrutiny(
            one("district", scrutiny=scrutiny), in_force({"incentives.audit": audit, **rates})
        )
        speed = rate if audit > scrutiny else fading
        assert after == pytest.approx(scrutiny + speed * (audit - scrutiny))

    @given(shares(5))
    def test_a_senior_reformer_waives_nothing_and_others_come_to_waive_it_all(self, numbers):
        waived, monitoring, attribution, senior, rate = numbers

        def watching(monitoring, attribution, senior, rate):
            return in_force(
                {
                    "incentives.monitoring": monitoring,
                    "engagement.attribution": attribution,
                    "incentives.senior": senior,
                    "oversight.waiving": rate,
                    "oversight.penalty": 1.0,
                }
            )

        assert oversight.next_waived(one("district"), watching(monitoring, attribution, 1.0, rate)) == 0
        assert oversight.next_waived(one("district", waived=waived), watching(0.0, 0.0, senior, rate)) <= waived
        s = watching(1.0, attribution, 0.0, 0.1)
        for _ in range(400):
            waived = oversight.next_waived(one("district", waived=waived), s)
        assert oversight.watched(one("district", waived=waived), s) == pytest.approx(0, abs=1e-9)


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
    @given(shares(5), st.floats(0, 40))
    def test_who_may_not_stand_again_leaves_and_what_is_disclosed_costs_votes(self, numbers, competition):
        approval, reelection, disclosure, publicity, diverted = numbers

        def chance(reelection, diverted):
            s = {"incentives.competition": competition, "incentives.reelection": reelection}
            s |= {"politicians.disclosure": disclosure, "incentives.publicity": publicity}
            return politician.reelection_chance(
                one("politician", approval=approval), one("district"), in_force(s), diverted, 0.0
            )

        assert chance(0.0, diverted) == 0
        assert chance(reelection, diverted) <= chance(reelection, 0.0)

    @given(SHARE, st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0]))
    def test_terms_end_by_elections_or_upsets_alone(self, ousting, election, reelected):
        safe, upset = (in_force({"incentives.ousting": chance}) for chance in (0.0, ousting))
        assert politician.staying_chance(safe, election, reelected) == (not election or reelected)
        assert politician.staying_chance(upset, 0.0, reelected) == pytest.approx(1 - ousting)

    @given(st.floats(-1, 1), SHARE)
    def test_a_newcomer_takes_over_no_more_experience_than_there_was(self, belief, inheritance):
        assert politician.inherited_belief(in_force({"politicians.inheritance": 0.0}), belief) == 0
        inherited = politician.inherited_belief(in_force({"politicians.inheritance": inheritance}), belief)
        assert abs(inherited) <= abs(belief)

    @given(shares(3))
    def test_a_programmatic_politician_gains_less_by_patronage_and_more_by_sponsoring(self, numbers):
        money, one_side, other_side = numbers
        less, more = (one("politician", orientation=side) for side in sorted((one_side, other_side)))
        s = in_force({"incentives.patronage": money, "incentives.credit": money})
        home = one("district")
        assert politician.patronage(more, s)[0] <= politician.patronage(less, s)[0]
        assert politician.sponsor(more, home, s)[0] >= politician.sponsor(less, home, s)[0]


class TestService:
    @given(shares(4), shares(4))
    def test_success_rises_with_the_response(self, levels, numbers):
        resisted, tokened, accommodated, cocreated = sorted(levels)
        practice, influence, loaded, contribution = numbers
        s = in_force(
            {
                "services.success_resist": resisted,
                "services.success_token": tokened,
                "services.success_accommodate": accommodated,
                "services.success_cocreate": cocreated,
                "engagement.influence": influence,
                "officials.overload": 0.0,
            }
        )
        state = {"practice": practice, "load": loaded, "contributions": contribution}
        chances = [
            service.collaboration_chance(one("official", response=response, **state), s)
            for response in range(len(Response))
        ]
        assert all(later >= earlier - 1e-12 for earlier, later in itertools.pairwise(chances))
        assert all(0 <= chance <= 1 for chance in chances)

    @given(shares(3), shares(2))
    def test_capture_takes_from_the_vulnerable_first(self, numbers, vulnerabilities):
        chance, capture, guard = numbers
        less, more = sorted(vulnerabilities)
        s = in_force({"engagement.capture": capture, "services.capture_guard": guard})

        def left(vulnerability, disposition):
            return service.after_capture(one("official", disposition=disposition), s, chance, vulnerability)

        for disposition in (0, 1):
            assert left(more, disposition) <= left(less, disposition) + 1e-15
        assert left(more, 1) >= left(more, 0)

    @given(shares(6), RESPONSE)
    def test_able_experienced_officials_do_more_and_party_work_takes_from_it(self, numbers, response):
        insight, weight, ability, inexperience, experience, politics = numbers
        s = in_force(
            {
                "officials.ability_weight": weight,
                "officials.inexperience": inexperience,
            }
        )
        fixed = {"response": response, "practice": 0.5, "insight": insight, "contributions": 0.4, "means": 1.0}

        def worth(ability, experience, politics):
            me = one("official", **fixed, ability=ability, political_work=politics)
            return service.responsiveness(me, s, 0.5, 0.5, experience)

        assert worth(1.0, experience, politics) >= worth(ability, experience, politics) - 1e-12
        assert worth(ability, 1.0, politics) >= worth(ability, experience, politics) - 1e-12
        assert worth(ability, experience, 0.0) >= worth(ability, experience, politics) - 1e-12
        assert worth(ability, experience, 1.0) == 0

    @given(shares(5), shares(2), st.floats(0, 3), st.floats(0, 3))
    def test_a_response_is_worth_more_with_means_help_voice_and_trust(self, numbers, trusts, some_means, other_means):
        insight, contributions, practice, voice, experience = numbers
        less, more = sorted(trusts)
        poor, rich = sorted((some_means, other_means))
        fixed = {"practice": practice, "insight": insight, "ability": 0.5, "served": 10}

        def worth(response=Response.ACCOMMODATE, means=1.0, trust=0.5, brought=contributions, voice=voice):
            me = one(
                "official", response=int(response), means=means, trusting=10 * trust, contributions=brought, **fixed
            )
            return service.responsiveness(me, in_force(), voice, 1.0, experience)

        by_response = [worth(response) for response in Response]
        assert by_response == sorted(by_response)
        assert 0 <= worth(means=poor) <= worth(means=rich)
        assert worth(trust=less) <= worth(trust=more)
        assert worth(brought=0.0) <= worth()
        assert worth(voice=0.0) <= worth()
        for unheard in (Response.RESIST, Response.TOKEN):
            assert worth(unheard, voice=0.0, brought=0.0) == worth(unheard)

    @given(shares(4))
    def test_lives_improve_no_further_than_supplies_let_them(self, numbers):
        wellbeing, quality, supplies, rate = numbers
        home = one("district", wellbeing=wellbeing, quality=quality)

        def after(supplies, rate):
            return service.next_wellbeing(
                home, in_force({"conditions.supplies": supplies, "services.wellbeing_rate": rate})
            )

        assert after(supplies, rate) <= max(wellbeing, supplies) + 1e-12
        assert after(1.0, 1.0) == pytest.approx(quality)

    @given(SHARE, STANCE)
    def test_only_a_patron_delivers_favours(self, delivery, stance):
        s = in_force({"services.delivery": delivery})
        assert service.favour_chance(one("district", stance=stance), s) == (delivery if stance == PATRON else 0)
