"""Local media: a paper or a radio in a district makes its successes and scandals known in all other districts.

**What it says about people.** People learn from themselves and from one peer a month. With a medium, they also learn
from strangers: where those who took part in other districts got something done, people are surer that they could, too;
where means were diverted there, they trust less that anybody will respond. Media that report make governments answer
(Besley & Burgess 2002, doi 10.1162/003355302320935061), and news of corruption keeps people away (Chong et al. 2015,
doi 10.1086/678766); how fast beliefs follow news is an assumption, as is that all media reach all other districts.

**State.** Of a district: what its medium tells this month, ``told`` (0 where nobody took part, or nobody reports),
``good`` and ``bad``. Sums, new each month: ``tries`` and ``wins`` of a district, and ``all_told``, ``all_good`` and
``all_bad`` of the society.

**Order.** Citizens' tries are counted once they know what they got (:func:`count`); the medium reports once the
services are done (:func:`publish`), and people hear of it after they have learnt from what they saw themselves
(:func:`hear`).

**Off.** With ``local_media.hearing=0`` nobody listens: all else is as without the mechanism. With
``local_media.coverage=0`` there are no media; an intervention may open some, in some districts.
"""

from engagesim.mechanisms import follows, measure, setting, step, total, variable
from engagesim.month import citizen, district
from engagesim.rules.choice import share, toward
from engagesim.rules.oversight import diverted_in_all
from engagesim.rules.vocabulary import COLLABORATE

coverage = setting(0.5, 0, 1, "share of events", "What the medium of a district reports of what happens there")
hearing = setting(0.05, 0, 1, "rate per month", "How fast beliefs move to what is heard; 0: nobody listens")

told = variable("district", "0 to 1", "How much the medium tells of those who took part", start=0.0)
good = variable("district", "0 to 1", "How much it tells of their success", start=0.0)
bad = variable("district", "0 to 1", "How much it tells of what was diverted", start=0.0)

tries = total("district", "people", "Citizens who collaborate this month")
wins = total("district", "people", "Those of them who got something done")
all_told = total("society", "districts", "What all media tell of those who took part")
all_good = total("society", "districts", "What all media tell of their success")
all_bad = total("society", "districts", "What all media tell of what was diverted")


@follows(citizen.succeed)
@step(tries=("home",), wins=("home",))
def count(me):
    """Who collaborates is heard of in the district, and whether it came to something."""
    tried = 1.0 * (me.strategy == COLLABORATE)
    return tried, tried * me.outcome


@follows(district.benefit)
@step("told", "good", "bad", all_told=("society",), all_good=("society",), all_bad=("society",))
def publish(me, s):
    """The medium tells which share of those who took part succeeded, and which share of the means was diverted."""
    reported = s.local_media.coverage * (me.tries > 0.0)
    success = reported * share(me.wins, me.tries)
    scandal = s.local_media.coverage * diverted_in_all(me, s)
    return reported, success, scandal, reported, success, scandal


@follows(citizen.adapt)
@step("efficacy_collaborate", "trust")
def hear(me, home, society, s):
    """Beliefs move to what is told of all other districts: efficacy to their success, trust from their scandals.

    Efficacy moves the faster the more of them are told of; trust falls by the mean of what is told to be diverted.
    """
    others = max(1.0, home.districts - 1.0)
    elsewhere = max(0.0, society.all_told - home.told)
    success = min(1.0, max(0.0, society.all_good - home.good) / max(0.000001, elsewhere))
    scandal = max(0.0, society.all_bad - home.bad) / others
    return (
        toward(me.efficacy_collaborate, success, s.local_media.hearing * elsewhere / others),
        toward(me.trust, 0.0, s.local_media.hearing * min(1.0, scandal)),
    )


@measure("district", "0 to 1")
def success_in_the_news(me):
    """How much local media tell of the success of those who took part."""
    return me.good


@measure("district", "0 to 1")
def scandals_in_the_news(me):
    """How much local media tell of means that were diverted."""
    return me.bad
