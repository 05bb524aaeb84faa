"""Phases 2 and 9 and their learning: politicians, many societies at once."""

from typing import Any

from engagesim.ensemble.places import DN, ELECTION, PC, PN, POLITICIAN_CHOICE, S
from engagesim.randomness import SEAT, uniform_pair
from engagesim.rules import RULES
from engagesim.rules.choice import choose_of_three, share, toward
from engagesim.rules.vocabulary import ARMS_LENGTH, PATRONAGE, SPONSOR

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def govern(month, seeds, settings, politicians, stances, districts):
    """Politicians take a stance."""
    _, count, lanes = politicians.shape
    for d in range(count):
        for lane in range(lanes):
            noise, _ = uniform_pair(seeds[lane], month, SEAT + d, POLITICIAN_CHOICE)
            one, two = rules.patronage(
                settings[S.incentives_patronage, d, lane],
                settings[S.politicians_machine_value, d, lane],
                politicians[PN.orientation, d, lane],
                politicians[PN.belief_patronage, d, lane],
            )
            three, four = rules.arms_length(
                settings[S.politicians_quiet, d, lane], politicians[PN.belief_arms_length, d, lane]
            )
            five, six, seven = rules.sponsor(
                settings[S.incentives_credit, d, lane],
                settings[S.politicians_conviction, d, lane],
                politicians[PN.orientation, d, lane],
                districts[DN.organised, d, lane],
                politicians[PN.belief_sponsor, d, lane],
            )
            stances[PC.stance, d, lane] = choose_of_three(
                one + two, three + four, five + six + seven, settings[S.politicians_sensitivity, d, lane], noise
            )


def politicians_learn(settings, politicians, stances, support, residents):
    """Politicians learn from the change in approval; ``support`` is the sum over residents."""
    _, count, lanes = politicians.shape
    for d in range(count):
        for lane in range(lanes):
            mean = share(support[d, lane], residents[d])
            approval, stance = politicians[PN.approval, d, lane], stances[PC.stance, d, lane]
            rate = settings[S.politicians_learning, d, lane]
            outcome = rules.stance_outcome(mean, approval, settings[S.politicians_learning_scale, d, lane])
            politicians[PN.belief_patronage, d, lane] = rules.learned_stance_belief(
                politicians[PN.belief_patronage, d, lane], PATRONAGE, stance, outcome, rate
            )
            politicians[PN.belief_arms_length, d, lane] = rules.learned_stance_belief(
                politicians[PN.belief_arms_length, d, lane], ARMS_LENGTH, stance, outcome, rate
            )
            politicians[PN.belief_sponsor, d, lane] = rules.learned_stance_belief(
                politicians[PN.belief_sponsor, d, lane], SPONSOR, stance, outcome, rate
            )
            politicians[PN.approval, d, lane] = toward(approval, mean, settings[S.politicians_approval_rate, d, lane])


def vote(month, seeds, terms, settings, politicians, stances, districts):
    """Hold elections where a term ends with this month."""
    _, count, lanes = politicians.shape
    for d in range(count):
        for lane in range(lanes):
            is_election = 1 * ((month + 1) % terms[lane] == 0)
            ousting = settings[S.incentives_ousting, d, lane]
            if is_election + (ousting > 0.0) == 0:
                continue
            noise, newcomer = uniform_pair(seeds[lane], month, SEAT + d, ELECTION)
            diverted = rules.diverted_in_all(
                districts[DN.diversion_wages, d, lane],
                districts[DN.diversion_materials, d, lane],
                settings[S.oversight_wage_share, d, lane],
            )
            reelected = rules.reelection_chance(
                politicians[PN.approval, d, lane],
                settings[S.incentives_competition, d, lane],
                settings[S.politicians_even_approval, d, lane],
                settings[S.incentives_reelection, d, lane],
                settings[S.politicians_disclosure, d, lane] * settings[S.incentives_publicity, d, lane] * diverted,
            )
            chance = rules.staying_chance(is_election, reelected, ousting)
            stances[PC.new_party, d, lane] = noise >= chance
            if noise >= chance:
                politicians[PN.orientation, d, lane] = rules.newcomer_orientation(
                    newcomer,
                    settings[S.politicians_newcomer_spread, d, lane],
                    districts[DN.engaged, d, lane],
                    settings[S.politicians_newcomer_pull, d, lane],
                )
                inheritance = settings[S.politicians_inheritance, d, lane]
                politicians[PN.belief_patronage, d, lane] = rules.inherited_belief(
                    politicians[PN.belief_patronage, d, lane], inheritance
                )
                politicians[PN.belief_arms_length, d, lane] = rules.inherited_belief(
                    politicians[PN.belief_arms_length, d, lane], inheritance
                )
                politicians[PN.belief_sponsor, d, lane] = rules.inherited_belief(
                    politicians[PN.belief_sponsor, d, lane], inheritance
                )
                politicians[PN.approval, d, lane] = 0.5
