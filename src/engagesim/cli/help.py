"""What ``--help`` says: examples first. Kept apart from the commands, so that help comes at once."""

OVERVIEW = """\
engagesim: how states and societies engage, agent by agent

Examples
  engagesim run                                        simulate the society of the defaults
  engagesim run scenario=merit_state engagement=survey incentives.patronage=0.2
  engagesim run -m seed=1,2,3                          several runs, one folder each
  engagesim rerun outputs/run/my_run                   repeat a stored run and compare the bytes
  engagesim sweep study=coalition_phase output=my_study  thousands of societies; the same command goes on if stopped
  engagesim compare comparison=forms output=my_report  packages of interventions, their effects and costs
  engagesim validate                                   put the model to documented facts: the scorecard
  engagesim validate facts=my_facts                    and to facts of your own
  engagesim plot my_study                              draw what came of a study
  engagesim export my_study                            netCDF and CSV
  engagesim parameters                                 every parameter with unit, range, default and source
  engagesim app                                        the dashboard: a society live, in a browser

Commands
  run, rerun, sweep, compare, validate, calibrate, plot, export, parameters, app
                                `engagesim help COMMAND` (or COMMAND --help) says more
  --version                     the version of the package

Every command takes log=info (or debug): it then says on standard error what it does and where the time goes; warnings
are always said. Commands that simulate keep a log.txt among their results.

Exit codes: 0 done, 1 our fault, 2 the input's fault (one line says what is allowed), 130 interrupted
(143 by SIGTERM, 129 by SIGHUP).
"""

RUN = """\
Examples
  engagesim run                                            the society of the defaults
  engagesim run scenario=clientelist_trap                  a ready scenario
  engagesim run scenario=merit_state engagement=survey     with another form of engagement
  engagesim run incentives.patronage=0.2 months=240        any parameter, by its path
  engagesim run scenario=village network.file=ties.csv population.file=people.csv
                                                           with a network and people of your own
  engagesim run mechanisms=fatigue.py fatigue.rest=0.1     with a mechanism of your own, which is Python
  engagesim run -m seed=1,2,3 engagement=survey,committee  six runs, one folder each
  engagesim run -m seed=1,2,3 hydra/launcher=joblib        side by side; submitit_slurm hands them to Slurm
  engagesim run seed=7 output=my_run progress=false agents_every=12
  engagesim run scenario=contested_reform animate=true     and a film of the network and the curves
  engagesim run --cfg job scenario=merit_state             show the composed config and run nothing

  engagesim run my_study 17 output=opened                  the society of row 17 of a study, to look at

mechanisms=FILE, or mechanisms=[ONE.py,OTHER.py], runs the code in files: name none that you do not trust. What they
declare is set by its path like any other parameter.
Groups: population, network, incentives, engagement, trends, scenario; overrides are in Hydra's syntax. A scenario
chooses among the other groups and may set numbers; what the command line says goes before what a scenario says.
A text (a name, a folder, a file) is used as it is typed; quotes around it are taken off.
`engagesim parameters` lists every parameter. Four more keys say how a run is done:
  output=DIR        a folder that is not there yet, or empty (default: outputs/run/DATE-TIME); a multirun numbers its
                    runs in it from 0
  progress=auto     a progress bar in a terminal; true or false: always or never
  agents_every=K    keep everybody's state and reasons at the end of every K-th month (0: never)
  animate=true      write animation.gif, up to 100 frames; mp4 writes animation.mp4 where ffmpeg is installed

Flags: -m (--multirun), --cfg job|hydra|all, --resolve (with --cfg).
"""

RERUN = """\
Examples
  engagesim rerun outputs/run/my_run      repeat a stored run; exit code 0: the same bytes, 1: not the same
  engagesim rerun my_study 17             repeat the run in row 17 of a study (rows are counted from 0)
  engagesim rerun my_study 17 mechanisms=my_study/inputs/fatigue.py
                                          with the mechanism that it was made with: read the copy first, it is code

Where the bytes differ, the versions, the commit and the input files that changed since the run are named. Input files
are read from the copies that the folder holds, wherever it lies now.
"""

