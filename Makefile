# Every target sets up what it needs: a .venv in this folder with the locked dependencies, from a bare Python 3.12 or later.
# With uv at hand, `uv sync` and `uv run …` do the same (see README.md).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export UV_PROJECT_ENVIRONMENT := $(VENV)
# Where this is set, as in many containers, each of hundreds of short processes would compile all modules anew for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test lint format test-slow fuzz docs tables screenshots notebooks validation robustness bench clean
.PHONY: compiled package portability web web-check lowest interpreted audit soak

help:
	@echo "make run        set up, simulate a society, and draw what happened (outputs/run)"
	@echo "make test       set up, check style, types, import contracts and spelling, and run the tests"
	@echo "make test-slow  what takes long: checks over many seeds, and engines that are compiled anew"
	@echo "make docs       build the documentation site (outputs/site/index.html)"
	@echo "make fuzz       ten thousand damaged inputs at every door; outputs/fuzz.jsonl says how long they took"
	@echo "make tables     write the tables in docs anew from the code"
	@echo "make screenshots  take the pictures of the dashboard and a report anew (needs Chromium)"
	@echo "make web        build the engine for the web anew (src/engagesim/web/engine.wasm), after rules or the month changed"
	@echo "make web-check  build it, and compare it with the one that is shipped, byte for byte"
	@echo "make notebooks  execute the notebooks anew, in place"
	@echo "make studies    run the studies of docs/studies.md, and draw its figures anew"
	@echo "make validation  put the model to all facts, and write docs/validation.md anew"
	@echo "make robustness  judge every claim in variations of the model, and renew the pages that make them"
	@echo "make bench      measure the engine against its rivals (benchmarks/results/latest.json)"
	@echo "make package    build the package, install it into an empty environment, and use it there"
	@echo "make portability  the same on every Python, with every command"
	@echo "make lowest     test the lowest versions of the dependencies"
	@echo "make interpreted  test the compiled engine as plain Python"
	@echo "make audit      ask for known holes in the dependencies (needs the network)"
	@echo "make soak       the dashboard and a sweep side by side for twenty minutes: is memory flat?"
	@echo "make format     format the code"
	@echo "make clean      remove the environment and all outputs"

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12) and "engagesim needs Python 3.12 or later; this is " + sys.version.split()[0] + " (make PYTHON=/path/to/python3.13 …)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet "uv>=0.9"

# What a user needs, and what a developer needs on top.
$(VENV)/ready: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --python $(BIN)/python --locked --inexact --no-dev --quiet
	@touch $@

$(VENV)/ready-dev: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --python $(BIN)/python --locked --inexact --quiet
	@touch $@

run: $(VENV)/ready
	$(BIN)/engagesim run scenario=contested_reform engagement=cocreation

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml
	$(BIN)/codespell

# Otherwise the first tests of every process would compile it at the same time.
compiled: $(VENV)/ready-dev
	@$(BIN)/python -c "from engagesim import Parameters, simulate; simulate([Parameters().changed({'months': 1})], [1])"

test: lint compiled
	$(BIN)/pytest -n 2 --dist loadgroup -m "not slow"

test-slow: $(VENV)/ready-dev
	$(BIN)/pytest -n 2 -m slow

fuzz: $(VENV)/ready-dev
	mkdir -p outputs
	ENGAGESIM_FUZZ=10000 ENGAGESIM_FUZZ_LOG=$(CURDIR)/outputs/fuzz.jsonl $(BIN)/pytest -n 0 tests/fuzz

format: $(VENV)/ready-dev
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

docs: $(VENV)/ready-dev
	$(BIN)/sphinx-build -W --keep-going -n -q -c docs -d outputs/site-trees . outputs/site

tables: $(VENV)/ready-dev
	$(BIN)/python docs/tables.py

screenshots: $(VENV)/ready-dev
	$(BIN)/python scripts/screenshots.py

# Three minutes. The linker comes with ziglang, which nothing else needs.
web: $(VENV)/ready-dev
	@$(UV) sync --python $(BIN)/python --locked --inexact --extra web --quiet
	$(BIN)/python -m engagesim.web.compiling

# As long: is the engine for the web that is shipped what these sources give, byte for byte?
web-check: $(VENV)/ready-dev
	@$(UV) sync --python $(BIN)/python --locked --inexact --extra web --quiet
	$(BIN)/pytest -n 0 -m slow -k byte_for_byte tests/web/test_laboratory.py

# A minute or two, and the compiling of the engine before.
notebooks: $(VENV)/ready-dev
	$(BIN)/python notebooks/execute.py

# Two minutes. The page gives numbers that its figures carry in their descriptions: read them again.
studies: $(VENV)/ready-dev
	rm -rf outputs/studies
	$(BIN)/engagesim sweep study=coalition_phase output=outputs/studies/map
	$(BIN)/engagesim sweep study=coalition_phase design=boundary measure=coalition_formed design.level=0.2 '~factors.reform_minded' design.samples=80 output=outputs/studies/boundary
	$(BIN)/engagesim sweep study=hysteresis output=outputs/studies/loop
	for study in map boundary loop; do $(BIN)/engagesim plot outputs/studies/$$study; done
	cp outputs/studies/map/figures/map.svg docs/figures/coalition_phase.svg
	cp outputs/studies/boundary/figures/boundary.svg docs/figures/
	cp outputs/studies/loop/figures/loop.svg docs/figures/hysteresis.svg

# Ten minutes on two cores: every fact over the whole ensemble, each null model over its own, and each mechanism switched off.
validation: $(VENV)/ready-dev
	rm -rf outputs/validation
	$(BIN)/engagesim validate calibration=default_and_rivals knockouts=true seed=9001 output=outputs/validation
	cp outputs/validation/report.md docs/validation.md
	cp outputs/validation/figures/ensemble.svg docs/figures/

# Some ten minutes. Then every page that makes claims says of each how far it carries now. The same command continues.
robustness: $(VENV)/ready-dev
	$(BIN)/engagesim robustness output=outputs/robustness
	cp outputs/robustness/report.md docs/robustness.md
	cp outputs/robustness/robustness.csv docs/
	cp outputs/robustness/figures/robustness.svg docs/figures/
	$(BIN)/python docs/tables.py

bench: $(VENV)/ready-dev
	$(BIN)/python benchmarks/measure.py

package: $(VENV)/ready-dev
	$(BIN)/python scripts/portability.py --quick $$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

portability: $(VENV)/ready-dev
	$(BIN)/python scripts/portability.py 3.12 3.13

lowest: $(VENV)/ready-dev
	$(BIN)/python scripts/lowest.py

# Compiled code hides a wrong index; as plain Python the same loops raise. Small societies, so that it takes a minute.
interpreted: $(VENV)/ready-dev
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -n 2 tests/rules tests/engines/test_interpreted.py tests/engines/test_model.py tests/test_policy.py

audit: $(VENV)/ready-dev
	$(UV) export --quiet --all-extras --no-emit-project -o outputs/audited.txt
	$(BIN)/pip-audit --disable-pip --require-hashes -r outputs/audited.txt

soak: $(VENV)/ready-dev
	$(BIN)/python benchmarks/soak.py 20

clean:
	rm -rf $(VENV) outputs multirun
