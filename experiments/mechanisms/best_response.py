"""Best response: people do what they believe is best for them, with occasional errors.

**What it says about people.** In the unchanged model everybody chooses by a logit: an option that is worth more is
likelier, and no option is impossible. Here people take the option that is worth most, even if it is worth only a little
more, and err with a fixed chance, whatever an error costs (best response with mistakes: Young 1993, doi
10.2307/2951778). The worth of each option is unchanged. So are the conditions for considering it: citizens who are not
asked to take part seldom think of it, and seldom think of confronting where nobody calls for it; officials and
politicians keep a position until they reconsider it. The mechanism shows whether findings depend on choice by logit.
Both numbers are assumptions.

**State.** None.

**Order.** The decisions of citizens, officials and politicians each replace the usual ones.

**Off.** With ``best_response.share=0`` everybody chooses by the logit, as without the mechanism.

One number is drawn for each decision, as before; :func:`left_over` lets it answer several questions in turn.
"""

from engagesim.mechanisms import replaces, setting, step
from engagesim.month import citizen, official, politician
from engagesim.month.citizen import utilities as worth_to_citizen
from engagesim.month.official import worth as worth_to_official
from engagesim.month.politician import utilities as worth_to_politician
from engagesim.rules.choice import choose_gated, choose_of_four, choose_of_three
from engagesim.rules.citizen import called_weight
from engagesim.rules.politician import changes_platform, next_transition
from engagesim.rules.vocabulary import CLIENT

UNSEEN = -1000000.0
"""The worth of a strategy for which there is no opportunity."""

share = setting(1, 0, 1, "share of decisions", "Decisions that are best responses; the others are made by the logit")
mistakes = setting(0.05, 0, 1, "chance", "Chance that a best response is an error: any option, all equally likely")


def left_over(noise, chance):
    """Return a new draw in (0, 1) from one that has decided whether an event with a given chance happens."""
    return noise / chance if noise < chance else (noise - chance) / (1.0 - chance)


def best_of_four(first, second, third, fourth):
    """Return which value is largest, from 0 to 3; of equal values, the first."""
    one = (second > first) * 1
    two = 2 if third > max(first, second) else one
    return 3 if fourth > max(first, max(second, third)) else two


def best_of_three(first, second, third):
    """Return which value is largest, from 0 to 2; of equal values, the first."""
    return 2 if third > max(first, second) else (second > first) * 1


def any_of(options, noise):
    """Return one of the options, numbered from 0, all equally likely."""
    return min(options - 1, int(noise * options))


def of_those_seen(sees_talk, sees_force, option):
    """Return the strategy that an option stands for, where options are numbered among those that a citizen sees."""
    between = 1 if sees_talk * (option == 1) else 2
    return CLIENT if option == 1 + sees_talk + sees_force else between * (option > 0)


@replaces(citizen.choose)
@step("strategy")
def choose(me, post, home, s, strategy_noise):
    """The citizen takes the best option that is open; abstaining and being a client always are."""
    (gain, solidarity, cost), (won, together, anger, risk), (favour, stigma) = worth_to_citizen(me, home, s)
    collaborating, confronting, of_client = gain + solidarity + cost, won + together + anger + risk, favour + stigma
    talk, force = me.asked + (1 - me.asked) * s.citizens.spontaneity, called_weight(me, post, s)
    first = left_over(strategy_noise, s.best_response.share)
    worth = (collaborating, confronting, of_client)
    usual = choose_gated(worth, (talk, force), s.citizens.sensitivity, first)
    second = left_over(first, talk)
    third = left_over(second, force)
    fourth = left_over(third, s.best_response.mistakes)
    sees_talk, sees_force = (first < talk) * 1, (second < force) * 1
    error = of_those_seen(sees_talk, sees_force, any_of(2 + sees_talk + sees_force, fourth))
    of_talk = collaborating if sees_talk else UNSEEN
    of_force = confronting if sees_force else UNSEEN
    best = best_of_four(0.0, of_talk, of_force, of_client) if third >= s.best_response.mistakes else error
    return best if strategy_noise < s.best_response.share else usual


@replaces(official.respond)
@step("response")
def respond(me, home, s, response_noise):
    """An official who reconsiders gives the best response."""
    resist, token, accommodate, cocreate = worth_to_official(me, home, s)
    first = left_over(response_noise, s.best_response.share)
    usual = choose_of_four(resist, token, accommodate, cocreate, s.officials.sensitivity, first)
    second = left_over(first, s.best_response.mistakes)
    is_best = first >= s.best_response.mistakes
    best = best_of_four(resist, token, accommodate, cocreate) if is_best else any_of(4, second)
    chosen = best if response_noise < s.best_response.share else usual
    return chosen if me.reconsiders else me.response


@replaces(politician.govern)
@step("stance", "approval", "transition")
def govern(me, home, s, month, stance_noise, reconsider_noise):
    """A politician who reconsiders takes the best stance; everything else is as usual."""
    (machine, trained), (quiet, used), (credit, organised, tried) = worth_to_politician(me, home, s)
    patronage, arms_length, sponsor = machine + trained, quiet + used, credit + organised + tried
    first = left_over(stance_noise, s.best_response.share)
    usual = choose_of_three(patronage, arms_length, sponsor, s.politicians.sensitivity, first)
    second = left_over(first, s.best_response.mistakes)
    is_best = first >= s.best_response.mistakes
    best = best_of_three(patronage, arms_length, sponsor) if is_best else any_of(3, second)
    chosen = best if stance_noise < s.best_response.share else usual
    stance = chosen if max(changes_platform(me, s, reconsider_noise), (month == 0) * 1) else me.stance
    broke = (stance != me.stance) * (1 - me.mandate)
    return (
        stance,
        max(0.0, me.approval - s.politicians.breach * broke),
        next_transition(me, s, max(broke, me.new_party)),
    )