SWEEP = """\
Examples
  engagesim sweep study=coalition_phase                     a ready study
  engagesim sweep study=coalition_phase size=5 output=big   five times the seeds; the same command goes on if stopped
  engagesim sweep study=networks replicates=auto width=0.05  seeds until each interval is that narrow
  engagesim sweep scenario=merit_state replicates=50 \\
      factors.patronage.path=incentives.patronage 'factors.patronage.values=[0,0.2,0.4]'
  engagesim sweep study=incentives_sobol executor=dask executor.workers=2
  engagesim sweep design=list design.file=points.csv        points of your own: a column a path
  engagesim sweep mechanisms=fatigue.py 'factors.rest={path: fatigue.rest, values: [0,0.1]}'
                                                            with a mechanism of your own, whose settings vary

Groups: those of a run, and study, design, executor; overrides are in Hydra's syntax. Further keys:
  factors           what varies: path with low and high (levels, log) or values
  choices           groups of the config to cross, as 'choices.engagement=[survey,committee]'
  replicates        seeds a point, or auto with measure, width and most_replicates
  trajectories      true: keep every month of every run
  size              multiplies samples, or replicates where the points are given
  mechanisms=FILE   a mechanism of your own, or [ONE.py,OTHER.py]; measure and factors know what it declares
  output=DIR        the study's folder: new, or the one where it was begun (default: outputs/sweep/DATE-TIME)
  progress=auto     a progress bar in a terminal; true or false: always or never

The folder holds manifest.json, config.yaml, and Parquet parts in runs/ (a row a run) and months/ (a row a month).
"""

COMPARE = """\
Examples
  engagesim compare comparison=forms                           every form of engagement in three contexts
  engagesim compare scenario=contested_reform 'packages={audit: [social_audit], both: [social_audit, merit_protection]}'
  engagesim compare comparison=forms equal=coverage            in as many districts as the cheapest can pay for
  engagesim compare comparison=forms uncertain.contexts=200    and in 200 contexts that are not known
  engagesim compare scenario=merit_state search.tries=200 search.budget=300000    look for good packages
  engagesim compare comparison=forms mechanisms=fatigue.py     and with a mechanism of your own

A package is a list of interventions of conf/intervention, each by its name or as {use: NAME, start: 36, where: 0.5},
or a schedule of your own. The baseline opens no form of engagement unless engagement=NAME is given. Further keys:
  contexts          scenarios to compare in; none: the society as composed
  seeds             seeds, the same for all packages (default 100)
  outcome           what matters most, as quality, coalition_formed, or a measure of a mechanism of your own
  equal, budget     coverage or intensity: scale the packages so that all cost the same
  uncertain         contexts, seeds, least_gain, good_enough and factors of contexts that are not known (factors: those
                    of conf/uncertain.yaml)
  calibration       parameter sets that societies take in turn (default: default), or none
  search            tries, budget, objectives, most and fresh_seeds of a search for packages
  mechanisms=FILE   a mechanism of your own, or [ONE.py,OTHER.py]; schedules may move its settings
  progress=auto     a progress bar in a terminal; true or false: always or never
  output=DIR        a new folder, or the one where the same comparison was begun: stopped, the same command goes on
                    (default: outputs/compare/DATE-TIME)

The folder holds report.html (for readers), comparison.csv and the other tables, and the config.
"""

