"""Officials: managers and the providers at the service points."""

from __future__ import annotations

from typing import Any, ClassVar

from engagesim.agents.actor import Actor, District
from engagesim.month import official
from engagesim.rules.official import ACCOMMODATE_TERMS, COCREATE_TERMS, RESIST_TERMS, TOKEN_TERMS
from engagesim.rules.vocabulary import Response, Role


class Official(Actor, kinds=("official", "provider")):
    """Holds a post, sees a caseload, and resists, responds in token, accommodates or co-creates."""

    terms: ClassVar = {
        Response.RESIST: RESIST_TERMS,
        Response.TOKEN: TOKEN_TERMS,
        Response.ACCOMMODATE: ACCOMMODATE_TERMS,
        Response.COCREATE: COCREATE_TERMS,
    }
    weigh = staticmethod(official.utilities)

    def __init__(self, model: Any, row: int, home: District, role: Role) -> None:
        super().__init__(model, row, home)
        self.role = role
        self.served = 0
