"""``engagesim help``: prints the help of the program and of each command, examples first.

Each setting is explained where it is declared. ``settings.json`` beside this module is made from these declarations
(``python docs/tables.py``), because importing them would make help slow; a test compares the two.
"""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from engagesim.errors import EngagementError, no_such

SETTINGS = Path(__file__).with_name("settings.json")
"""Groups, flags and settings of each command, and every parameter."""

LEVELS = ("warning", "info", "debug")
"""Levels of ``log=``, which every command accepts; the first is the default."""

_WIDTH = 120


class Command(NamedTuple):
    """The help of a command: its purpose in one sentence, examples, and paragraphs before and after its keys.

    ``keys`` are keys that are not in a config.
    """

    purpose: str
    examples: str
    before: str = ""
    after: str = ""
    keys: Mapping[str, str] = {}


_MECHANISMS = {
    "mechanisms": "a Python file with a mechanism of your own, or [ONE.py,OTHER.py] for several; the code runs, so "
    "name only files that you trust"
}

COMMANDS = {
    "run": Command(
        "simulate a society, and show what happens",
        """\
  engagesim run                                            the scenario contested_reform: a form opens after two years
  engagesim run scenario=clientelist_trap                  a built-in scenario
  engagesim run scenario=merit_state engagement=survey     with another form of engagement
  engagesim run incentives.patronage=0.2 months=240        any parameter, by its path
  engagesim run scenario=village network.file=ties.csv population.file=people.csv
                                                           with your own network and people
  engagesim run mechanisms=fatigue.py fatigue.rest=0.1     with a mechanism of your own, in Python
  engagesim run -m seed=1,2,3 engagement=survey,committee  six runs, one folder each
  engagesim run -m seed=1,2,3 hydra/launcher=joblib        in parallel; submitit_slurm submits them to Slurm
  engagesim run seed=7 output=my_run progress=false agents_every=12
  engagesim run scenario=contested_reform animate=true     also make a film of the network and the curves
  engagesim run --cfg job scenario=merit_state             show the composed config and run nothing

  engagesim run my_study 17 output=opened                  simulate the run in row 17 of a study again
""",
        """\
If you name no society, the command uses scenario=contested_reform; scenario=none keeps every default and opens no form.
Set any parameter by its path (`engagesim parameters` lists all), and any setting of a mechanism. A scenario
selects choices in other groups and may set numbers; command-line values override it. Overrides use Hydra's syntax;
set each key once. Text (a name, a folder, a file) is used as typed, without quotes around it. With -m, the folders of
the runs are numbered from 0.
""",
        keys=_MECHANISMS,
    ),
    "rerun": Command(
        "repeat a stored run, and check that the files are identical",
        """\
  engagesim rerun outputs/run/my_run      repeat a stored run; exit code 0: identical files, 1: different files
  engagesim rerun my_study 17             repeat the run in row 17 of a study (rows are counted from 0)
  engagesim rerun my_study 17 mechanisms=my_study/inputs/fatigue.py
                                          with its mechanism: read the copy first, because its code runs
""",
        after="""\
If the bytes differ, the output names the versions, the commit and the input files that changed since the run. Input
files are read from the copies in the folder, even if the folder has been moved.
""",
        keys=_MECHANISMS,
    ),
    "sweep": Command(
        "simulate a study over many societies; the same command continues one that was stopped",
        """\
  engagesim sweep study=coalition_phase                     a ready-made study
  engagesim sweep study=coalition_phase size=5 output=big   five times the seeds; repeat it to continue if stopped
  engagesim sweep study=networks replicates=auto width=0.05  add seeds until each interval is that narrow
  engagesim sweep scenario=merit_state replicates=50 \\
      factors.patronage.path=incentives.patronage 'factors.patronage.values=[0,0.2,0.4]'
  engagesim sweep study=incentives_sobol executor=dask executor.workers=2
  engagesim sweep design=list design.file=points.csv        your own points: one column per path
  engagesim sweep mechanisms=fatigue.py 'factors.rest={path: fatigue.rest, values: [0,0.1]}'
                                                            with a mechanism of your own, whose settings vary
""",
        "Any parameter can be set by its path, for all societies of the study.\n",
        """\
The folder holds manifest.json, config.yaml, and Parquet parts in runs/ (one row per run) and months/ (one
row per month).
""",
        _MECHANISMS,
    ),
    "compare": Command(
        "compare the effects and costs of packages of interventions, and write a report",
        """\
  engagesim compare                                            every form of engagement in three contexts
  engagesim compare scenario=contested_reform 'packages={audit: [social_audit], both: [social_audit, merit_protection]}'
  engagesim compare packages=my_packages.yaml                  packages from a file, by name
  engagesim compare equal=coverage                             each package scaled to the cost of the cheapest
  engagesim compare uncertain.contexts=200                     also compare in 200 uncertain contexts
  engagesim compare negligible.quality=0.02                    set which differences are too small to matter
  engagesim compare currency=KES exchange_rate=129             costs in your own currency
  engagesim compare place=my_place                             in societies that represent your place
  engagesim compare scenario=merit_state search.tries=200 search.budget=300000    look for good packages
  engagesim compare mechanisms=fatigue.py                      with a mechanism of your own
""",
        """\
Without packages, the nine forms of engagement are compared: in the scenario or place that you name, or in three
contexts. A package is a list of interventions from conf/intervention, each by its name or as {use: NAME, start: 36,
where: 0.5}, or your own schedules. The baseline opens no form of engagement unless engagement=NAME is given. Any
parameter can be set by its path, for all societies.
""",
        """\
The folder holds report.html (for readers; its first page is a brief), comparison.csv and the other tables, and the
config.
""",
        _MECHANISMS,
    ),
    "place": Command(
        "find societies that represent your place, from what you know about it",
        """\
  engagesim place my_place.yaml output=my_place      match the place: writes a page on the fit, and the societies
  engagesim place my_place.yaml simulated=16384      four times as many societies to choose from
  engagesim compare place=my_place 'packages={audit: [social_audit]}'    then compare packages in them
""",
        """\
The file holds what is certain: citizens, officials, districts, form, form_months, lately. Under know, it has five to
ten numbers, each with its uncertainty: 12 ± 3 %, 9 to 15 %, or sure, roughly or guess before a number.
docs/howto/place.md gives an example. The result is not a forecast of the place.
""",
        """\
The folder holds report.html (for readers), match.csv (what you said, what fits, what is at odds), contexts.csv (what
remains unknown), predicted.csv, behaviour.csv, societies.csv (what place=FOLDER simulates) and simulated.csv.
""",
    ),
    "allies": Command(
        "find whom to bring together in a district, in what order, and what moves them",
        """\
  engagesim allies population.file=people.csv network=file network.file=ties.csv district=0
                                          your own people: citizens, officials, politicians
  engagesim allies place=my_place         in societies that represent your place: kinds of people, not names
  engagesim allies after=outputs/run/my_run   from the end of a stored run, or of a snapshot (its file)
  engagesim allies scenario=merit_state population.districts=1 population.citizens=100 output=my_allies
  engagesim allies most=4 every=3 budget=2000 'costs={brief: 100}'    fewer allies, and your own costs
""",
        """\
The command simulates pairs of futures from today that differ only in whether somebody is approached. The result is not
a forecast of what people will do; docs/howto/allies.md explains it.
""",
        """\
The folder holds report.html (the answer, a map, tables), allies.csv (every actor), path.csv (the order), levers.csv
(what moves whom), coalitions.csv (how few allies suffice) and fragility.csv. Names in your files appear there and in
the copies of the files (inputs), but never in the log.
""",
        _MECHANISMS,
    ),
    "validate": Command(
        "test the model against documented facts, and write a scorecard",
        """\
  engagesim validate                                  all facts of the package, over the calibrated ensemble
  engagesim validate size=quick rivals=false          a quick look
  engagesim validate facts=my_facts                   your own facts: a folder with one YAML file per fact
  engagesim validate only=[E05,E07] calibration=none  some facts, with the default parameters only
  engagesim validate citizens.learning=0              with a parameter that overrides calibration and facts
""",
        "Any numeric parameter can be set by its path. docs/facts.md explains how to write a fact.\n",
        """\
The folder holds report.html (for readers), scorecard.csv (one row per check), scorecard.json, and the config. The exit
code is 0 whether or not facts are met: a missed fact is a result, not an error.
""",
        _MECHANISMS,
    ),
    "robustness": Command(
        "judge each headline claim in variations of the model; the same command continues a panel that was stopped",
        """\
  engagesim robustness                                all claims of the package in all variations
  engagesim robustness output=my_panel                repeat it to continue if stopped
  engagesim robustness size=quick only=[forms]        a quick look at the claims of one file
  engagesim robustness claims=my_claims               your own claims: a folder of files, written like facts
  engagesim robustness 'axes.learning={none: {set: {citizens.learning: 0}}, slow: {times: {citizens.learning: 0.5}}}'
                                                      with your own variations
  engagesim robustness citizens.learning=0            with a parameter that overrides calibration, claims and variations
""",
        """\
Any numeric parameter can be set by its path. The variations are in conf/robustness.yaml, the claims in
src/engagesim/validation/claims; docs/facts.md explains how they are written.
""",
        """\
The folder holds report.html (for readers), robustness.csv (one row per claim and variation), and the config. The exit
code is 0 whether or not claims hold: a claim that flips is a result, not an error.
""",
        _MECHANISMS,
    ),
    "calibrate": Command(
        "find parameter sets that meet the facts; the same command continues one that was stopped",
        """\
  engagesim calibrate output=my_calibration           waves of sets, then a judgement; repeat it to continue if stopped
  engagesim calibrate rivals=true output=my_calibration   the null models too, each with the same effort
  engagesim calibrate waves=8 sets=400 judged=200 output=long
  engagesim calibrate morris=4 sobol=16 output=screened   first screen for parameters that move the facts
  engagesim calibrate facts=my_facts                  with your own facts
""",
        """\
Any numeric parameter can be fixed by its path. The prior is in src/engagesim/validation/prior.yaml.
""",
        """\
The folder holds tried.jsonl (every set tried), calibration.yaml (the ensemble, what it pins down and what it predicts;
copy it into conf/calibration to use it by its name), screening.csv and indices.csv if requested, the config, and with
rivals=true a folder for each null model. You may add rivals=true later: the sets already tried are used again.
""",
        _MECHANISMS,
    ),
    "survey": Command(
        "turn a survey into people for a society, with a mapping file",
        """\
  engagesim survey mapping.yaml                writes the folder mapping: people.csv, check.html, place.yaml
  engagesim survey mapping.yaml output=people  into another folder
""",
        after="""\
The mapping file states which question becomes which attribute, and why: see docs/howto/survey.md. The survey may be
CSV, Excel, Stata, SPSS (needs the extra spss) or Parquet. check.html compares survey, margins and society.
""",
        keys={"output": "a folder for the results (default: the mapping file's name without .yaml)"},
    ),
    "plot": Command(
        "draw the figures of a study",
        """\
  engagesim plot my_study                 draw the figures that fit the design into my_study/figures
  engagesim plot my_study output=figures  draw into another folder
  engagesim plot my_study measure=quality output=figures_of_quality   for a measure other than the study's
  engagesim plot res/seed=1               a folder with = in its name; write a folder output=x as ./output=x
""",
        keys={
            "output": "a folder for the figures (default STUDY/figures)",
            "measure": "a measure for the main figures (default: that of the study)",
        },
    ),
    "export": Command(
        "export a study as CSV, netCDF, Excel, Stata or SPSS",
        """\
  engagesim export my_study               writes my_study/export: runs.csv, study.nc (netCDF), and months.csv if stored
  engagesim export my_study format=xlsx,dta,sav output=data   for Excel, Stata and SPSS (needs the extra spss)
  engagesim export my_study agents=0,7 output=agents          with all agents at the end of the runs in rows 0 and 7
  engagesim export my_study agents=0 mechanisms=my_study/inputs/fatigue.py
                                          with their mechanism: read the copy first, because its code runs
""",
        keys={
            "output": "a folder for the tables (default STUDY/export)",
            "format": "csv, netcdf, xlsx, dta or sav, one or several (default csv,netcdf)",
            "agents": "rows of the runs to simulate again; the agents and events of these runs are written, too",
            **_MECHANISMS,
        },
    ),
    "parameters": Command(
        "list every parameter with unit, range, default and evidence",
        """\
  engagesim parameters                          every parameter, for the terminal
  engagesim parameters --format markdown        as a Markdown table
  engagesim parameters --format json-schema     a schema for editors that check YAML
  engagesim parameters calibration=none         without the sets of the default calibration
  engagesim parameters mechanisms=fatigue.py    with the settings of a mechanism of your own
""",
        keys={
            "calibration": "the calibration whose ensemble shows which parameters are pinned down (default: default)",
            **_MECHANISMS,
        },
    ),
    "app": Command(
        "open the dashboard: a live society in a browser",
        """\
  engagesim app                           the dashboard on this machine, http://127.0.0.1:8765/; Ctrl-C ends it
  engagesim app port=0 open=false         on any free port, without opening a browser
  engagesim app studies=my_results        with the sweeps and comparisons in your folder
  engagesim app place=my_place            with your place
  engagesim app boundaries=map.geojson    with a map of your districts in Explore
  engagesim app host=0.0.0.0              open to everybody who can reach this machine: no password
""",
        after="""\
This needs the extra app: engagesim[app]. The page loads everything from this server, so it works without a network.
""",
        keys={
            "host": "name or address of this machine (default 127.0.0.1: no other machine can reach it)",
            "port": "a port; 0: any free one (default 8765)",
            "open": "auto (opens a browser if run in a terminal), true or false",
            "studies": "a folder that holds sweeps and comparisons; nothing outside it is read (default outputs)",
            "place": "your place, shown in My place: its file, or a folder that engagesim place wrote",
            "boundaries": "GeoJSON with one area per district, a map on which Explore shows the districts of a society",
            "names": "host names of a proxy for the server, separated by commas; requests to other names are refused",
        },
    ),
    "page": Command(
        "write a laboratory, or a lesson, as one HTML file in which the model runs",
        """\
  engagesim page                                          a page in which the default society runs
  engagesim page scenario=clientelist_trap output=trap.html
  engagesim page scenario=merit_state engagement=survey incentives.patronage=0.2
  engagesim page place=my_place                           the society most like your place
  engagesim page scenario=village network.file=ties.csv population.file=people.csv
  engagesim page mechanisms=fatigue.py                    with a mechanism of your own (needs the extra web)
  engagesim page lesson=clientelist_trap                  a lesson: predict, see, try
  engagesim page scenario=contested_reform years=8        a class session: groups set a policy each year
""",
        "Describe the society with the keys of engagesim run; any parameter can be set by its path.\n",
        """\
The page needs no server, no network and no installation: share it as a file, by email or on a learning platform. It
holds everything that was read from your files. Its results equal those of engagesim run, bit for bit.
""",
        keys={
            "output": "an HTML file, new or a page to replace (default outputs/page/laboratory.html, or LESSON.html)",
            "lesson": "a lesson instead of a society",
            "years": "years of a class session, in which groups set a policy each year and compare their histories",
            "place": "your place: its file, or a folder that engagesim place wrote",
            **_MECHANISMS,
        },
    ),
    "completion": Command(
        "print a script that lets a shell complete commands, settings, choices and files",
        """\
  engagesim completion bash               in ~/.bashrc: eval "$(engagesim completion bash)"
  engagesim completion zsh                in ~/.zshrc, after compinit: eval "$(engagesim completion zsh)"
  engagesim completion fish               into ~/.config/fish/completions/engagesim.fish
""",
    ),
    "help": Command(
        "explain a command and all its settings",
        """\
  engagesim help                          all commands
  engagesim help sweep                    one command; the same as engagesim sweep --help
""",
    ),
}  # fmt: skip
"""Help of each command by name; the module of the same name does the work."""


