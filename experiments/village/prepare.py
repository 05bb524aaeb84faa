"""Make the files of a village: turn the columns of a survey into those that engagesim reads.

Usage: python prepare.py SURVEY-FOLDER OUTPUT-FOLDER [OFFICIALS]

The survey folder holds ``people.csv`` (person, household, years_of_schooling, ration_card) and ``ties.csv`` (source,
target). The script writes ``people.csv`` (person, education, vulnerability) and ``ties.csv`` into the output folder;
values that the survey lacks stay empty and are drawn when a society is built. OFFICIALS is a table of officials and
politicians, whose rows follow those of the citizens.
"""

import shutil
import sys
from pathlib import Path

import pandas as pd

YEARS_OF_FULL_SCHOOLING = 15
"""Secondary school and a first degree count as education 1."""

VULNERABILITY_OF_CARD = {"bpl": 0.8, "akshaya": 0.8, "saffron": 0.7, "yellow": 0.7, "green": 0.8}
"""These cards are for households below the poverty line; the numbers are assumptions (see README.md)."""

VULNERABILITY_ABOVE_THE_LINE = 0.35
"""Vulnerability of people with any other card; an assumption."""


def prepare(survey: Path, output: Path, officials: Path | None = None) -> None:
    """Write the two files that ``engagesim run scenario=village`` reads."""
    people = pd.read_csv(survey / "people.csv")
    card = people["ration_card"].str.strip().str.lower()
    known = card.map(VULNERABILITY_OF_CARD).fillna(VULNERABILITY_ABOVE_THE_LINE)
    table = pd.DataFrame(
        {
            "person": people["person"],
            "education": (people["years_of_schooling"] / YEARS_OF_FULL_SCHOOLING).clip(0, 1).round(3),
            "vulnerability": known.where(card.notna()),
        }
    )
    if officials is not None:
        table = pd.concat([table, pd.read_csv(officials)])
    output.mkdir(parents=True, exist_ok=True)
    table.to_csv(output / "people.csv", index=False)
    shutil.copyfile(survey / "ties.csv", output / "ties.csv")


if __name__ == "__main__":
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    prepare(*map(Path, sys.argv[1:]))
