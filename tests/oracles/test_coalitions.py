"""Coalitions of districts against a second count of who belongs, and the exact story of one that comes and goes."""

from __future__ import annotations

import pytest

from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Citizen, Official, Politician
from engagesim.month import MONTH
from engagesim.parameters import Parameters
from engagesim.rules.vocabulary import COCREATE, SPONSOR, Ending

LIVELY = {
    "population.citizens": 60,
    "population.districts": 3,
    "population.providers": 2,
    "network.degree": 4,
    "population.threshold_mean": 0.1,
    "population.orientation_low": 0.7,
    "population.orientation_high": 1.0,
    "population.reform_minded_share": 0.9,
    "population.members": 0.5,
    "incentives.patronage": 0.0,
    "incentives.term": 12,
    "incentives.ousting": 0.02,
    "organisations.cost": 0.0,
    "relations.answering": 0.8,
    "relations.due": 2.0,
    "coalitions.grace": 1.0,
    "coalitions.persistence": 3,
}
"""A society whose coalitions come and go within few years."""


def live_until_coalitions_are_settled(model: EngagementModel) -> None:
    """Live a month up to its elections, which may turn a politician who belongs out of office."""
    for phase in [*MONTH][: [*MONTH].index("vote")]:
        model.live(phase)


def live_the_rest(model: EngagementModel) -> None:
    for phase in [*MONTH][[*MONTH].index("vote") :]:
        model.live(phase)
    model.month += 1


def belongs_enough(model: EngagementModel, district) -> tuple[bool, bool]:
    """Whether the politician of a district belongs, and whether enough others do: counted agent by agent."""
    s = district.settings.coalitions
    providers = [official for official in district.providing if official.member]
    users = [c for c in model.citizens if c.home is district and c.member and c.post in providers]
    enough_providers = len(providers) >= s.officials * len(district.providing)
    enough_citizens = len(users) >= s.citizens * district.residents
    return bool(district.politician.member), bool(district.manager.member and enough_providers and enough_citizens)


def test_a_coalition_stands_where_all_sides_belong_and_for_a_while_after():
    born_in_all = ended_in_all = 0
    for seed in range(10):
        model = EngagementModel(Parameters().changed({**LIVELY, "seed": seed}))
        stands, lacking, age, formed = [0] * 3, [0] * 3, [0] * 3, [-1] * 3
        for month in range(48):
            live_until_coalitions_are_settled(model)
            for number, district in enumerate(model.districts):
                has_politician, has_others = belongs_enough(model, district)
                lacking[number] = 0 if has_politician and has_others else lacking[number] + 1
                ends = bool(stands[number] and (not has_politician or lacking[number] > 1))
                born = not stands[number] and lacking[number] == 0
                stands[number] = int(born or (stands[number] and not ends))
                age[number] = age[number] + 1 if stands[number] else 0
                if formed[number] < 0 and age[number] == 3:
                    formed[number] = month - 2
                born_in_all, ended_in_all = born_in_all + born, ended_in_all + ends
                assert (district.coalition, district.coalition_age) == (stands[number], age[number])
                assert (district.coalition_born, district.coalition_ending > 0) == (born, ends)
                assert district.coalition_month == formed[number]
                assert (district.cover > 0) <= stands[number]
            live_the_rest(model)
        metrics = model.metrics
        assert metrics["coalition_districts"].iloc[-1] == pytest.approx(sum(stands) / 3)
        assert (metrics["coalition_formed"].iloc[-1], metrics["coalition_month"].iloc[-1]) == (
            formed[0] >= 0,
            formed[0],
        )
    assert born_in_all > ended_in_all > 0, "coalitions have come and gone"


class Occasional(Citizen):
    """Belongs to the organisation from month 4 to month 11."""

    def belong(self, belonging_noise: float) -> int:
        return int(4 <= self.month < 12)


class Partner(Official):
    """Works with citizens, and is bound by an agreement with them."""

    def respond(self, response_noise: float) -> int:
        return COCREATE

    def remember(self) -> tuple[int, float, float, float]:
        return (1, *super().remember()[1:])


class Champion(Politician):
    def govern(self, stance_noise: float, reconsider_noise: float) -> tuple[int, float, float]:
        return (SPONSOR, *super().govern(stance_noise, reconsider_noise)[1:])


@pytest.mark.parametrize(("content", "cause"), [(0.0, Ending.EXHAUSTION), (1.0, Ending.SUCCESS)])
def test_the_story_of_a_coalition_to_the_month(tiny, content, cause):
    united = {
        "coalitions.persistence": 3,
        "coalitions.grace": 2.0,
        "coalitions.content": content,
        "coalitions.exposed": 0.0,
        "organisations.building": 1.0,
        "population.threshold_mean": 0.05,
        "population.threshold_spread": 0.0,
        "incentives.turnover": 0.0,
    }
    model = EngagementModel(tiny.changed(united), citizen=Occasional, official=Partner, politician=Champion)
    ended = []
    for _ in range(18):
        model.step()
        ended.append({district.coalition_ending for district in model.districts})
    metrics = model.metrics
    stands = [0.0] * 4 + [1.0] * 10 + [0.0] * 4
    assert metrics["coalition_districts"].tolist() == stands
    assert metrics["coalition_age"].tolist() == [0] * 4 + [*range(1, 11)] + [0] * 4
    assert metrics["coalition_births"].tolist() == [float(month == 4) for month in range(18)]
    assert metrics["coalition_ends"].tolist() == [float(month == 14) for month in range(18)]
    assert ended == [{int(cause) if month == 14 else 0} for month in range(18)]
    of_those_who_stay = 12 / 72  # officials and politicians, under the cover that is left
    assert metrics["coalition_share"].tolist() == [0.0] * 4 + [1.0] * 8 + [of_those_who_stay] * 2 + [0.0] * 4
    assert metrics["coalition_ever"].tolist() == [0.0] * 6 + [1.0] * 12
    assert metrics["coalition_month"].tolist() == [-1] * 6 + [4] * 12
    assert metrics["coalition_wait"].tolist() == [1, 2, 3, 4, 5, 6] + [4] * 12
