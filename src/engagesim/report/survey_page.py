"""The page for checking a survey: the weighted survey, known margins and the society side by side."""

import numpy as np
import pandas as pd

from engagesim.report.comparison_tables import Table
from engagesim.report.pages import template
from engagesim.report.text import capital, percent, plain
from engagesim.society.survey import Surveyed


def survey_page(read: Surveyed, citizens: pd.DataFrame) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    read : Surveyed
        A survey and the people drawn from it.
    citizens : pandas.DataFrame
        The citizens of the society made of these people, one row each.
    """
    tables = [_means(read, citizens), _margins(read), _districts(read), _rules(read)]
    return template("survey.html").render(
        name=read.mapping.name, notes=read.notes, tables=[each for each in tables if each.rows], people=len(read.people)
    )


def _means(read: Surveyed, citizens: pd.DataFrame) -> Table:
    rows = []
    for name in read.mapping.attributes:
        answers, weights = read.answers[name], read.answers["weight"]
        given = answers.notna()
        weighted = np.average(answers[given], weights=weights[given]) if given.any() else np.nan
        society = f"{citizens[name].mean():.3f}" if name in citizens else "–"  # ``connected`` becomes a rank
        numbers = (f"{number:.3f}" for number in (answers.mean(), weighted, read.people[name].mean()))
        rows.append((capital(plain(name)), percent(read.answered[name]), *numbers, society))
    columns = (
        "Attribute",
        "Answered",
        "Survey, unweighted",
        "Survey, weighted",
        "People drawn",
        "Society at its start",
    )
    return Table("Means: weighted survey, people drawn and society must agree", columns, rows)


def _margins(read: Surveyed) -> Table:
    rows = [
        (
            f"{row['question']}: {row['answer']}",
            *(f"{share:.1%}" for share in (row["survey"], row["known"], row["weighted"])),
            str(row["source"]),
        )
        for row in read.margins.to_dict("records")
    ]
    columns = ("Question and answer", "Survey before raking", "Known", "After raking", "Source")
    return Table("Known margins", columns, rows)


def _districts(read: Surveyed) -> Table:
    if "district" not in read.answers:
        return Table("Districts", ("District",), [])
    asked = read.answers["district"].value_counts()
    weighted = read.answers.groupby("district")["weight"].sum() / read.answers["weight"].sum()
    drawn = read.people["district"].value_counts()
    rows = [(name, f"{asked[name]}", f"{weighted[name]:.1%}", f"{drawn.get(name, 0)}") for name in sorted(asked.index)]
    return Table("Districts", ("District", "Respondents", "Share by weight", "People drawn"), rows)


def _rules(read: Surveyed) -> Table:
    rows = []
    for name, question in (read.mapping.attributes | read.mapping.know).items():
        how = [f"{question.scale[0]:g} to {question.scale[1]:g} becomes 0 to 1"] if question.scale else []
        how += [f"reversed: {', '.join(question.reversed)}"] * bool(question.reversed)
        how += [f"{answer} becomes {number:g}" for answer, number in question.recode.items()]
        how += [f"all others {question.otherwise:g}"] if question.otherwise is not None else []
        rows.append((name, ", ".join(question.items), "; ".join(how), f"{question.missing}", question.reason))
    return Table("Which question became what, and why", ("What", "Questions", "How", "If missing", "Reason"), rows)