def help_on(arguments: Sequence[str]) -> int:
    """Print the help of the program or of one command."""
    match arguments:
        case []:
            print(overview(), end="")
        case [name] if name in COMMANDS:
            print(usage(name), end="")
        case [name]:
            raise no_command(name)
        case _:
            raise EngagementError(f"help: {' '.join(arguments)!r}: must be one command, as in: engagesim help run")
    return 0


def no_command(name: str) -> EngagementError:
    """Return the error for a command that does not exist."""
    return EngagementError(no_such(name, "command", COMMANDS, "; engagesim help lists them"))


def settings() -> dict[str, Any]:
    """Return groups, flags and settings of every command, and the parameters."""
    found: dict[str, Any] = json.loads(SETTINGS.read_text("utf-8"))
    return found


def overview() -> str:
    """Return the help of the program."""
    commands = _listed({name: command.purpose for name, command in COMMANDS.items()})
    return f"""\
engagesim: how states and societies engage, agent by agent

Examples
  engagesim run                                        simulate a contested reform
  engagesim run scenario=merit_state engagement=survey incentives.patronage=0.2
  engagesim run -m seed=1,2,3                          several runs, one folder each
  engagesim rerun outputs/run/my_run                   repeat a stored run, check the files
  engagesim sweep study=coalition_phase output=my_study  thousands of societies; repeat it to continue
  engagesim plot my_study                              figures of a study
  engagesim compare output=my_report                   packages of interventions, their effects and costs
  engagesim app                                        the dashboard: a live society in a browser
  engagesim page                                       a live society in one HTML file, to share

Commands (see `engagesim help COMMAND`, or COMMAND --help)
{commands}
  --version     the version of the package

Every command accepts log=info (or debug): it then reports on standard error what it does and how long each phase takes.
Warnings are always shown. Commands that simulate write a log.txt into their folder of results.

Exit codes: 0 done, 1 a bug in engagesim (or a rerun with different results), 2 an error in the input (one line states
what it must be), 130 interrupted (143 by SIGTERM, 129 by SIGHUP).
"""


