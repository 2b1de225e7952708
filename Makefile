# Two commands: `make plan` and `make test`. Both set up .venv first; setting up twice costs nothing.
PYTHON ?= python3
LOCK := requirements.lock
BIN := .venv/bin
DAY ?= 2026-11-16

.PHONY: setup plan test check lock
setup: .venv/.ready

.venv/.ready: $(LOCK) pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode $(LOCK)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

plan: setup  ## set up, then plan the demo business for its day; already published (5) counts as success
	$(BIN)/workbench plan --date $(DAY) || test $$? -eq 5

test: setup  ## set up, then pass the tests
	$(BIN)/pytest

check: setup  ## lint, types, floors, notebooks without outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/nbstripout --verify --keep-id notebooks/*.ipynb notebooks/dashboards/*.ipynb

lock: setup  ## pin every version anew, with hashes and without naming an index
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --all-extras pyproject.toml --output-file $(LOCK)
