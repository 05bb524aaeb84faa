"""Parameters of engagement: the form that is open, and other interventions with schedules."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engagesim.parameters.declare import Group, fixed, number, word
from engagesim.parameters.pydantic_errors import Words


class Worst(Group):
    """The districts with the worst service when the society starts."""

    worst: float = Field(ge=0, le=1, description="Share of districts: those with the lowest quality at the start")


PLACES = "all, a share from 0 to 1, {worst: share}, or a list of district numbers"
"""The possible values of ``where``, in words."""

type Place = Annotated[Literal["all"] | float | list[int] | Worst, Words(PLACES)]


class Engagement(Group):
    """The form of engagement that the initiative opens; no form is open before its start or after its stop."""

    form: str = word("none", "Name of the form")
    note: str = word("", "Reason and source of the profile")
    start: int = fixed(24, 0, 1_000_000, "months", "Months of the run before the form opens")
    stop: int | None = fixed(
        None, 0, 1_000_000, "months", "Months of the run before the form closes again; if empty, it stays open"
    )
    ramp: int = fixed(0, 0, 1200, "months", "Months from the opening until the form is fully effective")
    where: Place = word("all", "All districts, a share of them drawn at random, the worst share, or a list of numbers")
    opened: float = number(0.0, 0, 1, "0 or 1", "Whether the form is open")
    influence: float = number(0.0, 0, 1, "share of the decision", "Citizens' share of the decision (IAP2 spectrum)")
    voice: float = number(0.0, 0, 1, "scale", "How much the form tells officials about citizens' needs")
    information: float = number(0.0, 0, 1, "scale", "Facts about the service that participants get", "E05")
    skills: float = number(0.0, 0, 1, "scale", "Training and facilitation that participants get", "E07")
    directness: float = number(
        1.0, 0, 1, "share", "Share of voice that reaches the official in charge, rather than politicians alone", "E02"
    )
    teeth: float = number(0.0, 0, 1, "scale", "How strong a sanction the form carries")
    attribution: float = number(
        0.0, 0, 1, "scale", "How far results are traced to a named official and seen by a superior", "E10, E13"
    )
    outreach: float = number(0.0, 0, 1, "chance per month", "Chance that the form asks a citizen to take part")
    time_cost: float = number(0.0, 0, 1, "scale", "Time that participants spend")
    workload: float = number(0.0, 0, 3, "scale", "Work that the form causes for officials")
    inclusiveness: float = number(0.0, 0, 1, "scale", "How far the form includes the poor")
    capture: float = number(0.0, 0, 1, "scale", "Risk of capture by the better-off")
    contribution: float = number(0.0, 0, 1, "scale", "How much the form asks citizens to contribute")
    visibility: float = number(0.0, 0, 1, "scale", "How public the form is")
    collectiveness: float = number(0.0, 0, 1, "scale", "How far participants act jointly and build ties")


FORM_DIMENSIONS = tuple(
    name
    for name, field in Engagement.model_fields.items()
    if (field.json_schema_extra or {})["role"] == "setting"  # type: ignore[index]
)
"""The dimensions of a form's profile; they apply while the form is open."""


OBSERVABLE = {
    "token_answers": "share of providers who give a token response",
    "resisting": "share of providers who resist",
    "responsive": "share of providers who act on what users say",
    "manager_holds_back": "whether the manager resists or gives a token response: 1 or 0",
    "manager_tenure": "months that the manager has been in the post",
    "broken_promises": "number of promises broken this month",
    "kept_promises": "number of promises kept this month",
    "disputes": "share of service points with a demand that no kept promise has met",
    "calls": "number of organisations that call for confrontation this month",
    "participation": "share of citizens who engage this month",
    "quality": "service quality, 0 to 1",
    "coalition": "whether a coalition stands: 1 or 0",
    "patron": "whether the politician stands for patronage: 1 or 0",
    "sponsor": "whether the politician sponsors reform: 1 or 0",
    "election_in": "months until the next election",
}
"""What a reformer can observe in a district at the end of a month."""


class Condition(Group):
    """A quantity that is observed in a district, with the values that give reason to act."""

    observed: Literal[*OBSERVABLE] = Field(description="What is observed")  # type: ignore[valid-type]
    at_least: float | None = Field(None, description="Lowest value that counts")
    at_most: float | None = Field(None, description="Highest value that counts")
    months: int = Field(1, ge=1, le=120, description="Consecutive months in which it must be observed")

    @model_validator(mode="after")
    def _has_one_end(self) -> "Condition":
        if self.at_least is None and self.at_most is None:
            raise ValueError("must have at_least or at_most, as in {observed: token_answers, at_least: 0.5, months: 6}")
        return self


class Intervention(Group):
    """A schedule that moves settings from ``start`` to ``stop`` and reaches full strength after ``ramp`` months.

    With ``when``, the schedule reacts. Each district is watched from ``start`` on, and the schedule begins there in the
    month after the condition is met. After ``lasts`` months it ends, and the district is watched again.
    """

    name: str = word("intervention", "Name in tables and figures")
    start: int = Field(24, ge=0, le=1_000_000, description="Months of the run before the intervention begins")
    stop: int | None = Field(
        None, ge=0, le=1_000_000, description="Months of the run before the intervention ends; if empty, it never does"
    )
    ramp: int = Field(0, ge=0, le=1200, description="Months until full strength")
    where: Place = Field(
        "all", description="All districts, a share of them drawn at random, the worst share, or a list of numbers"
    )
    lot: int | None = Field(
        None,
        ge=0,
        le=15,
        description="Number of the draw that picks a share of districts; equal numbers pick the same districts. If "
        "empty, the intervention has its own draw, which only every eighth intervention shares",
    )
    intensity: float = Field(1.0, ge=0, le=3, description="Multiple of the full change and of the cost")
    set: dict[str, float] = Field(
        default_factory=dict, description="Settings by path, each with the value to which it moves"
    )
    add: dict[str, float] = Field(
        default_factory=dict, description="Settings by path, each with the amount added to it"
    )
    when: Condition | None = Field(
        None, description="Condition that a district must meet before the intervention begins there"
    )
    lasts: int | None = Field(
        None, ge=1, le=1200, description="Only with when: months until it ends and the district is watched again"
    )
    cost: float = Field(
        0.0, ge=0, le=1e12, description="Cost per month in each district that it reaches, in a unit that you choose"
    )
    cost_source: str = Field("assumption", description="Where the cost comes from")
    note: str = Field("", description="Reason and source")

    @model_validator(mode="after")
    def _starts_before_it_stops(self) -> "Intervention":
        if self.stop is not None and self.stop <= self.start:
            raise ValueError(f"stop = {self.stop}: must be later than start ({self.start}), or null")
        if self.lasts is not None and self.when is None:
            raise ValueError(f"lasts = {self.lasts}: must come with when")
        return self


type Schedule = Annotated[Intervention, Words("a schedule, as in {start: 24, set: {incentives.audit: 0.5}}")]
