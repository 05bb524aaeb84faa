"""``engagesim page``: writes a laboratory, or a lesson, as one HTML file that needs no server and no network."""

from pathlib import Path

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE
from engagesim.cli.place import with_place
from engagesim.configs.command_options import RunOptions
from engagesim.configs.compose import checked
from engagesim.configs.override_values import said, text_of
from engagesim.configs.overrides import asked, check_keys
from engagesim.errors import ParameterError, shown
from engagesim.files import write_whole
from engagesim.parameters import Parameters
from engagesim.society.files import read_people
from engagesim.web.content import MOST_CITIZENS
from engagesim.web.lessons import lesson_named
from engagesim.web.page import MARK, MOST_YEARS, laboratory, lesson_page

_OWN = ("lesson", "output", "years")


def page(arguments: list[str]) -> int:
    """Write the page of a lesson, or of a society that is described by the same keys as for ``run``."""
    refuse_flags(arguments, "page", "output=my_page.html")
    own, rest = _parted(arguments)
    name = own.get("lesson")
    if name is not None and rest:
        raise ParameterError(f"{rest[0]}: must be left out with lesson, which has its own societies")
    if name is not None and "years" in own:
        raise ParameterError("years: must be left out with lesson, which has its own steps")
    lesson = None if name is None else lesson_named(name)
    years = _years(own["years"]) if "years" in own else None
    file = Path(text_of("output", own.get("output", f"outputs/page/{lesson['name'] if lesson else 'laboratory'}.html")))
    _check(file)
    text = lesson_page(lesson) if lesson else _of_society(rest, years)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text.encode())
    print(f"{file}: {len(text.encode()) / 1000:.0f} kB; open it in any browser, without a network")
    return DONE


def _parted(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Separate the keys of the page from those of the society."""
    own: dict[str, str] = {}
    rest = []
    for each in arguments:
        key, equals, value = each.partition("=")
        if key not in _OWN or not equals:
            rest.append(each)
        elif key in own:
            raise ParameterError(f"{key}: is given twice; must be given once")
        else:
            own[key] = value
    for each in rest:
        key = each.partition("=")[0]
        if key in RunOptions.model_fields and key != "place":
            raise ParameterError(f"{key}: must be left out of page; it is a key of run")
    return own, rest


def _check(file: Path) -> None:
    """Refuse, before anything is made, to overwrite a file that ``engagesim page`` did not write."""
    if file.suffix != ".html":
        raise ParameterError(f"output = {shown(str(file))}: must be a file whose name ends in .html")
    if file.is_dir() or (file.exists() and MARK not in file.read_bytes()[:2000].decode(errors="replace")):
        raise ParameterError(
            f"output = {shown(str(file))}: must be new, or a page of engagesim; this file is something else"
        )


def _years(value: str) -> int:
    if not (value.isdecimal() and len(value) < 20 and 1 <= int(value) <= MOST_YEARS):
        raise ParameterError(f"years = {shown(value)}: must be a whole number from 1 to {MOST_YEARS}")
    return int(value)


def _of_society(arguments: list[str], years: int | None) -> str:
    request = asked(with_place("page", arguments))
    check_keys(request.overrides, command="page")
    parameters = checked(request)[0].parameters
    _tell(parameters)
    return laboratory(
        parameters, [*said(request.overrides), *(f"mechanisms={each.file}" for each in request.mechanisms)], years
    )


def _tell(parameters: Parameters) -> None:
    """Refuse a society that is too large, and print which data from the user's files the page contains."""
    known, people = read_people(parameters)
    if known.population.citizens > MOST_CITIZENS:
        raise ParameterError(
            f"population.citizens = {known.population.citizens}: must be at most {MOST_CITIZENS} in a page; "
            "engagesim run allows more"
        )
    if people.labels or parameters.population.file is not None:
        print(
            f"The page contains data from your files on {known.population.citizens} citizens, including names; "
            "everybody who gets the page can read them."
        )
