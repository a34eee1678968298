# Everything from a bare Python: `make demo` shows the portal, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Compiled modules make every start faster; some machines forbid them in the environment.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-full lint format bench docs messages lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(BIN)/khlang: requirements/core.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ต้องใช้ Python 3.11 ขึ้นไป / Python 3.11 or newer is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q harvesters portal
	@touch $@

$(VENV)/.dev: $(BIN)/khlang requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# HOST counts only as a word of the command: many shells keep the machine's own name in a variable of that name.
demo: $(BIN)/khlang ## harvest the bundled demonstration sources and serve the portal; PORT=9000 HOST=0.0.0.0 change where
	$(BIN)/khlang demo $(if $(PORT),--port $(PORT)) $(if $(filter command,$(origin HOST)),--host $(HOST))

test: $(VENV)/.dev ## all tests; installs what the browser tests need, when it may
	@sh tests/browser/install.sh
	$(BIN)/python -m pytest -n auto --dist worksteal

test-full: $(VENV)/.dev ## all tests and those that take many minutes: every page at every width, light and dark
	@sh tests/browser/install.sh
	$(BIN)/python -m pytest -n auto --dist worksteal -m ""

test-fast: $(VENV)/.dev ## unit and room tests only
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not browser and not journey and not full"

lint: $(VENV)/.dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## every figure that the project promises, beside its yardstick
	$(BIN)/python -m bench

docs: $(VENV)/.dev ## write the pages of docs/ that are made from the code
	$(BIN)/python -m portal.documenting

messages: $(VENV)/.dev ## collect the Thai sentences of the pages and compile the English ones
	$(BIN)/python -m portal.messages

lock: $(VENV)/.dev ## pin all dependencies with hashes; the files name no host
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements/core.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --all-extras -c requirements/core.txt pyproject.toml -o requirements/dev.txt
	printf "hatchling\neditables~=0.3\n" | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url -c requirements/dev.txt - -o requirements/build.txt

clean: ## remove the environment and caches, never data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
