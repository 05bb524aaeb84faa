"""Local media: a newspaper or radio station makes a district's successes and scandals known in all other districts.

**What it says about people.** In the unchanged model, people learn from their own experience and from one peer a month.
With local media, they also learn from strangers. If people in other districts got something done, they are surer that
they can, too; if funds were diverted there, they trust less that anybody will respond. Media reports make governments
respond (Besley & Burgess 2002, doi 10.1162/003355302320935061), and news of corruption keeps people away (Chong et al.
2015, doi 10.1086/678766). How fast beliefs follow the news is an assumption, and so is that all media reach all other
districts.

**State.** Each district has what its medium reports this month: ``told`` (0 if nobody took part or nobody reports),
``good`` and ``bad``. The sums, reset each month, are ``tries`` and ``wins`` of a district, and ``all_told``,
``all_good`` and ``all_bad`` of the society.

**Order.** Citizens' attempts are counted when they know whether they succeeded (:func:`count`). The medium reports
after services have changed (:func:`publish`), and people hear the report after they have learned from their own
experience (:func:`hear`).

**Off.** With ``local_media.hearing=0`` nobody listens: everything else is as without the mechanism. With
``local_media.coverage=0`` there are no media; an intervention may introduce them in some districts.
"""

from engagesim.mechanisms import follows, measure, setting, step, total, variable
from engagesim.month import citizen, district
from engagesim.rules.choice import share, toward
from engagesim.rules.oversight import diverted_in_all
from engagesim.rules.vocabulary import COLLABORATE

coverage = setting(0.5, 0, 1, "share of events", "Part of what happens in a district that its medium reports")
hearing = setting(0.05, 0, 1, "rate per month", "How fast beliefs move towards the news; 0: nobody listens")

told = variable("district", "0 to 1", "How much the medium reports on people who took part", start=0.0)
good = variable("district", "0 to 1", "How much it reports on their success", start=0.0)
bad = variable("district", "0 to 1", "How much it reports on diverted funds", start=0.0)

tries = total("district", "people", "Citizens who collaborate this month")
wins = total("district", "people", "Citizens who collaborate with success this month")
all_told = total("society", "districts", "What all media report on people who took part")
all_good = total("society", "districts", "What all media report on their success")
all_bad = total("society", "districts", "What all media report on diverted funds")


@follows(citizen.succeed)
@step(tries=("home",), wins=("home",))
def count(me):
    """The district counts citizens who collaborate, and those of them who succeed."""
    tried = 1.0 * (me.strategy == COLLABORATE)
    return tried, tried * me.outcome


@follows(district.benefit)
@step("told", "good", "bad", all_told=("society",), all_good=("society",), all_bad=("society",))
def publish(me, s):
    """The medium reports what share of the people who took part succeeded, and what share of the funds was diverted."""
    reported = s.local_media.coverage * (me.tries > 0.0)
    success = reported * share(me.wins, me.tries)
    scandal = s.local_media.coverage * diverted_in_all(me, s)
    return reported, success, scandal, reported, success, scandal


@follows(citizen.adapt)
@step("efficacy_collaborate", "trust")
def hear(me, home, society, s):
    """Beliefs follow the news from all other districts: efficacy moves towards their success, and scandals lower trust.

    The more of these districts are in the news, the faster efficacy moves. Trust falls with mean reported diversion.
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
    """How much local media report on the success of people who took part."""
    return me.good


@measure("district", "0 to 1")
def scandals_in_the_news(me):
    """How much local media report on diverted funds."""
    return me.bad
