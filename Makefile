# Two commands set everything up: `make check` and `make test`. The rest is for people who change carecmon.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: check test soak lint bench docs lock clean

check: .venv/installed  ## install, then check every shipped indicator on its published figures
	$(BIN)/carecmon check --offline

test: .venv/installed  ## all tests, with their count
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

soak: .venv/installed  ## a simulated year of carecmon run, with everything failing and 50 times kill -9 (about 8 minutes)
	$(BIN)/python -m tests.soak

lint: .venv/installed  ## style, types, and documentation that must match the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_docs.py

bench: .venv/installed  ## the budgets, as ratios measured in one run
	$(BIN)/python bench/start.py
	$(BIN)/python bench/store.py

docs: .venv/installed  ## write the parts of the documentation that are made from the code
	$(BIN)/python -m cogapp -r README.md docs/indicators.md
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/picture.py docs/check.svg

lock: .venv/installed  ## choose newer versions of everything we depend on
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --extra dev --generate-hashes --allow-unsafe --no-header \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "carecmon needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch .venv/installed

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
