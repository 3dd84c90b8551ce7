# Everything runs in .venv, which the first target to need it makes from the lock.
# Another Python gets an environment of its own: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# PyAirbyte pins packages of its own, so the example has an environment to itself.
EXAMPLE_VENV ?= .venv-example
EXAMPLE_PYTHON ?= $(PYTHON)
EXAMPLE_BIN := $(EXAMPLE_VENV)/bin
EXAMPLE_READY := $(EXAMPLE_VENV)/.ready
READY := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 4
TARGETS ?= test

# The sandbox listens on a loopback address, which no proxy can reach.
PAST_PROXY := $(or $(NO_PROXY),$(no_proxy))
export NO_PROXY := $(PAST_PROXY:%=%,)127.0.0.1,localhost
export no_proxy := $(NO_PROXY)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# As in the image, whose bytecode is made with it: a command compiles nothing at its start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv catalog form-test chaos example example-test report image image-test demo bench profile sandbox test test-all lint types unit e2e coverage format lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Run every report against the sandbox and show what comes out
	$(BIN)/python -m integration_tests.demo

bench: $(READY) ## Measure speed and memory beside what is possible; ONLY=records for a part
	$(BIN)/python -m integration_tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write)

profile: $(READY) ## Where the time of a record goes, by stage
	$(BIN)/python -m integration_tests.bench --only stages $(if $(WRITE),--write)

chaos: $(READY) ## Sync under random faults and kills, four to eight minutes; SEED=n repeats one trial
	$(BIN)/python -m integration_tests.chaos $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED))

# Of all that PyAirbyte brings along, Google's packages complain of Pythons that are still alive.
example example-test report: export PYTHONWARNINGS := ignore::FutureWarning

example: $(READY) $(EXAMPLE_READY) ## Run examples/pyairbyte_duckdb.py against the sandbox: three answers from DuckDB
	$(EXAMPLE_BIN)/python -m integration_tests.run_example $(BIN)/source-incontact

report: $(READY) $(EXAMPLE_READY) ## Sync twice, build the dbt models, and draw example-output/report.html
	$(EXAMPLE_BIN)/python -m integration_tests.run_example $(BIN)/source-incontact report

example-test: $(READY) $(EXAMPLE_READY) ## Sync twice; compare DuckDB, the dbt models and the page with the truth
	@command -v $${CHROMIUM:-chromium} > /dev/null || \
		{ echo "make example-test needs Chromium (Debian: apt-get install chromium)." >&2; exit 1; }
	$(EXAMPLE_BIN)/python -m integration_tests.check_example $(BIN)/python

image: $(READY) ## Build the image, with Docker or, where no daemon answers, without
	$(BIN)/python tools/image.py build $(if $(BASE_IMAGE),--base $(BASE_IMAGE))

image-test: image ## Compare the image with the command, against the sandbox
	$(BIN)/python -m integration_tests.check_image

FORM := integration_tests/form

form-test: $(READY) ## Fill in the form in headless Chromium, and let the connector check what it holds
	@command -v node > /dev/null && command -v $${CHROMIUM:-chromium} > /dev/null || \
		{ echo "make form-test needs Node.js and Chromium (Debian: apt-get install nodejs npm chromium)." >&2; exit 1; }
	cd $(FORM) && npm ci --silent --no-audit --no-fund && npm run --silent build
	$(BIN)/python -m integration_tests.check_form

sandbox: $(READY) ## Start the sandbox, a small inContact on this machine, and leave it running
	$(BIN)/python -m integration_tests.sandbox

catalog: $(READY) ## Write the catalogs, the sample state and the tables of docs/ anew
	$(BIN)/python -m integration_tests.acceptance_files

test: lint types ## Lint, types, all unit and end-to-end tests
	$(PYTEST) -n $(WORKERS) --dist loadgroup

test-all: ## make test on Python 3.10, 3.11 and 3.13, each where it is installed, in its own environment
	@$(PYTHON) tools/test_all.py $(TARGETS)

lint: $(READY) ## Check style, formatting and the lock
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo --no-cache > /dev/null || $(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python tools/lock.py --check

types: $(READY) ## Check the types
	$(BIN)/mypy

unit: $(READY) ## Run the unit tests only
	$(PYTEST) -n $(WORKERS) --dist loadgroup unit_tests

e2e: $(READY) ## Run only the tests that talk to the sandbox
	$(PYTEST) -n $(WORKERS) --dist loadgroup integration_tests

coverage: $(READY) ## Run all tests and report the coverage, which takes twice as long
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadgroup
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

format: $(READY) ## Format the code and fix what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(READY) ## Lock the dependencies afresh
	$(BIN)/python tools/lock.py

venv: $(READY) ## Make the environment in .venv

clean: ## Remove the environment and everything made by tests
	rm -rf $(VENV) .venv-* .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist demo-output example-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.txt pyproject.toml | $(BIN)/pip
	@echo "Installing the locked packages into $(VENV); the first time takes a minute or two."
	@$(BIN)/pip install -qq --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install -qq --no-build-isolation --no-deps --editable .
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' || \
		{ echo "source-incontact needs Python 3.10 to 3.13: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make environments: install its venv package (Debian: python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

$(EXAMPLE_READY): examples/requirements.txt
	@$(EXAMPLE_PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' || \
		{ echo "PyAirbyte needs Python 3.10 to 3.12: make example EXAMPLE_PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Installing PyAirbyte, dbt and Altair into $(EXAMPLE_VENV): 0.9 GB, which takes some minutes the first time."
	@$(EXAMPLE_PYTHON) -m venv --clear $(EXAMPLE_VENV)
	@$(EXAMPLE_BIN)/pip install -qq --require-hashes -r $<
	@touch $@
