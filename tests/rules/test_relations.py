"""How users organise, bargain and ally: what each rule says, as properties that a social scientist would check."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import expit

from engagesim.month import coalition as month_coalition
from engagesim.month import district as month_district
from engagesim.month import relation as month_relation
from engagesim.rules import citizen, coalition, official, organisation, oversight, politician, relation, service, start
from engagesim.rules.choice import toward
from engagesim.rules.vocabulary import CLIENT, Ending, Response, Stance, Strategy
from things import in_force, one

SHARE = st.floats(0, 1)
MONTHS = st.integers(0, 60)
YES_OR_NO = st.integers(0, 1)
RESPONSE = st.sampled_from([int(response) for response in Response])
STANCE = st.sampled_from([int(stance) for stance in Stance])
NOISE = st.floats(0, 1, exclude_min=True, exclude_max=True)
RESIST, TOKEN, ACCOMMODATE, COCREATE = (int(response) for response in Response)
PATRON, NEUTRAL, SPONSOR = (int(stance) for stance in Stance)


def shares(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(SHARE, min_size=count, max_size=count)


PEOPLE = st.integers(1, 40)
"""Users of a service point."""


@st.composite
def service_points(draw: st.DrawFn, **fixed):
    """An official with users, in any state that the bargain between them can be in."""
    served = draw(PEOPLE)
    members = draw(st.integers(0, served))
    numbers = ("organisation", "contributions", "reliability", "anger", "joint_success", "threat", "insight")
    state = {name: draw(SHARE) for name in numbers}
    state |= {"response": draw(RESPONSE), "agreement": draw(YES_OR_NO), "dispute": draw(MONTHS)}
    state |= {"promise_due": draw(st.integers(0, 6)), "called": draw(YES_OR_NO), "means": draw(st.floats(0, 3))}
    state |= {"served": served, "members": members, "leading": draw(st.integers(0, members))}
    state |= {"aggrieved": draw(SHARE) * served, "trusting": draw(SHARE) * served}
    return one("official", **state | fixed)


class TestOrganisation:
    @given(shares(5), st.integers(0, 31), st.integers(0, 9))
    def test_one_thinks_of_joining_by_oneself_or_because_somebody_asks(self, numbers, contacts, leaders):
        consider, recruiting, calling, forum, outreach = numbers
        s = in_force(
            {
                "organisations.consider": consider,
                "organisations.recruiting": recruiting,
                "organisations.calling": calling,
                "organisations.forum": forum,
                "engagement.outreach": outreach,
                "engagement.collectiveness": 1.0,
            }
        )

        def chance(contacts, leaders):
            me = one("citizen", member_neighbours=contacts)
            return organisation.thinking_chance(me, one("official", leading=leaders), s)

        missed = (
            (1 - consider) * (1 - calling * min(1, leaders)) * (1 - forum * outreach) * (1 - recruiting) ** contacts
        )
        assert chance(contacts, leaders) == pytest.approx(1 - missed, abs=1e-12)
        assert consider - 1e-12 <= chance(0, 0) <= chance(contacts, 0) <= chance(contacts, leaders) + 1e-12 <= 1 + 2e-12

    @given(service_points(), shares(2), shares(2))
    def test_grievance_company_and_success_speak_for_belonging(self, post, grievances, companies):
        fewer, more = sorted(companies)
        less, worse = sorted(grievances)
        home, s = one("district", stance=NEUTRAL), in_force()

        def worth(grievance, company, **changed):
            return sum(organisation.belonging(one("official", **vars(post) | changed), home, s, grievance, company))

        assert worth(less, fewer) <= worth(worse, fewer) <= worth(worse, more)
        assert worth(less, fewer) <= worth(less, fewer, joint_success=1.0)
        assert worth(less, fewer, leading=0) <= worth(less, fewer, leading=1)

    @given(service_points(promise_due=0), MONTHS, MONTHS)
    def test_a_dispute_without_an_answer_wears_people_out_and_a_promise_gives_them_rest(self, post, one_age, other_age):
        earlier, later = sorted((max(1, one_age), max(1, other_age)))
        home, s = one("district", stance=NEUTRAL), in_force()

        def cost(**changed):
            return organisation.belonging(one("official", **vars(post) | changed), home, s, 0.0, 0.0)[3]

        assert cost(dispute=later) <= cost(dispute=earlier) <= 0
        assert cost(dispute=later, promise_due=3) >= cost(dispute=later)

    @given(service_points(), shares(2), SHARE)
    def test_only_a_patron_is_to_be_feared_and_the_less_so_under_cover(self, post, covers, repression):
        less, more = sorted(covers)
        s = in_force({"incentives.repression": repression})

        def fear(stance, cover):
            return -organisation.belonging(post, one("district", stance=stance, cover=cover), s, 0.1, 0.1)[4]

        assert 0 <= fear(PATRON, more) <= fear(PATRON, less) <= repression
        assert fear(NEUTRAL, less) == fear(SPONSOR, less) == 0

    def test_every_term_of_belonging_has_a_name(self):
        terms = organisation.belonging(one("official"), one("district"), in_force(), 0.1, 0.2)
        assert len(terms) == len(organisation.BELONGING_TERMS)

    @given(st.floats(0, 2), st.floats(-1, 3), YES_OR_NO, SHARE)
    def test_nobody_joins_or_leaves_without_an_occasion(self, threshold, worth, member, leaving):
        me = one("citizen", threshold=threshold, member=member)
        s = in_force({"organisations.leaving_share": leaving})
        assert organisation.belongs(me, s, worth, 0) == member
        bar = threshold * (leaving if member else 1)
        assume(abs(worth - bar) > 1e-9)
        assert organisation.belongs(me, s, worth, 1) == (worth >= bar)

    @given(st.floats(0, 2), st.floats(0, 3))
    def test_clients_of_the_patron_do_not_join_but_members_who_take_a_favour_may_stay(self, threshold, worth):
        s = in_force()
        outsider, member = (one("citizen", threshold=threshold, strategy=CLIENT, member=in_it) for in_it in (0, 1))
        assert organisation.belongs(outsider, s, worth, 1) == 0
        assert organisation.belongs(member, s, worth + threshold, 1) == 1

    @given(SHARE, SHARE, st.integers(0, 9), st.integers(0, 9))
    def test_leaders_are_the_rarer_the_more_lead_already(self, efficacy, rising, some, more):
        s, me = in_force({"organisations.rising": rising}), one("citizen", efficacy_collaborate=efficacy)
        fewer, many = sorted((some, more))
        chances = [organisation.rising_chance(me, one("official", leading=count), s) for count in (fewer, many)]
        assert 0 <= chances[1] <= chances[0] <= rising
        assert organisation.rising_chance(one("citizen"), one("official"), s) == 0, "who thinks they cannot does not"

    @given(shares(5), shares(2))
    def test_leaders_tire_without_success_and_patrons_win_over_those_in_need(self, numbers, needs):
        tiring, winning, moving, patronage, success = numbers
        less, more = sorted(needs)
        s = in_force(
            {
                "organisations.tiring": tiring,
                "organisations.co_optation": winning,
                "organisations.moving": moving,
                "incentives.patronage": patronage,
            }
        )

        def ceases(stance, need, success):
            post = one("official", joint_success=success)
            return organisation.ceasing_chance(
                one("citizen", vulnerability=need), post, one("district", stance=stance), s
            )

        assert ceases(NEUTRAL, less, 1.0) == ceases(SPONSOR, more, 1.0) == moving
        assert ceases(NEUTRAL, more, 1.0) <= ceases(NEUTRAL, more, success) <= ceases(PATRON, more, success) <= 1
        assert ceases(PATRON, less, success) <= ceases(PATRON, more, success)

    @given(service_points(), SHARE, st.floats(0, 20))
    def test_an_organisation_grows_into_its_members_and_decays_without(self, post, building, scale):
        s = in_force({"organisations.building": building, "organisations.scale": scale})

        def after(**changed):
            return organisation.next_organisation(one("official", **vars(post) | changed), s)

        assert 0 <= after(members=0, leading=0) <= after(leading=0) <= after(leading=1) + 1e-15
        assert after(leading=1) <= after(members=post.served, leading=1) + 1e-15 <= 1 + 2e-15
        assert after(members=0, leading=0) == pytest.approx((1 - building) * post.organisation)


class TestRelation:
    @given(service_points(), shares(3))
    def test_a_demand_never_comes_without_an_organisation_or_a_case(self, post, numbers):
        demanding, voice, settled = numbers
        s = in_force(
            {
                "relations.demanding": demanding,
                "relations.settled": settled,
                "engagement.opened": 1.0,
                "engagement.voice": voice,
            }
        )

        def chance(**changed):
            return relation.demand_chance(one("official", **vars(post) | changed), s)

        assert chance(organisation=0.0) == 0
        assert chance(aggrieved=0.0, anger=0.0) == 0
        assert 0 <= chance(agreement=1) <= chance(agreement=0) <= 1
        assert chance(organisation=0.5 * post.organisation) <= chance() <= chance(organisation=1.0)

    @given(service_points(organisation=0.0, dispute=0, promise_due=0, broken=0, kept=0), NOISE, NOISE)
    def test_users_who_are_not_organised_are_never_in_dispute(self, post, first, second):
        assert month_relation.demand.act(post, in_force(), first, second) == (0, 0, 0)

    @given(service_points(), RESPONSE, shares(3))
    def test_one_who_resists_never_promises_and_a_resisting_manager_forbids_some(self, post, manager, numbers):
        answering, token, veto = numbers
        s = in_force({"relations.answering": answering, "relations.token_promises": token, "relations.veto": veto})

        def chance(response, manager):
            me = one("official", **vars(post) | {"response": response})
            return relation.answer_chance(me, one("district", manager_response=manager), s)

        assert chance(RESIST, manager) == 0
        assert 0 <= chance(TOKEN, manager) <= chance(ACCOMMODATE, manager) == chance(COCREATE, manager) <= answering
        assert chance(post.response, RESIST) <= chance(post.response, TOKEN)

    @given(service_points(response=RESIST), RESPONSE, NOISE)
    def test_nothing_moves_one_who_resists_to_a_promise(self, post, manager, noise):
        promised, _ = month_relation.answer.act(post, one("district", manager_response=manager), in_force(), noise)
        assert promised == 0

    @given(service_points(), NOISE)
    def test_a_promise_needs_a_demand_and_there_is_one_at_a_time(self, post, noise):
        eager = in_force({"relations.answering": 1.0, "relations.due": 4.0})
        promised, due = month_relation.answer.act(post, one("district", manager_response=TOKEN), eager, noise)
        if promised:
            assert post.dispute > 0
            assert post.promise_due == 0
        assert due == (4 if promised else post.promise_due)

    @given(service_points(kept=0, broken=0), NOISE)
    def test_a_promise_that_falls_due_is_either_kept_or_broken(self, post, noise):
        kept, broken, due = month_relation.fall_due.act(post, one("district"), in_force(), noise)
        assert kept + broken == (post.promise_due == 1)
        assert due == max(0, post.promise_due - 1)

    @given(service_points(), shares(2), st.floats(-1, 1))
    def test_who_means_it_can_keep_it_and_help_and_means_make_it_likelier(self, post, covers, shift):
        less, more = sorted(covers)
        s = in_force({"relations.keeping": shift})

        def keeps(cover, **changed):
            return relation.keeping_chance(one("official", **vars(post) | changed), one("district", cover=cover), s)

        by_response = [keeps(less, response=response, means=1.0) for response in (RESIST, TOKEN, ACCOMMODATE)]
        assert by_response == sorted(by_response)
        assert 0 <= keeps(less) <= keeps(more) <= 1
        assert keeps(less) <= keeps(less, means=3.0)
        assert keeps(less) <= keeps(less, contributions=1.0)

    def test_all_promises_can_be_kept_or_broken_by_force(self):
        for response, (shift, chance) in itertools.product(Response, ((1.0, 1.0), (-1.0, 0.0))):
            me = one("official", response=int(response), means=1.0)
            assert relation.keeping_chance(me, one("district"), in_force({"relations.keeping": shift})) == chance

    @given(service_points(response=ACCOMMODATE))
    def test_a_kept_promise_calms_and_binds_and_a_broken_one_does_the_reverse(self, post):
        s = in_force()
        kept, waiting, broken = (
            one("official", **vars(post) | {"kept": kept, "broken": broken})
            for kept, broken in ((1, 0), (0, 0), (0, 1))
        )
        assert relation.next_anger(kept, s) <= relation.next_anger(waiting, s) <= relation.next_anger(broken, s)
        assert relation.next_reliability(kept, s) >= post.reliability >= relation.next_reliability(broken, s)
        assert relation.next_reliability(waiting, s) == post.reliability
        assert relation.next_joint_success(kept, s) == 1
        assert relation.next_joint_success(broken, s) == relation.next_joint_success(waiting, s) <= post.joint_success
        assert relation.agrees(kept, s) == (post.organisation >= s.relations.dissolving)
        assert relation.agrees(broken, s) == 0
        assert relation.agrees(waiting, s) <= post.agreement

    @given(service_points(), YES_OR_NO, YES_OR_NO)
    def test_what_both_sides_remember_is_a_share(self, post, kept, broken):
        me, s = one("official", **vars(post) | {"kept": kept, "broken": broken * (1 - kept)}), in_force()
        for remembered in (relation.next_anger, relation.next_reliability, relation.next_joint_success):
            assert 0 <= remembered(me, s) <= 1
        assert 0 <= relation.next_threat(me, s) <= 1

    @given(service_points(agreement=1, kept=0, broken=0))
    def test_an_agreement_ends_with_the_response_or_with_the_organisation(self, post):
        s = in_force()
        holds = relation.agrees(post, s)
        assert holds == (post.response >= ACCOMMODATE and post.organisation >= s.relations.dissolving)

    @given(service_points(), shares(2), shares(2))
    def test_trust_and_a_reliable_word_hold_confrontation_back_and_fear_too(self, post, trusts, fears):
        less, more = sorted(trusts)
        braver, fearful = sorted(fears)
        s = in_force()

        def chance(afraid=0.0, **changed):
            return relation.escalation_chance(one("official", **vars(post) | changed), s, afraid)

        assert chance(organisation=0.0) == 0
        assert chance(trusting=more * post.served) <= chance(trusting=less * post.served)
        assert chance(reliability=more) <= chance(reliability=less)
        assert chance(promise_due=3) <= chance(promise_due=0)
        assert 0 <= chance(afraid=fearful) <= chance(afraid=braver) <= 1
        assert chance(afraid=1.0) == 0

    @given(service_points(dispute=0), STANCE, NOISE)
    def test_nobody_calls_for_confrontation_without_a_dispute(self, post, stance, noise):
        assert month_relation.escalate.act(post, one("district", stance=stance), in_force(), noise) == 0

    @given(service_points())
    def test_each_confrontation_teaches_to_expect_the_next(self, post):
        s = in_force()
        quiet, called = (one("official", **vars(post) | {"called": called}) for called in (0, 1))
        assert relation.next_threat(called, s) >= relation.next_threat(quiet, s)
        assert relation.next_threat(one("official", threat=0.0), s) == 0, "no organisation, nothing to fear"

    @given(service_points(broken=1, kept=0, promise_due=0), NOISE, NOISE)
    def test_a_broken_promise_leaves_users_in_dispute(self, post, first, second):
        assert month_relation.demand.act(post, in_force(), first, second)[2] > 0

    @given(service_points(kept=1, broken=0, promise_due=0), NOISE)
    def test_a_kept_promise_ends_the_dispute(self, post, noise):
        demanded, given_up, dispute = month_relation.demand.act(post, in_force(), 1.0, noise)
        assert (demanded, given_up, dispute) == (0, 0, 0)


class TestManagers:
    @given(st.lists(service_points(), min_size=1, max_size=8), RESPONSE, SHARE)
    def test_what_a_manager_gives_to_some_service_points_the_others_give(self, posts, manager, allocation):
        claims = sum(month_relation.claim.act(post) for post in posts)
        home = one("district", claims=claims, providers=len(posts), manager_response=manager)
        s = in_force({"officials.allocation": allocation})
        means = [service.means(post, home, s) for post in posts]
        assert sum(means) == pytest.approx(len(posts))
        assert min(means) >= 0
        if manager < ACCOMMODATE:
            assert means == [1.0] * len(posts)
        for post, mine in zip(posts, means, strict=True):
            other = 1.0 if post.dispute or post.agreement else -1.0
            assert (mine - 1.0) * other >= -1e-12, "who makes claims gets no less than usual, and others no more"

    @given(service_points(), SHARE, SHARE)
    def test_a_resisting_manager_shields_providers_from_users_and_not_himself(self, post, shield, social):
        s = in_force({"officials.shield": shield, "accountability.social": social})

        def felt(manages, manager):
            me = one("official", **vars(post) | {"manages": manages})
            return official.felt_threat(me, one("district", manager_response=manager), s)

        assert felt(0, RESIST) == pytest.approx((1 - shield) * felt(0, TOKEN))
        assert felt(0, TOKEN) == felt(1, RESIST) == social * post.threat

    @given(SHARE, SHARE, RESPONSE)
    def test_a_manager_who_responds_sanctions_providers_who_do_not(self, sanction, visible, manager):
        s = in_force({"officials.sanction_by_manager": sanction})

        def cost(manages, manager):
            home = one("district", manager_response=manager)
            return official.exposure(one("official", manages=manages), home, s, visible, 0.0)

        assert cost(0, manager) == (sanction if manager >= ACCOMMODATE else 0)
        assert cost(1, manager) == 0

    @given(service_points(), RESPONSE, SHARE)
    def test_officials_reconsider_on_occasions_and_seldom_without(self, post, manager, voice):
        s = in_force()

        def chance(manager=manager, **changed):
            state = {"manages": 0, "called": 0, "broken": 0, "promise_due": 0} | changed
            home = one("district", manager_response=manager)
            return official.reconsider_chance(
                one("official", **{**vars(post), **state} | {"response": COCREATE}), home, s, voice, 1.0
            )

        usual = chance()
        assert usual == s.officials.reconsider
        assert chance(called=1, manager=TOKEN) > chance(called=1, manager=RESIST) > usual
        assert chance(broken=1) > usual
        assert chance(promise_due=1) > usual

    @given(shares(3), SHARE)
    def test_one_whom_superiors_look_at_reconsiders_unless_they_waive_what_they_find(self, numbers, voice):
        monitoring, attribution, waived = numbers
        s = in_force({"incentives.monitoring": monitoring, "engagement.attribution": attribution})

        def chance(waived):
            return official.reconsider_chance(one("official"), one("district", waived=waived), s, voice, 0.0)

        assert in_force().officials.reconsider == pytest.approx(chance(1.0))
        assert chance(1.0) <= chance(waived) <= chance(0.0) <= 1


class TestTies:
    """Each of the three kinds of accountability works along its ties, and nothing runs along ties that are cut."""

    @given(service_points(), shares(2), NOISE)
    def test_without_social_accountability_users_and_officials_do_not_feel_each_other(self, post, numbers, noise):
        voice, afraid = numbers
        s = in_force({"accountability.social": 0.0})
        home = one("district", manager_response=TOKEN)
        assert relation.demand_chance(post, s) == 0
        assert relation.escalation_chance(post, s, afraid) == 0
        assert official.felt_threat(post, home, s) == 0
        quiet = one("official", **vars(post) | {"called": 0})
        called = one("official", **vars(post) | {"called": 1})
        both = [official.reconsider_chance(each, home, s, voice, 1.0) for each in (quiet, called)]
        assert both[0] == both[1]
        asked, alone = (one("citizen", member_neighbours=contacts) for contacts in (9, 0))
        assert organisation.thinking_chance(asked, post, s) == organisation.thinking_chance(alone, post, s)

    @given(service_points(manages=0), STANCE, SHARE)
    def test_without_bureaucratic_accountability_superiors_reach_nobody_below(self, post, stance, voice):
        s = in_force({"accountability.bureaucratic": 0.0})
        felt = []
        for manager in Response:
            home = one(
                "district", stance=stance, manager_response=int(manager), manager_shift=1.0, claims=1.0, providers=2
            )
            felt.append(
                (
                    official.pressure(post, home, s),
                    official.felt_threat(post, home, s),
                    official.exposure(post, home, s, 1.0, 0.0),
                    official.reconsider_chance(post, home, s, voice, 1.0),
                    relation.answer_chance(post, home, s),
                    service.means(post, home, s),
                )
            )
        assert len(set(felt)) == 1
        assert felt[0][0] == 0
        assert felt[0][5] == 1

    @given(shares(4))
    def test_without_political_accountability_politicians_do_not_feel_what_people_think(self, numbers):
        approval, other, diverted, organised = numbers
        s = in_force({"accountability.political": 0.0, "incentives.publicity": 1.0})
        home = one("district", organised=organised, brokers=2, organised_brokers=1, residents=1)
        assert politician.backing(home, s) == 0
        chances = {
            politician.reelection_chance(one("politician", approval=level), home, s, diverted, 0.0)
            for level in (approval, other)
        }
        assert len(chances) == 1

    @given(service_points(), shares(3))
    def test_each_accountability_works_in_proportion(self, post, numbers):
        political, social, organised = numbers
        home = one("district", organised=organised, brokers=2, organised_brokers=2)
        full, part = in_force(), in_force({"accountability.political": political, "accountability.social": social})
        assert politician.backing(home, part) == pytest.approx(political * politician.backing(home, full))
        assert official.felt_threat(post, home, part) == pytest.approx(social * official.felt_threat(post, home, full))
        assert relation.demand_chance(post, part) <= relation.demand_chance(post, full)


class TestCalling:
    @given(shares(3), YES_OR_NO)
    def test_members_follow_a_call_and_others_less_readily(self, numbers, asked):
        outsiders, uncalled, spontaneity = numbers
        s = in_force(
            {"citizens.outsiders": outsiders, "citizens.uncalled": uncalled, "citizens.spontaneity": spontaneity}
        )

        def readiness(member, called):
            return citizen.called_weight(one("citizen", member=member, asked=asked), one("official", called=called), s)

        assert readiness(1, 1) == 1
        assert readiness(0, 1) == outsiders
        assert readiness(0, 0) == readiness(1, 0) == uncalled * (1 if asked else spontaneity)


class TestTrust:
    @given(service_points(kept=0, broken=0), shares(4), st.sampled_from([int(strategy) for strategy in Strategy]))
    def test_trust_rises_with_fairness_even_without_success(self, post, numbers, strategy):
        trust, quality, responsive, more = numbers
        s = in_force()
        me = one("citizen", trust=trust, strategy=strategy, outcome=0.0)

        def after(response, responsive):
            heard = one("official", **vars(post) | {"response": response})
            return citizen.learned_trust(me, heard, one("district", quality=quality, responsive=responsive), s)

        fewer, many = sorted((responsive, more))
        assert after(RESIST, fewer) <= after(RESIST, many)
        assert after(ACCOMMODATE, fewer) > after(TOKEN, fewer) or after(TOKEN, fewer) == 1

    @given(service_points(), shares(3))
    def test_promises_move_the_trust_of_users_who_look_on(self, post, numbers):
        trust, quality, responsive = numbers
        me, home = one("citizen", trust=trust), one("district", quality=quality, responsive=responsive)

        def after(kept, broken):
            seen = one("official", **vars(post) | {"kept": kept, "broken": broken})
            return citizen.learned_trust(me, seen, home, in_force())

        assert 0 <= after(0, 1) <= after(0, 0) <= after(1, 0) <= 1

    @given(shares(3))
    def test_trust_in_view_is_a_share(self, numbers):
        quality, responsive, reliability = numbers
        home = one("district", quality=quality, responsive=responsive)
        for response in Response:
            post = one("official", response=int(response), reliability=reliability)
            assert 0 <= citizen.trust_in_view(one("citizen"), post, home, in_force()) <= 1

    @given(shares(2))
    def test_without_the_rates_nothing_that_happens_moves_trust(self, numbers):
        trust, quality = numbers
        still = in_force({"citizens.trust_in_view": 0.0, "citizens.trust_rate": 0.0, "citizens.shaken": 0.0})
        me, post = one("citizen", trust=trust, strategy=1, outcome=1.0), one("official", kept=1)
        assert citizen.learned_trust(me, post, one("district", quality=quality), still) == trust


class TestContributions:
    @given(service_points(), shares(3), st.integers(0, 40))
    def test_people_bring_more_to_one_who_responds_whom_they_trust_and_where_a_form_asks(
        self, post, numbers, collaborating
    ):
        asked, less, more = numbers
        low, high = sorted((less, more))
        collaborating = min(collaborating, post.served)

        def after(contribution=asked, **changed):
            me = one("official", **vars(post) | {"collaborating": collaborating, "response": ACCOMMODATE} | changed)
            return service.next_contributions(me, in_force({"engagement.contribution": contribution}))

        assert after(response=TOKEN) <= post.contributions
        assert 0 <= after(response=TOKEN) <= after() <= 1
        assert after(trusting=low * post.served) <= after(trusting=high * post.served)
        assert after(contribution=low) <= after(contribution=high)

    @given(service_points())
    def test_what_is_brought_is_used_up(self, post):
        idle = one("official", **vars(post) | {"members": 0, "collaborating": 0})
        s = in_force()
        assert service.next_contributions(idle, s) == pytest.approx((1 - s.services.run_down) * post.contributions)


def diverted(s, home, engaged: float) -> float:
    """Return the share of all means that is diverted in a district in which some citizens engage."""
    home = one("district", **vars(home) | {"engaged": engaged})
    home.diversion_wages, home.diversion_materials, _ = month_district.divert.act(home, s, 5)
    return oversight.diverted_in_all(home, s)


class TestDiversion:
    @given(shares(4), shares(2), st.floats(0, 0.6), st.floats(0.4, 0.7))
    def test_more_means_always_deliver_more(self, numbers, form, windfall, diversion):
        less, more, reform_minded, scrutiny = numbers
        engaged, voice = form
        fewer, greater = sorted((0.05 + 2.95 * less, 0.05 + 2.95 * more))
        assume(greater - fewer > 1e-6)
        assume(diversion * (1 + windfall) < 1)
        s = in_force(
            {
                "oversight.windfall": windfall,
                "oversight.diversion": diversion,
                "engagement.voice": voice,
                "engagement.directness": 1.0,
                "engagement.information": 0.8,
                "engagement.skills": 0.8,
            }
        )

        def delivered(resources):
            home = one("district", resources=resources, reform_minded=reform_minded, providers=1, scrutiny=scrutiny)
            return resources * (1 - diverted(s, home, engaged))

        assert delivered(greater) > delivered(fewer)

    @given(shares(5), shares(2))
    def test_claims_stop_at_most_what_is_visible(self, numbers, form):
        visible, watch, engaged, grounded_by, scrutiny = numbers
        voice, recourse = form
        form = {"engagement.voice": voice, "engagement.directness": 1.0, "engagement.information": grounded_by,
                "engagement.skills": 1.0, "oversight.watch": watch, "oversight.recourse": 50 * recourse}  # fmt: skip
        home = one("district", resources=1.0, providers=1, scrutiny=scrutiny)

        def left(engaged, displacement=0.0):
            s = in_force({**form, "oversight.visible": visible, "oversight.displacement": displacement})
            return diverted(s, home, engaged)

        unclaimed = left(0.0)
        # Appeals and watching each stop a part of what is seen, one after the other.
        assert left(engaged) >= (1 - visible) ** 2 * unclaimed - 1e-12
        assert left(engaged) <= unclaimed + 1e-12
        assert left(engaged, displacement=1.0) >= left(engaged) - 1e-12

    @given(shares(4))
    def test_what_users_keep_from_wages_moves_to_what_is_hidden_unless_that_is_audited(self, numbers):
        watch, engaged, wage_share, scrutiny = numbers
        wages = 0.05 + 0.9 * wage_share  # both kinds of means are there
        blind = {"engagement.information": 0.0, "engagement.skills": 0.0, "citizens.knowledge_floor": 0.0}

        def left(scrutiny, engaged, displacement):
            s = {**blind, "oversight.watch": watch, "oversight.wage_share": wages, "oversight.recourse": 0.0}
            s |= {"oversight.displacement": displacement, "oversight.diversion": 0.04}
            return diverted(in_force(s), one("district", resources=1.0, providers=1, scrutiny=scrutiny), engaged)

        stopped, moved = left(scrutiny, engaged, 0.0), left(scrutiny, engaged, 1.0)
        before = left(scrutiny, 0.0, 1.0)
        assert left(1.0, engaged, 1.0) == left(1.0, engaged, 0.0)
        assert left(0.0, engaged, 1.0) == pytest.approx(left(0.0, 0.0, 1.0)), "all of it moves"
        assert moved == pytest.approx(toward(before, stopped, scrutiny)), "what moves is what audits do not reach"

    @given(shares(3), st.integers(1, 240), st.integers(1, 240))
    def test_before_an_election_with_something_to_publish_less_is_diverted(self, numbers, some, more):
        scrutiny, foresight, publicity = numbers
        sooner, later = sorted((some, more))

        def left(months, publicity=publicity, foresight=foresight, reelection=1.0):
            s = {"politicians.foresight": foresight, "incentives.publicity": publicity}
            s |= {"incentives.reelection": reelection}
            return oversight.checked(one("district", scrutiny=scrutiny, election_in=months), in_force(s))

        assert 0 <= left(sooner) <= left(later) <= 1
        assert left(sooner, publicity=0.0) == left(later, publicity=0.0)
        assert left(sooner, foresight=0.0) == left(later, foresight=0.0)
        assert left(sooner, reelection=0.0) == left(later, reelection=0.0)


class TestElections:
    @given(shares(2), STANCE, st.floats(0, 40))
    def test_clients_bring_a_patron_back_and_nobody_else(self, numbers, stance, competition):
        approval, clients = numbers
        s = in_force({"incentives.competition": competition})
        me = one("politician", approval=approval, stance=stance)

        def chance(clients):
            return politician.reelection_chance(me, one("district", clients=clients, residents=1.0), s, 0.0, 0.0)

        assert chance(clients) >= chance(0.0)
        if stance != PATRON:
            assert chance(clients) == chance(0.0)

    @given(shares(5))
    def test_news_counts_as_far_as_it_is_news_in_both_directions(self, numbers):
        approval, expected, one_share, other_share, publicity = numbers
        s = in_force({"incentives.publicity": publicity})
        me, home = one("politician", approval=approval, stance=NEUTRAL), one("district", diversion_expected=expected)
        plain = in_force({"incentives.publicity": 0.0})
        quiet = politician.reelection_chance(me, home, plain, expected, 0.0)
        less, more = sorted((one_share, other_share))
        chances = [politician.reelection_chance(me, home, s, share, 0.0) for share in (less, more)]
        assert chances[0] >= chances[1]
        assert politician.reelection_chance(me, home, s, expected, 0.0) == quiet
        assert (chances[0] >= quiet) == (less <= expected) or chances[0] == quiet

    @given(shares(4))
    def test_organised_citizens_prefer_the_more_programmatic(self, numbers):
        approval, orientation, challenger, backing = numbers
        s, me = in_force(), one("politician", approval=approval, orientation=orientation)

        def chance(backing):
            return politician.reelection_chance(me, one("district", backing=backing), s, 0.0, challenger)

        if challenger >= orientation:
            assert chance(backing) <= chance(0.0)
        else:
            assert chance(backing) >= chance(0.0)

    @given(SHARE, st.floats(0, 40), st.floats(-5, 5))
    def test_re_election_is_logistic_in_approval(self, approval, competition, incumbency):
        s = in_force({"incentives.competition": competition, "politicians.incumbency": incumbency})
        chance = politician.reelection_chance(one("politician", approval=approval), one("district"), s, 0.0, 0.0)
        even = s.politicians.even_approval
        assert chance == pytest.approx(expit(incumbency + competition * (approval - even)), abs=1e-7)

    @given(st.integers(6, 240), SHARE, st.lists(NOISE, min_size=1, max_size=20))
    def test_elections_are_on_one_day_or_spread_over_the_term(self, term, staggered, draws):
        together = {start.first_election(term, 0.0, noise) for noise in draws}
        assert together == {term}
        for noise in draws:
            assert term - staggered * term <= start.first_election(term, staggered, noise) <= term
        assert {start.first_election(term, 1.0, (month + 0.5) / term) for month in range(term)} == set(
            range(1, term + 1)
        )

    @given(SHARE, SHARE, NOISE)
    def test_a_newcomer_reconsiders_the_platform_and_who_is_reelected_more_often_than_others(self, usual, more, noise):
        s = in_force({"politicians.reconsider": usual, "politicians.second_thoughts": more})
        newcomer, reelected = one("politician", mandate=1, new_party=1), one("politician", mandate=1)
        assert politician.changes_platform(newcomer, s, noise) == 1
        assert politician.changes_platform(reelected, s, noise) == (noise < max(usual, more))
        assert politician.changes_platform(one("politician"), s, noise) == (noise < usual)

    @given(SHARE, SHARE, SHARE)
    def test_a_change_at_the_top_works_its_way_down_and_fades(self, transition, settling, noise):
        s = in_force({"politicians.settling": settling})
        me = one("politician", transition=transition)
        assert politician.next_transition(me, s, 1) == 1
        assert politician.next_transition(me, s, 0) == pytest.approx((1 - settling) * transition)

    @given(shares(2), st.integers(0, 9), st.integers(0, 9))
    def test_organised_brokers_bring_organised_support_to_the_politician(self, numbers, some, others):
        organised, distance = numbers
        s = in_force({"politicians.at_a_distance": distance})

        def backing(belonging):
            return politician.backing(
                one("district", organised=organised, brokers=some + others, organised_brokers=belonging), s
            )

        assert distance * organised - 1e-12 <= backing(0) <= backing(some) <= organised + 1e-12


STANDING = {
    "coalition": 1,
    "coalition_age": 20,
    "in_office": 40,
    "allied_politicians": 1.0,
    "allied_managers": 1.0,
    "allied_providers": 3.0,
    "providers": 4,
    "allied_citizens": 40.0,
    "residents": 100,
}
"""A coalition that stands."""
FEW = {"allied_providers": 1.0}
"""Too few providers belong."""
CITIZENS_GONE = {"allied_citizens": 1.0}


class TestCoalition:
    @pytest.mark.parametrize(
        ("situation", "grievance", "cause"),
        [
            ({"allied_politicians": 0.0, "in_office": 3}, 0.3, Ending.ELECTION),
            ({"allied_politicians": 0.0, "in_office": 3, **FEW, "replaced": 1.0}, 0.3, Ending.ELECTION),
            ({"allied_politicians": 0.0}, 0.3, Ending.POLITICIAN_LEFT),
            ({"allied_managers": 0.0}, 0.3, Ending.MANAGER_LEFT),
            ({"allied_managers": 0.0, **FEW, "replaced": 1.0}, 0.3, Ending.MANAGER_LEFT),
            ({**FEW, "replaced": 2.0}, 0.3, Ending.TRANSFER),
            ({**FEW, "replaced": 2.0, "disappointed": 1.0}, 0.3, Ending.TRANSFER),
            ({**FEW, "disappointed": 1.0}, 0.3, Ending.BROKEN_PROMISE),
            (FEW, 0.3, Ending.PROVIDERS_LEFT),
            ({**FEW, **CITIZENS_GONE}, 0.0, Ending.PROVIDERS_LEFT),
            (CITIZENS_GONE, 0.3, Ending.EXHAUSTION),
            (CITIZENS_GONE, 0.01, Ending.SUCCESS),
        ],
    )
    def test_every_ending_has_the_cause_that_its_situation_says(self, situation, grievance, cause):
        home, s = one("district", **STANDING | situation), in_force()
        assert coalition.ending(home, s, grievance) == cause
        lasting = one("district", **vars(home) | {"coalition_slack": s.coalitions.grace})
        manager = one("official", aggrieved=100 * grievance, served=100)
        born, ending, stands, _ = month_coalition.stand.act(lasting, manager, s)
        assert (born, ending, stands) == (0, cause, 0)

    def test_every_cause_is_found(self):
        mark = next(m for m in self.test_every_ending_has_the_cause_that_its_situation_says.pytestmark)
        assert {cause for _, _, cause in mark.args[1]} == set(Ending) - {Ending.NONE}

    @given(st.integers(0, 12), st.sampled_from([{"allied_managers": 0.0}, FEW, CITIZENS_GONE]), st.integers(0, 8))
    def test_a_coalition_outlives_a_lack_of_members_for_a_while(self, slack, lack, grace):
        home = one("district", **STANDING | lack | {"coalition_slack": slack})
        s = in_force({"coalitions.grace": float(grace)})
        _, ending, stands, lacking = month_coalition.stand.act(home, one("official"), s)
        assert lacking == slack + 1
        assert stands == (slack + 1 <= grace)
        assert (ending != Ending.NONE) == (not stands)

    @given(st.integers(0, 12))
    def test_it_ends_at_once_without_the_politician(self, slack):
        home = one("district", **STANDING | {"allied_politicians": 0.0, "coalition_slack": slack})
        assert month_coalition.stand.act(home, one("official"), in_force({"coalitions.grace": 60.0}))[2] == 0

    @pytest.mark.parametrize(
        "missing", [{}, {"allied_politicians": 0.0}, {"allied_managers": 0.0}, FEW, CITIZENS_GONE], ids=str
    )
    def test_one_forms_once_all_four_sides_belong(self, missing):
        home = one("district", **STANDING | {"coalition": 0, "coalition_age": 0} | missing)
        born, ending, stands, slack = month_coalition.stand.act(home, one("official"), in_force())
        assert (born, stands) == ((0, 0) if missing else (1, 1))
        assert (ending, slack) == (0, 1 if missing else 0)

    @given(st.integers(0, 200), st.integers(1, 24), st.integers(0, 400))
    def test_it_lasts_once_it_has_stood_long_enough_and_the_month_is_that_of_its_birth(self, age, persistence, month):
        home = one("district", **STANDING | {"coalition_age": age, "coalition_month": -1})
        s = in_force({"coalitions.persistence": persistence})
        older, formed, _ = month_coalition.last.act(home, s, month)
        assert older == age + 1
        assert formed == (month - persistence + 1 if age + 1 >= persistence else -1)
        later = one("district", **vars(home) | {"coalition_month": 7})
        assert month_coalition.last.act(later, s, month)[1] == 7

    def test_what_ended_has_no_age_and_protects_nobody(self):
        home = one("district", **STANDING | {"coalition": 0, "coalition_month": 7})
        assert month_coalition.last.act(home, in_force(), 30) == (0, 7, 0)

    @given(shares(6), STANCE)
    def test_cover_and_users_behind_one_speak_for_joining_and_a_patron_against_it(self, numbers, stance):
        organised, point, cover, more_cover, exposed, merit = numbers
        less, more = sorted((cover, more_cover))
        s = in_force({"coalitions.exposed": exposed, "incentives.merit_protection": merit})

        def support(stance, cover, manages=0, organised=organised):
            home = one("district", stance=stance, cover=cover, organised=organised)
            return coalition.official_support(one("official", manages=manages, organisation=point), home, s)

        assert support(stance, less) <= support(stance, more)
        assert support(PATRON, less) <= support(NEUTRAL, less) == support(SPONSOR, less)
        assert support(stance, less, organised=0.0) == support(stance, less, organised=1.0), "a provider has own users"
        assert support(stance, less, manages=1, organised=0.0) <= support(stance, less, manages=1, organised=1.0)

    @given(RESPONSE, YES_OR_NO, YES_OR_NO, STANCE)
    def test_who_may_belong(self, response, agreement, manages, stance):
        me = one("official", response=response, agreement=agreement, manages=manages)
        assert coalition.official_may_join(me) == (response >= ACCOMMODATE and (manages or agreement))
        assert coalition.politician_may_join(one("politician", stance=stance)) == (stance == SPONSOR)

    @given(shares(4), YES_OR_NO, YES_OR_NO)
    def test_one_joins_at_the_threshold_and_leaves_below_a_part_of_it(self, numbers, member, may):
        threshold, support, leaving, brokering = numbers
        me = one("official", threshold=threshold, member=member)

        def joins(support, may=may, brokering=brokering):
            s = in_force({"coalitions.leaving_share": leaving, "coalitions.brokering": brokering})
            return coalition.joins(me, s, may, support)

        assert joins(support, may=0) == 0
        assert joins(support) <= joins(min(1.0, support + 0.1))
        assert joins(support, brokering=0.0) <= joins(support)
        bar = threshold * (1 - brokering) * (leaving if member else 1)
        assume(abs(support - bar) > 1e-9)
        assert joins(support) == (may and support >= bar)

    @given(st.integers(0, 4), st.integers(0, 100), YES_OR_NO)
    def test_the_cover_grows_with_those_who_belong_and_needs_a_coalition_that_stands(self, providers, citizens, stands):
        s = in_force()

        def cover(providers, citizens, stands):
            home = one("district", **STANDING | {"allied_providers": providers, "allied_citizens": citizens})
            home.coalition = stands
            return coalition.cover(home, s)

        assert 0 <= cover(providers, citizens, stands) <= cover(4, citizens, stands) <= cover(4, 100, stands) == stands
        assert cover(providers, citizens, 0) == 0