def usage(name: str) -> str:
    """Return the help of a command."""
    command, known = COMMANDS[name], settings()["commands"].get(name, {})
    purpose = f"{command.purpose[0].upper()}{command.purpose[1:]}.\n"
    keys = {key: _said(entry) for key, entry in known.get("settings", {}).items()}
    keys |= command.keys
    flags = {flag: entry["says"] for flag, entry in known.get("flags", {}).items()}
    parts = [purpose, f"Examples\n{command.examples}", command.before]
    if known.get("groups"):
        names = f"Groups (set each to the name of one of its choices): {', '.join(known['groups'])}."
        parts.append(f"{textwrap.fill(names, _WIDTH)}\n")
    parts += [f"{title}\n{_listed(lines)}\n" for title, lines in (("Keys", keys), ("Flags", flags)) if lines]
    return "\n".join(part for part in (*parts, command.after) if part)


def _said(entry: Mapping[str, Any]) -> str:
    return f"{entry['says']} (default {entry['default']})" if "default" in entry else str(entry["says"])


def _listed(lines: Mapping[str, str]) -> str:
    """Return names in a column, each with its explanation."""
    return "\n".join(_rows(lines))


def _rows(lines: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, lines)) + 2
    for name, said in lines.items():
        yield textwrap.fill(
            said, _WIDTH, initial_indent=f"  {name:{width}}", subsequent_indent=" " * (width + 2),
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip
