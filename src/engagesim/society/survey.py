"""Turn a survey into a society: questions become attributes, weights and margins apply, and a page shows the result.

A mapping file (YAML) says which question becomes which attribute of citizens, how, and why. People are drawn by the
survey's weights, so that their means are those of the weighted survey.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from engagesim.errors import InputError, no_such, not_one_of, reason, shown, span
from engagesim.files import DOCUMENT_BYTES, TABLE_BYTES, parsed_yaml, text
from engagesim.parameters.declare import File, Group
from engagesim.parameters.pydantic_errors import validated
from engagesim.society.files import ATTRIBUTES
from engagesim.society.graphs import normal, normal_all
from engagesim.society.tables import KINDS, Table, spelling_hint, table

type Numbers = NDArray[np.float64]

type Columns = Annotated[str | list[str], Field(description="a column, or several whose mean counts")]

MOST_DRAWN = 200_000
"""Largest number of people that may be drawn from a survey."""

_FEW = 0.2
"""Effective sample size, as a share of respondents, below which weights raise a warning."""


class Question(Group):
    """How answers become numbers from 0 to 1."""

    columns: Columns = Field(alias="from", description="the question, or several items whose mean counts")
    reason: str = Field(min_length=1, description="why the question stands for it, and why answers are coded this way")
    scale: tuple[float, float] | None = Field(None, description="the answers that become 0 and 1")
    reversed: list[str] = Field(default_factory=list, description="items in which a high answer means a low value")
    recode: dict[str, float] = Field(default_factory=dict, description="the number for each answer or label")
    otherwise: float | None = Field(None, description="the number for all other answers")
    missing: Literal["draw", "mean", "drop"] | float = Field(
        "draw", description="draw (by the model), mean (of the other respondents), drop (the respondent), or a number"
    )

    @property
    def items(self) -> list[str]:
        """The columns of the question."""
        return [self.columns] if isinstance(self.columns, str) else self.columns

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.items:
            raise ValueError("from: must name a column, or several")
        if self.scale is not None and self.scale[0] == self.scale[1]:
            raise ValueError("scale: must be two different numbers")
        if self.otherwise is not None and not self.recode:
            raise ValueError("otherwise: must come with recode")
        foreign = next((name for name in self.reversed if name not in self.items), None)
        if foreign is not None:
            raise ValueError(not_one_of("reversed", foreign, self.items))
        return self


class Margin(Group):
    """A known margin of the population: the share of each answer to a question."""

    column: str = Field(alias="from", description="the question")
    shares: dict[str, Annotated[float, Field(gt=0)]] = Field(min_length=2, description="share of each answer or label")
    source: str = Field(min_length=1, description="where the shares come from")


class District(Group):
    """Where respondents live."""

    column: str = Field(alias="from", description="the question")
    names: dict[str, str] = Field(default_factory=dict, description="names for the codes; if missing, the labels")


class SurveyMapping(Group):
    """A mapping file."""

    survey: File = Field(description="the table, relative to the mapping file")
    name: str = Field("survey", description="what the survey covers")
    key: str | None = Field(None, description="column that names the respondents")
    weight: str | None = Field(None, description="column of the survey's weights")
    people: int | None = Field(
        None, ge=10, le=MOST_DRAWN, description="people to draw; if missing, one per respondent, or 1000 by weight"
    )
    seed: int = Field(1, ge=0, le=4_294_967_295, description="seed of the draw")
    missing: list[str] = Field(default_factory=list, description="answers that mean missing, such as -99 or Refused")
    district: District | None = None
    attributes: dict[str, Question] = Field(default_factory=dict, description="attributes of citizens")
    margins: list[Margin] = Field(default_factory=list, description="known shares to which weights are raked")
    know: dict[str, Question] = Field(
        default_factory=dict, description="questions about numbers for engagesim place, such as protest"
    )

    @model_validator(mode="after")
    def _names_attributes(self) -> Self:
        for name in self.attributes:
            if name not in ATTRIBUTES["citizen"]:
                raise ValueError(no_such(name, "attribute of citizens", ATTRIBUTES["citizen"], place="attributes: "))
        if not self.attributes and not self.know:
            raise ValueError("attributes: missing; must have at least one attribute of citizens, such as education")
        return self


class Surveyed(NamedTuple):
    """People made from a survey.

    ``answers`` has one row per respondent, with ``weight``, ``district`` if given, and attributes, NaN where the model
    draws what is missing; ``answered`` has the share of respondents who answered, by attribute.
    """

    mapping: SurveyMapping
    answers: pd.DataFrame
    answered: "pd.Series[float]"
    base: Numbers  # weights before raking, with a mean of 1
    people: pd.DataFrame  # in the form of a people file
    known: Mapping[str, tuple[float, float]]  # shares for a place, with their standard errors
    margins: pd.DataFrame  # margin, answer, survey, known, weighted
    notes: tuple[str, ...]


def read_mapping(path: Path) -> SurveyMapping:
    """Read a mapping file.

    Raises
    ------
    InputError, ParameterError
        If the file cannot be read, or its content is not allowed.
    """
    try:
        tree = parsed_yaml(text(path, DOCUMENT_BYTES))
    except OSError as error:
        raise InputError(f"{path}: must be a readable mapping file; {reason(error)}") from None
    except ValueError as error:
        raise InputError(f"{path}: must be a mapping file in YAML; {error}") from None
    return validated(SurveyMapping, tree, f"{path.name}:")


def read_survey(path: Path) -> Surveyed:
    """Read a mapping file and its survey, weight the respondents, and draw people by their weights.

    Raises
    ------
    InputError, ParameterError
        If a file is wrong, or an answer has no number; the message names the place.
    """
    mapping = read_mapping(path)
    file = path.parent / mapping.survey
    try:
        found = table(file, TABLE_BYTES)
    except OSError as error:
        raise InputError(f"survey = {file}: must be a readable file; {reason(error)}") from None
    except ValueError as error:
        raise InputError(f"survey = {file}: must be a table ({KINDS}); {error}") from None
    reader = _Answers(mapping, found)
    answers = pd.DataFrame({"respondent": reader.names(), "weight": reader.weights()})
    if mapping.district is not None:
        answers["district"] = reader.districts(mapping.district)
    for name, question in mapping.attributes.items():
        answers[name] = reader.question(f"attributes.{name}", question, ATTRIBUTES["citizen"][name].whole)
    known = pd.DataFrame(
        {name: reader.question(f"know.{name}", question, False) for name, question in mapping.know.items()},
        index=answers.index,
    )
    groups = {f"margins[{place}]": reader.texts(margin.column) for place, margin in enumerate(mapping.margins)}
    must = [name for name, question in mapping.attributes.items() if question.missing == "drop"]
    must_know = [name for name, question in mapping.know.items() if question.missing == "drop"]
    kept = (answers["weight"] > 0) & answers[must].notna().all(axis=1) & known[must_know].notna().all(axis=1)
    dropped = int((~kept).sum())
    answers, known = answers[kept].reset_index(drop=True), known[kept].reset_index(drop=True)
    groups = {place: cells[kept.to_numpy()].reset_index(drop=True) for place, cells in groups.items()}
    if len(answers) < 2:
        raise InputError(f"survey = {file}: must have at least two respondents who count, not {len(answers)}")
    base = answers["weight"].to_numpy() / answers["weight"].mean()
    weights, margins = _raked(base, mapping.margins, groups)
    answers["weight"] = weights
    notes = [f"{len(answers)} respondents"]
    notes += [f"{dropped} left out: their weight is 0, or they lack an answer that must not be missing"] * bool(dropped)
    answered = answers[list(mapping.attributes)].notna().mean()
    for name, question in mapping.attributes.items():
        value = _mean(answers[name], weights) if question.missing == "mean" else question.missing
        notes += _fill(answers, name, value, f"{name} missing for", "drawn by the model")
    for name, question in mapping.know.items():
        notes += _fill(known, name, question.missing, f"know.{name} missing for", "not counted")
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    notes.append(f"weights from {weights.min():.2f} to {weights.max():.2f}, worth {effective:.0f} equal respondents")
    doubt = "a few respondents have most of the weight: check the column of weights and the margins"
    notes += [doubt] * (effective < len(answers) * _FEW)
    shares = {str(name): (_mean(known[name], weights), _error(known[name], weights)) for name in known}
    people = _drawn(answers, mapping)
    return Surveyed(mapping, answers, answered, base, people, shares, margins, (*found.notes, *notes))


def _fill(answers: pd.DataFrame, name: str, value: float | str, said: str, otherwise: str) -> list[str]:
    """Fill the gaps in a column if the value is a number, and return a note if there are any."""
    gaps = answers[name].isna()
    if isinstance(value, float):
        answers[name], otherwise = answers[name].fillna(value), f"set to {value:.3g}"
    return [f"{said} {gaps.sum()}, {otherwise}"] * bool(gaps.any())


class _Answers:
    """Answers of a survey: its cells, with missing values and labels as the mapping file defines them."""

    def __init__(self, mapping: SurveyMapping, found: Table) -> None:
        self.mapping, self.found = mapping, found

    def _column(self, name: str) -> str:
        columns = list(self.found.cells.columns)
        if name not in columns:
            raise InputError(no_such(name, f"column of {self.mapping.survey}", columns, place="from: "))
        return name

    def cells(self, name: str) -> "pd.Series[str]":
        """Return a column, empty where missing; 2.0 becomes 2, and answers that look alike become equal."""
        cells = normal_all(self.found.cells[self._column(name)])
        missing = set(map(normal, self.mapping.missing))
        is_none = self.found.missing(name) | cells.isin(missing) | self.labelled(name).isin(missing)
        return cells.where(~is_none, "")

    def labelled(self, name: str) -> "pd.Series[str]":
        """Return a column with labels instead of codes."""
        return normal_all(self.found.labelled(self._column(name)))

    def texts(self, name: str) -> "pd.Series[str]":
        """Return a column with labels instead of codes, empty where missing."""
        return self.labelled(name).where(self.cells(name) != "", "")

    def names(self) -> list[str]:
        if self.mapping.key is None:
            return [str(line) for line in self.found.cells.index]
        names = normal_all(self.found.cells[self._column(self.mapping.key)])
        twice = names[names.duplicated() | (names == "")]
        if len(twice):
            raise InputError(f"key = {self.mapping.key}: must name each respondent once; see row {twice.index[0]}")
        return names.tolist()

    def weights(self) -> Numbers:
        if self.mapping.weight is None:
            return np.ones(len(self.found.cells))
        values = self.numbers("weight", self.mapping.weight, lambda found: found >= 0, "a number, 0 or more")
        return np.asarray(values, dtype=np.float64)

    def numbers(self, place: str, name: str, fits: Any, what: str, empty: bool = False) -> "pd.Series[float]":
        cells = self.cells(name)
        values = self.found.numbers(name).where(cells != "")
        wrong = ~(fits(values) & np.isfinite(values)) & ~((cells == "") & empty)
        if wrong.any():
            line = wrong.index[int(wrong.to_numpy().argmax())]
            cell = cells[line]
            raise InputError(f"{place}: {name}, row {line} = {shown(cell)}: must be {what}{spelling_hint(cell)}")
        return values

    def districts(self, district: District) -> list[str]:
        cells = self.texts(district.column)
        codes = self.cells(district.column)
        names = {normal(code): normal(name) for code, name in district.names.items()}
        named = [names.get(code, cell) for code, cell in zip(codes, cells, strict=True)]
        if names:
            foreign = ~codes.isin(list(names)) & ~cells.isin(list(names.values()))
            cells = cells.where(~foreign, "")
        if (cells == "").any():
            line = cells.index[int((cells == "").to_numpy().argmax())]
            raise InputError(
                f"district: {district.column}, row {line} = {shown(codes[line])}: must be the district of the "
                "respondent; recode it in names, or leave the row out"
            )
        return normal_all(pd.Series(named, dtype=str)).tolist()

    def question(self, place: str, question: Question, whole: bool) -> Numbers:
        """Return the mean of the items that were answered, from 0 to 1; NaN if none was."""
        items = pd.DataFrame({name: self._item(place, name, question) for name in question.items})
        values = items.mean(axis=1)
        if values.isna().all():
            raise InputError(f"{place}: must have answers; all those to {', '.join(question.items)} are missing")
        what, instead = ("0 or 1" if whole else span(0, 1)), question.missing
        wrong = values[(values < 0) | (values > 1) | (whole & values.notna() & ~values.isin([0, 1]))]
        if len(wrong):
            hint = "; say with scale which answers become 0 and 1" if question.scale is None else ""
            raise InputError(f"{place}, row {wrong.index[0]} = {wrong.iloc[0]:.10g}: must be {what}{hint}")
        if not (instead in {"draw", "drop", 0, 1} if whole else isinstance(instead, str) or 0 <= instead <= 1):
            rules = "draw, drop, 0 or 1" if whole else f"draw, mean, drop or {what}"
            raise InputError(f"{place}.missing = {shown(instead)}: must be {rules}")
        return values.to_numpy()

    def _item(self, place: str, name: str, question: Question) -> "pd.Series[float]":
        cells, labelled = self.cells(name), self.texts(name)
        if question.recode:
            becomes = {normal(answer): number for answer, number in question.recode.items()}
            values = cells.map(becomes).astype(float).fillna(labelled.map(becomes).astype(float))
            unknown = (cells != "") & values.isna()
            if unknown.any() and question.otherwise is None:
                answers = ", ".join(map(shown, sorted(set(labelled[unknown]))[:6]))
                raise InputError(f"{place}.recode: must say what {answers} of {name} become, or have otherwise")
            if question.otherwise is not None:
                values = values.mask(unknown, question.otherwise)
        else:
            low, high = sorted(question.scale or (-np.inf, np.inf))
            what = span(low, high) if question.scale else "a number"
            values = self.numbers(place, name, lambda found: found.between(low, high), f"{what}, or recoded", True)
        if question.scale is not None:
            values = (values - question.scale[0]) / (question.scale[1] - question.scale[0])
        return 1 - values if name in question.reversed else values


def _mean(values: "pd.Series[float]", weights: Numbers) -> float:
    given = values.notna().to_numpy()
    return float(np.average(values[given], weights=weights[given])) if given.any() else float("nan")


def _error(values: "pd.Series[float]", weights: Numbers) -> float:
    """Return the standard error of a weighted mean, by linearisation; strata and clusters are unknown."""
    given = values.notna().to_numpy()
    kept, answers = weights[given], values[given].to_numpy()
    spread = kept * (answers - np.average(answers, weights=kept)) if given.any() else np.zeros(1)
    return float(np.sqrt(len(spread) / max(len(spread) - 1, 1) * (spread**2).sum()) / max(kept.sum(), 1e-12))


def _raked(
    base: Numbers, margins: Sequence[Margin], groups: Mapping[str, "pd.Series[str]"]
) -> tuple[Numbers, pd.DataFrame]:
    """Rake weights to known margins, one margin at a time, until all hold (Deming & Stephan 1940).

    Respondents who did not answer a margin's question keep the weight that the other margins give them.
    """
    weights, rows = base.copy(), []
    wanted: list[tuple[NDArray[np.bool_], NDArray[np.bool_], float]] = []
    for (place, cells), margin in zip(groups.items(), margins, strict=True):
        known = sorted(set(cells) - {""})
        odd = next((each for each in [*known, *margin.shares] if each not in margin.shares or each not in known), None)
        if odd is not None:
            raise InputError(
                f"{place}.shares: must have a share for each answer of {margin.column} and no other; "
                f"see {shown(odd)} (answers are {', '.join(map(shown, known[:12]))})"
            )
        total = sum(margin.shares.values())
        if min(abs(total - 1), abs(total - 100) / 100) > 0.011:  # rounded shares or percentages
            raise InputError(f"{place}.shares: must add up to 1, or to 100 as percentages, not {total:.10g}")
        answered = (cells != "").to_numpy()
        for answer, share in margin.shares.items():
            wanted.append(((cells == answer).to_numpy(), answered, share / total))
            rows.append((margin.column, answer, margin.source))
    for _ in range(1000):
        worst = 0.0
        for mine, answered, share in wanted:
            factor = share * weights[answered].sum() / weights[mine].sum()
            worst = max(worst, abs(factor - 1))
            weights[mine] *= factor
        if worst < 1e-10:
            break
    else:
        raise InputError("margins: must be possible together for these respondents; raking does not converge")
    table = pd.DataFrame(rows, columns=["question", "answer", "source"])
    for name, some in (("survey", base), ("weighted", weights)):
        table[name] = [float(some[mine].sum() / some[answered].sum()) for mine, answered, _ in wanted]
    table["known"] = [share for *_, share in wanted]
    return weights / weights.mean(), table


def _drawn(answers: pd.DataFrame, mapping: SurveyMapping) -> pd.DataFrame:
    """Draw people by weight, so that means and districts match those of the weighted survey.

    Each respondent appears as often as the weight says, rounded down or up. A random draw decides whose weight is
    rounded up, among the ways that keep all totals (balanced sampling, Deville & Tillé 2004, as a linear programme).
    """
    weights = answers["weight"].to_numpy()
    equal = bool(np.ptp(weights) < 1e-9)
    count = mapping.people or (len(answers) if equal else 1000)
    expected = weights * count / weights.sum()
    times = np.floor(expected + 1e-9)
    rest = np.clip(expected - times, 0, 1)
    if rest.sum() > 1e-6:
        times += _rounded_up(answers, rest, np.random.default_rng(mapping.seed))
    rows = np.repeat(np.arange(len(answers)), times.astype(int))
    people = answers.iloc[rows].reset_index(drop=True)
    order = people.groupby("respondent", sort=False).cumcount()
    names = people["respondent"] + (order + 1).astype(str).radd("-").where(order > 0, "")
    columns = [name for name in ("district", *mapping.attributes) if name in people]
    return pd.concat([names.rename("person"), people[columns].round(6)], axis=1)


def _rounded_up(answers: pd.DataFrame, rest: Numbers, numbers: np.random.Generator) -> Numbers:
    """Return whose weight is rounded up (1) or down (0) so that the totals of attributes and districts are kept."""
    from scipy.optimize import linprog  # noqa: PLC0415 - takes a moment; only surveys need it

    columns = [answers[name] for name in answers if name in ATTRIBUTES["citizen"]]
    totals: list[Any] = [np.ones(len(answers))]
    for column in columns:
        totals += [column.notna().to_numpy(float), column.fillna(0).to_numpy(float)]
    if "district" in answers:
        totals += list(pd.get_dummies(answers["district"]).to_numpy(float).T)
    constraints = np.array(totals)
    found = linprog(numbers.random(len(rest)), A_eq=constraints, b_eq=constraints @ rest, bounds=(0, 1), method="highs")
    shares = rest if found.x is None else np.clip(found.x, 0, 1)
    wanted = round(float(rest.sum()))
    up = np.zeros(len(rest))
    up[np.argsort(-shares, kind="stable")[:wanted]] = 1  # a corner solution of the programme leaves few to round
    return up
