"""How people join a coalition, and what comes of one that is broad."""

from typing import Any

from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import share

rules: Any = RULES
"""The set of rules in use; an engine may bind another."""


@step("member")
def join(me, s):
    """Anybody joins, stays or leaves, by what the neighbours do."""
    return rules.joins(me, s)


@step("organised")
def organise(me, s):
    """Members of a broad coalition support reform in the district in an organised way."""
    return rules.organised(me, s)


@step("cover", broad=("society",))
def protect(me, s):
    """A broad coalition protects its members in the district."""
    return rules.cover(me, s), me.broad_citizens + me.broad_officials + me.broad_politicians


@step("coalition_run", "coalition_month")
def last(me, s, month):
    """A broad coalition that is large enough for long enough has formed."""
    large = (share(me.broad, me.agents) >= s.coalitions.minimum_share) * 1
    run = (me.coalition_run + 1) * large
    formed = (me.coalition_month < 0) * (run >= s.coalitions.persistence) * 1
    since = month - s.coalitions.persistence + 1
    return run, since if formed else me.coalition_month
