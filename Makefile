PYTHON  ?= python3
VENV    ?= .venv
ARGS    ?=
CHOICE  ?= locked
MINUTES ?= 10

BIN      := $(VENV)/bin
RUN      := $(VENV)/.ready-run
DEV      := $(VENV)/.ready-dev
BENCH    := $(VENV)/.ready-bench
DEMO     := examples/size-4cm-off.yaml
VERSIONS := 3.11 3.12 3.13
PYTEST   := -m pytest -n auto --maxprocesses=2

.DEFAULT_GOAL := help
.PHONY: help demo test test-unit test-latest test-browser hunt check check-format check-lint check-types check-wheel check-packs check-tests format bench lock clean

help: ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 - /p' Makefile
	@echo 'PYTHON=python3.12 makes the environment with that one (after make clean); ARGS="-k size -x" goes to pytest.'

demo: $(RUN) ## decide a real case and print its trace
	@echo 'demo: decides $(DEMO) and prints the trace'
	@$(BIN)/refundrules decide $(DEMO) --trace

test: $(DEV) ## run all tests, laws over the same examples each time
	@$(BIN)/python -c 'import importlib.util as u, platform as p; print("test: runs all tests on Python", p.python_version(), \
	    "with" if u.find_spec("durable_rules_engine") else "without", "durable-rules, with")' | tr '\n' ' '
	@cat $(DEV)
	@$(BIN)/python $(PYTEST) $(ARGS)

test-unit: $(DEV) ## run what takes half a minute: no laws, no processes, nothing slow
	@echo 'test-unit: runs the small tests'
	@$(BIN)/python $(PYTEST) -m 'not law and not process and not slow' $(ARGS)

hunt: $(DEV) ## search MINUTES long, with fresh seeds, for cases in which a law does not hold
	@echo 'hunt: searches $(MINUTES) minutes'
	@$(BIN)/python scripts/hunt.py $(MINUTES) $(ARGS)

test-latest: ## run all tests with the newest packages allowed instead of the locked ones
	@rm -f .venv-latest/.ready-*
	@$(MAKE) --no-print-directory test VENV=.venv-latest CHOICE=newest

test-browser: $(DEV) ## check the report in Chromium, which is installed where it is missing and that is possible
	@echo 'test-browser: reads and prints reports in a browser'
	@browser=`$(BIN)/python scripts/find_browser.py` && CHROMIUM="$$browser" $(BIN)/python -m pytest tests/browser $(ARGS)

check: check-format check-lint check-types check-wheel check-packs check-tests ## check format, lint, types, wheel and packs; test on 3.11, 3.12 and 3.13
	@echo 'check: all of it holds'

check-format: $(DEV) ## check that the code is formatted
	@echo 'check-format: compares with what ruff would write'
	@$(BIN)/ruff format --check

check-lint: $(DEV) ## lint the code
	@echo 'check-lint: lints with ruff'
	@$(BIN)/ruff check

check-types: $(DEV) ## check the types strictly
	@echo 'check-types: checks the types with mypy, strictly'
	@$(BIN)/mypy

check-wheel: $(DEV) ## decide a case with the built wheel, away from the source
	@echo 'check-wheel: builds the wheel and decides $(DEMO) with it'
	@rm -rf $(VENV)/wheel
	@$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --target $(VENV)/wheel .
	@{ find refundrules -type f ! -path '*/__pycache__/*'; find rules -type f | sed 's|^|refundrules/|'; } | while read -r file; do \
	    test -f "$(VENV)/wheel/$$file" || { echo "the wheel lacks $$file" >&2; exit 1; }; done
	@cd / && PYTHONPATH="$(CURDIR)/$(VENV)/wheel" "$(CURDIR)/$(VENV)/wheel/bin/refundrules" decide "$(CURDIR)/$(DEMO)" >/dev/null

check-packs: $(DEV) ## prove what the shipped packs promise, and find what is wrong with them
	@echo 'check-packs: looks at every case of the shipped packs'
	@$(BIN)/refundrules check cn-apparel-shop cn-platform cn-consumer-law

check-tests: $(VERSIONS:%=check-tests-%) ## run all tests on each Python of 3.11, 3.12 and 3.13 that is present

# Each version tests in an environment of its own, but for the one that $(VENV) already has.
.PHONY: $(VERSIONS:%=check-tests-%)
$(VERSIONS:%=check-tests-%): check-tests-%: $(DEV)
	@if $(BIN)/python scripts/find_python.py --is $*; then \
	    $(MAKE) --no-print-directory test; \
	elif python=`$(BIN)/python scripts/find_python.py $*`; then \
	    HYPOTHESIS_PROFILE=brief $(MAKE) --no-print-directory test VENV=.venv-$* PYTHON="$$python"; \
	else \
	    echo 'check-tests: skipped on Python $*: there is none on this machine'; \
	fi

format: $(DEV) ## format the code, and fix what the linter can fix
	@echo 'format: rewrites with ruff'
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

bench: $(BENCH) ## measure decisions beside other rule engines
	@echo 'bench: measures decisions beside other rule engines'
	@$(BIN)/python -m benchmarks $(ARGS)

lock: ## lock the newest packages allowed, with their hashes, for everybody to install
	@echo 'lock: writes requirements/'
	@$(PYTHON) scripts/lock.py

clean: ## remove the environments and everything generated
	@echo 'clean: removes the environments and everything generated'
	@rm -rf .venv .venv-3.* .venv-latest build dist .hunt .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready-%: pyproject.toml scripts/set_up.py $(wildcard requirements/*.txt)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo 'refundrules needs Python 3.11 or newer; `$(PYTHON)` is '"`$(PYTHON) --version 2>&1 | head -n 1`"' (name another: make PYTHON=python3.11 $(MAKECMDGOALS))' >&2; \
	    exit 1; }
	@$(PYTHON) scripts/set_up.py $(VENV) $* $(CHOICE)
