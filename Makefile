# Two commands matter: `make demo` and `make test`. Both make what they need and may be repeated at any time.
# VENV=/path uses a ready environment as it is; PYTHON=python3.12 makes ours with another Python; ARGS go to pytest, or to the bench.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
# Where it is set, each of the many processes would compile every module again.
export PYTHONDONTWRITEBYTECODE :=
SERVERS := $(BIN)/python -m nopic.demo.servers run --ephemeral
# What settings need before there are secrets; nothing that runs with these can be reached from outside.
TESTING := SECRET_KEY=only-for-tests-and-checks-of-this-machine-0123456789 NOPIC_TESTING=1
CHECKING := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') FIELD_KEY=only-for-checks BASE_URL=https://portal.example
FIND_PYTHON := command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install the Debian package python3 (3.11 or newer), or set PYTHON."; exit 1; }

ifeq ($(VENV),.venv)
DEMO_READY := .venv/demo.stamp
TEST_READY := .venv/test.stamp
endif

.PHONY: help demo demo-reset test lint bench format messages lock demo-parts test-parts

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: demo-parts $(DEMO_READY) ## start everything, with demo data, on http://localhost:8000 (PORT=… for another)
	@exec $(BIN)/python -m nopic.demo.launcher

demo-reset: demo-parts $(DEMO_READY) ## forget the demo's data and start afresh
	@exec $(BIN)/python -m nopic.demo.launcher --reset

test: test-parts $(TEST_READY) ## run all tests on servers of their own (ARGS='tests/oid -x' for some)
	@$(TESTING) exec $(SERVERS) --in-memory -- $(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: $(TEST_READY) ## check style, types, templates, migrations and deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(TESTING) DATABASE_URL=postgres://nopic_app@localhost/nopic $(BIN)/mypy
	OID_DATABASE_URL=postgres://oid@localhost/oid $(BIN)/mypy --config-file nopic/oid/mock/mypy.ini
	$(BIN)/djlint --quiet --lint templates
	@$(CHECKING) $(SERVERS) --in-memory -- $(BIN)/python manage.py makemigrations --check --dry-run
	@$(CHECKING) $(SERVERS) --in-memory -- $(BIN)/python manage.py check --deploy --fail-level WARNING --database default

bench: test-parts $(TEST_READY) ## measure, with the goal beside each figure (ARGS=--quick: small, for a look)
	@$(TESTING) exec $(SERVERS) -- $(BIN)/python manage.py bench $(ARGS)

format: $(TEST_READY) ## bring the code into the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(TEST_READY) ## collect the texts to translate
	$(TESTING) DATABASE_URL=postgres://nopic_app@localhost/nopic $(BIN)/python manage.py makemessages --all --no-obsolete

lock: $(TEST_READY) ## resolve pyproject.toml again into the hashed locks (needs uv)
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/production.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group demo -o requirements/demo.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group demo --group dev -o requirements/dev.txt

demo-parts:
	@$(FIND_PYTHON)
	@$(PYTHON) nopic/demo/system.py venv pango

test-parts:
	@$(FIND_PYTHON)
	@$(PYTHON) nopic/demo/system.py venv pango chromium

.venv/bin/pip:
	@$(FIND_PYTHON)
	@$(PYTHON) nopic/demo/system.py venv
	@$(PYTHON) -m venv --clear .venv || { echo "The environment could not be made in $(CURDIR)/.venv: is the folder writable and the disk not full?"; exit 1; }

.venv/demo.stamp: requirements/demo.txt | .venv/bin/pip
	@echo "Installing the Python packages into .venv (a minute, once)."
	@.venv/bin/pip install -qq --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

.venv/test.stamp: requirements/dev.txt | .venv/bin/pip
	@echo "Installing the Python packages for tests into .venv (a minute, once)."
	@.venv/bin/pip install -qq --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@
