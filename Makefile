.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What never touches a database, or what a page looks like, need not be run on each.
STORED := tests/storage tests/spine tests/conversations tests/dossiers tests/privacy tests/chaos \
	$(addprefix --ignore=tests/conversations/test_,steps.py free_text.py officials_only.py) \
	--ignore=tests/dossiers/test_files.py \
	$(addprefix tests/channels/zalo/test_zalo_,consent.py processes.py tokens.py window.py) \
	$(addprefix tests/command_line/test_,doctor.py dossiers.py officials.py processes.py refusals.py reports.py) \
	$(addprefix tests/walks/test_,service.py telegram.py webhooks.py zalo.py)
# Twice as many as the cores of a small machine: walks and browsers mostly wait.
BESIDE := -n 4 --dist worksteal

# A hundred processes start in the tests: each would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

help: ## what can be made here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/than-thien.pth"
	@touch $@

$(VENV)/developing: requirements-dev.lock $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/installed ## make .venv with what the service needs

develop: $(VENV)/developing ## the same, with what its tests need

run: install ## start the service with the shipped commune on http://127.0.0.1:8080
	$(BIN)/python -m bot run

lint: develop ## style, types, directions of import, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

test: lint ## lint, then the whole suite on SQLite and on PostgreSQL
	$(BIN)/pytest $(BESIDE)
	KILLS=10 TEST_DATABASE_URL=postgresql $(BIN)/pytest $(BESIDE) $(STORED)

QUALITY := .venv-quality
$(QUALITY)/installed: requirements-quality.txt $(VENV)/developing
	$(PYTHON) -m venv $(QUALITY)
	$(QUALITY)/bin/pip install --quiet --disable-pip-version-check -r requirements-quality.txt
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$($(QUALITY)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tests.pth"
	@touch $@

coverage: $(QUALITY)/installed ## the suite on SQLite, and which branches it never takes
	$(QUALITY)/bin/python -m pytest $(BESIDE) --cov --cov-report=term:skip-covered

mutants: $(QUALITY)/installed ## change the program a little: which changes does no test see?
	$(QUALITY)/bin/python -m tests.mutants

FOR ?= 60
fuzz: $(QUALITY)/installed ## try every parser for FOR=60 seconds with what atheris makes up
	$(QUALITY)/bin/python -m tests.fuzz | while read -r parser; do \
		echo "$$parser"; $(QUALITY)/bin/python -m tests.fuzz "$$parser" $(FOR) || exit 1; done

chaos: develop ## break the service for an hour or two, on SQLite and on PostgreSQL; prints its seeds
	KILLS=200 CHAOS=5 CHAOS_SECONDS=60 $(BIN)/pytest tests/chaos -s
	KILLS=200 CHAOS=5 CHAOS_SECONDS=60 TEST_DATABASE_URL=postgresql $(BIN)/pytest tests/chaos -s

audit: ## ask for known holes in every locked package (needs a network)
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check "pip-audit>=2.9,<3"
	.venv-audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

bench: develop ## measure it beside the smallest rival program and print the table
	$(BIN)/python -m benchmarks

bench-full: develop ## the long run, an hour: a notice to 100,000 people, killed in the middle
	$(BIN)/python -m benchmarks notices-full

texts: develop ## collect the sentences of the code into the catalogs
	$(BIN)/python -m messages.catalogs

lock: develop ## refresh the locks (needs uv)
	uv lock --quiet
	uv export --quiet --no-header --no-emit-project --no-default-groups --extra errors --extra postgres -o requirements.lock
	uv export --quiet --no-header --no-emit-project --extra errors --extra postgres -o requirements-dev.lock

.PHONY: help install develop run lint test coverage mutants fuzz chaos audit bench bench-full texts lock
