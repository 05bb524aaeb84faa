"""What ``--help`` says: examples first. Kept apart from the commands, so that help comes at once."""

OVERVIEW = """\
engagesim: how states and societies engage, agent by agent

Examples
  engagesim run                                        simulate the society of the defaults
  engagesim run scenario=merit_state engagement=survey incentives.patronage=0.2
  engagesim run -m seed=1,2,3                          several runs, one folder each
  engagesim rerun outputs/run/my_run                   repeat a stored run and compare the bytes
  engagesim parameters                                 every parameter with unit, range, default and source

Commands
  run, rerun, parameters        `engagesim COMMAND --help` says more
  --version                     the version of the package

Exit codes: 0 done, 1 our fault, 2 the input's fault (one line says what is allowed), 130 interrupted.
"""

RUN = """\
Examples
  engagesim run                                            the society of the defaults
  engagesim run scenario=clientelist_trap                  a ready scenario
  engagesim run scenario=merit_state engagement=survey     with another form of engagement
  engagesim run incentives.patronage=0.2 months=240        any parameter, by its path
  engagesim run scenario=village network.file=ties.csv population.file=people.csv
                                                           with a network and people of your own
  engagesim run -m seed=1,2,3 engagement=survey,committee  six runs, one folder each
  engagesim run seed=7 output=my_run progress=false agents_every=12
  engagesim run --cfg job scenario=merit_state             show the composed config and run nothing

Groups: population, network, incentives, engagement, trends, scenario; overrides are in Hydra's syntax. A scenario
chooses among the other groups and may set numbers; what the command line says goes before what a scenario says.
`engagesim parameters` lists every parameter. Three more keys say how a run is done:
  output=DIR        a folder that is not there yet, or empty (default: outputs/run/DATE-TIME); a multirun numbers its
                    runs in it from 0
  progress=auto     a progress bar in a terminal; true or false: always or never
  agents_every=K    keep everybody's state and reasons at the end of every K-th month (0: never)

Flags: -m (--multirun), --cfg job|hydra|all, --resolve (with --cfg).
"""

RERUN = """\
Examples
  engagesim rerun outputs/run/my_run      repeat a stored run; exit code 0: the same bytes, 1: not the same

Where the bytes differ, the versions, the commit and the input files that changed since the run are named.
"""

PARAMETERS = """\
Examples
  engagesim parameters                          every parameter, for the terminal
  engagesim parameters --format markdown        the same as a Markdown table
  engagesim parameters --format json-schema     a schema for editors that check YAML
"""

USAGE = {"run": RUN, "rerun": RERUN, "parameters": PARAMETERS}
"""What each command says of itself, by its name."""
