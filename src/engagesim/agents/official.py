"""Officials: managers and the providers at the service points."""

from __future__ import annotations

from typing import Any, ClassVar

from engagesim.agents.actor import Actor, District, takes
from engagesim.month import coalition, official
from engagesim.rules.official import ACCOMMODATE_TERMS, COCREATE_TERMS, RESIST_TERMS, TOKEN_TERMS
from engagesim.rules.vocabulary import Response, Role


class Official(Actor):
    """Holds a post, sees a caseload, and resists, responds in token, accommodates or co-creates."""

    terms: ClassVar = {
        Response.RESIST: RESIST_TERMS,
        Response.TOKEN: TOKEN_TERMS,
        Response.ACCOMMODATE: ACCOMMODATE_TERMS,
        Response.COCREATE: COCREATE_TERMS,
    }
    disposition: int
    morale: float
    belief_resist: float
    belief_token: float
    belief_accommodate: float
    belief_cocreate: float
    ability: float
    loyalty: float
    political_work: float
    insight: float
    practice: float
    tenure: int
    response: int
    collaborating: int
    confronting: int
    succeeded: int
    load: float
    chance_collaborate: float
    chance_confront: float
    refilled: int

    keep_or_leave = takes(official.keep_or_leave)
    hand_over = takes(official.hand_over)
    forget = takes(official.forget)
    weigh_load = takes(official.weigh_load)
    respond = takes(official.respond)
    open_counter = takes(official.open_counter)
    work_for_the_patron = takes(official.work_for_the_patron)
    serve = takes(official.serve)
    learn = takes(official.learn)
    practise = takes(official.practise)
    fare = takes(official.fare)
    act = takes(official.act)
    join = takes(coalition.join)

    def __init__(self, model: Any, row: int, home: District, role: Role) -> None:
        super().__init__(model, row, home)
        self.role = role
        self.served = 0

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of resisting, responding in token, accommodating and co-creating."""
        return self.model.acts[official.utilities](self, self.home, self.s)  # type: ignore[no-any-return]