VALIDATE = """\
Examples
  engagesim validate                                  every fact that ships, over the calibrated ensemble
  engagesim validate size=quick rivals=false          a quick look
  engagesim validate facts=my_facts                   facts of your own: a folder with one YAML file a fact
  engagesim validate only=[E05,E07] calibration=none  some facts, the defaults alone
  engagesim validate citizens.learning=0              with a parameter that goes before calibration and facts

Any numeric parameter can be set by its path. Further keys:
  facts             a folder of facts in place of those that ship; docs/facts.md says how one is written
  only              ids of facts, as [E05,E07]
  size              full (10 trials of 20 districts) or quick (4 of 10: to see that all runs, not to judge)
  calibration       a calibration of conf/calibration (default: default), or none for the defaults alone
  rivals            false: leave out the trivial rivals (officials all alike, no learning, no network)
  knockouts         true: switch off each mechanism of the model in turn as well
  mechanisms=FILE   a mechanism of your own, or [ONE.py,OTHER.py]: the same facts with it, and its settings by path
  progress=auto     a progress bar in a terminal; true or false: always or never
  output=DIR        a folder that is not there yet, or empty (default: outputs/validate/DATE-TIME)

The folder holds report.html (for readers), scorecard.csv (a row a check), scorecard.json, and the config. The exit
code is 0 whether or not facts are met: a result is no error.
"""

CALIBRATE = """\
Examples
  engagesim calibrate output=my_calibration           prior, search and judgement; the same command goes on if stopped
  engagesim calibrate prior=1000 search=2000 walk=1000 calibration=none output=long
  engagesim calibrate morris=4 sobol=16 search=0 output=screened   which parameters move the facts
  engagesim calibrate facts=my_facts calibration=none       to facts of your own

Any numeric parameter can be set by its path, and then stays so. Further keys:
  facts             a folder of facts in place of those that ship
  calibration       one of conf/calibration to begin from (default: default), or none for the defaults
  prior             sets spread over the prior (src/engagesim/validation/prior.yaml)
  morris, sobol     paths of a Morris screening, and base samples of Sobol indices of what matters most; 0: none
  search            sets that differential evolution tries
  walk              sets tried on a walk among those that meet the facts
  judged, keep      best sets judged on fresh seeds, and sets kept in the ensemble at most
  mechanisms=FILE   a mechanism of your own, or [ONE.py,OTHER.py]: its settings stay as they are, the others are sought
  progress=auto     a progress bar in a terminal; true or false: always or never
  output=DIR        a new folder, or the one where the same calibration was begun

The folder holds tried.jsonl (every set that was tried), calibration.yaml (the ensemble; copied into conf/calibration
it can be asked for by its name), screening.csv and indices.csv where they were asked for, and the config.
"""

PLOT = """\
Examples
  engagesim plot my_study                 draw what fits the design into my_study/figures
  engagesim plot my_study output=figures  draw into another folder
  engagesim plot res/seed=1               a folder may hold an equals sign; ./output=x is one called output=x
"""

EXPORT = """\
Examples
  engagesim export my_study               writes my_study/export: runs.csv and study.nc (netCDF), months.csv if kept
  engagesim export my_study output=data   into another folder
"""

PARAMETERS = """\
Examples
  engagesim parameters                          every parameter, for the terminal
  engagesim parameters --format markdown        the same as a Markdown table
  engagesim parameters --format json-schema     a schema for editors that check YAML
  engagesim parameters mechanisms=fatigue.py    with the settings of a mechanism of your own
"""

APP = """\
Examples
  engagesim app                           the dashboard on this machine, http://127.0.0.1:8765/; Ctrl-C ends it
  engagesim app port=0 open=false         on any free port, without opening a browser
  engagesim app studies=my_results        with the sweeps and comparisons of a folder of yours
  engagesim app host=0.0.0.0              for everybody who can reach this machine: it has no password

Keys
  host              name or address of this machine (default 127.0.0.1: nobody else can reach it)
  port              port (default 8765); 0: any free one
  studies           folder that holds sweeps and comparisons (default outputs); nothing outside it is read
  names             names of a proxy in front, with commas; no other name is answered to
  open=auto         open a browser where this is a terminal; true or false: always or never

Needs the extra app: engagesim[app]. Everything the page loads comes from this server; it works without a network.
"""

USAGE = {
    "run": RUN,
    "rerun": RERUN,
    "sweep": SWEEP,
    "compare": COMPARE,
    "validate": VALIDATE,
    "calibrate": CALIBRATE,
    "plot": PLOT,
    "export": EXPORT,
    "parameters": PARAMETERS,
    "app": APP,
}
"""What each command says of itself, by its name."""
