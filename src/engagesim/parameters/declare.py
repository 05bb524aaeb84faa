"""How a parameter is declared: one line gives its default, range, unit, description and source."""

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engagesim.errors import ParameterError
from engagesim.parameters.pydantic_errors import in_one_line

type File = Annotated[str, BeforeValidator(lambda path: str(path) if isinstance(path, PurePath) else path)]
"""The name of a file, which may also be given as a ``Path``."""


class Group(BaseModel):
    """A group of parameters that is frozen and rejects unknown names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, strict=False, validate_default=True,
        revalidate_instances="always",  # copies, so that later changes to the caller's mapping have no effect
    )  # fmt: skip

    if not TYPE_CHECKING:  # so that type checkers know the arguments of each group

        def __init__(self, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                raise ParameterError(in_one_line(error, type(self), fields)) from None

        __init__.__pydantic_base_init__ = True  # nested groups are built without it


JUDGEMENT = "judgement"
"""The source of a mechanism or a value for which there is no evidence."""


def number(
    default: float, low: float, high: float, unit: str, description: str, source: str = JUDGEMENT,
    value: str = JUDGEMENT,
) -> Any:  # fmt: skip
    """Declare a number that a schedule may move during a run.

    ``source`` gives the evidence for the mechanism that reads the number, and ``value`` that for the default.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source, "value": value, "role": "setting"}
    return Field(float(default), ge=low, le=high, description=description, json_schema_extra=extra)


def fixed(
    default: float | None, low: float, high: float, unit: str, description: str, source: str = JUDGEMENT,
    value: str = JUDGEMENT,
) -> Any:  # fmt: skip
    """Declare a number that shapes a society at its start and cannot change during a run."""
    extra: dict[str, Any] = {"unit": unit, "source": source, "value": value, "role": "start"}
    return Field(default, ge=low, le=high, description=description, json_schema_extra=extra)


def word(default: Any, description: str, source: str = JUDGEMENT) -> Any:
    """Declare a parameter that is a choice or a name."""
    extra: dict[str, Any] = {"unit": "", "source": source, "value": JUDGEMENT, "role": "choice"}
    return Field(default, description=description, json_schema_extra=extra)
