# Two commands: `make run` and `make test`. Everything they need is installed into .venv from the hashed lock.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PARAMS ?= params/magdeburg/baseline.yaml

.PHONY: run test check lint types key-numbers lab bench clean help

run: $(READY)          ## run the main job: Magdeburg, baseline
	$(BIN)/carelab run $(PARAMS)

# notebooks and the long tests first, the many short ones last: no process waits for the other at the end
test: $(READY)         ## all tests
	$(BIN)/python -m pytest -p tests.quick_start -p no:cacheprovider --nbval-lax --nbval-cell-timeout=120 \
		-n 2 --dist loadscope --no-loadscope-reorder notebooks tests

check: lint types test ## everything that must hold before a change lands

lint: $(READY)
	$(BIN)/ruff check carelab tests notebooks
	$(BIN)/ruff format --check carelab tests

types: $(READY)
	$(BIN)/mypy

lab: $(READY)          ## JupyterLab on the notebooks, on this machine only, in German
	mkdir -p $(VENV)/share/jupyter/lab/settings
	echo '{"@jupyterlab/translation-extension:plugin": {"locale": "de_DE"}}' > $(VENV)/share/jupyter/lab/settings/overrides.json
	$(BIN)/jupyter lab --ip=127.0.0.1 --notebook-dir=. notebooks/00_start_here.ipynb

key-numbers: $(READY)   ## store the notebooks' Kernzahlen anew, after looking at why they changed
	$(BIN)/python tests/notebooks/store_key_numbers.py

bench: $(READY)        ## what is reached, and how long it takes: FULL=--full measures the largest cases, too
	$(BIN)/carelab bench $(PARAMS) --plain
	OMP_NUM_THREADS=1 $(BIN)/python -m carelab.runs.bench_forecast $(FULL)  # else statsmodels waits for its own threads
	$(BIN)/python -m carelab.runs.bench_backtests
	$(BIN)/python -m carelab.runs.bench_areas
	$(BIN)/python -m carelab.runs.bench_tours $(FULL)
	$(BIN)/python -m carelab.runs.bench_portfolio params/kreise.yaml $(if $(FULL),,--limit 60)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'carelab needs Python 3.11 or newer')"
	$(PYTHON) -m venv $(VENV)
	@echo "Pakete werden geladen und geprüft; das dauert einige Minuten …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:                 ## remove the environment and caches, keep outputs
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis

help:                  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'
