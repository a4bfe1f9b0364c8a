# Spindle: two commands. `make demo` runs the main job; `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_OUT ?= out/zhao-2025
WORKERS ?= 2
PYTEST_ARGS ?=

.PHONY: help setup demo test lint types imports check docs bench lock clean

help:  ## Show what this Makefile can do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready  ## Make the virtual environment from the hashed lock

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Spindle needs Python 3.11 or newer. Name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

demo: setup  ## Run the main job on the published 25-patient series
	@$(BIN)/spindle report examples/zhao-2025/table1.csv --claims examples/zhao-2025/claims.toml --out $(DEMO_OUT) --force

test: setup  ## Run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

lint: setup  ## Check style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup  ## Check types, strictly
	@$(BIN)/mypy

imports: setup  ## Check that the rooms keep their order
	@$(BIN)/lint-imports

check: lint types imports test  ## Everything that CI checks, but for the demo's numbers

docs: setup  ## Write the generated pages of the documentation
	@$(BIN)/python tools/make_docs.py

bench: setup  ## Measure time and memory beside peers (prints ratios, asserts nothing)
	@$(BIN)/python bench/run.py
	@$(BIN)/python bench/patients.py
	@$(BIN)/python bench/fusions.py

lock:  ## Renew the lock for every supported Python and platform (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --extra dev --extra pdf --upgrade pyproject.toml -o requirements.lock

clean:  ## Remove what was made
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
