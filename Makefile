# The habits of this project. All that is needed is Python 3.11 to 3.13; everything else is installed into
# virtual environments in this folder. Paths are relative, so the folder may have any name.

PORT ?= 8000
# A copy of UCI Online Retail II (csv, csv.gz or xlsx) to fill the sandbox with, instead of the demo shop.
DATA ?=
# More words for pytest, e.g. `make test ARGS="tests/queries -x"`.
ARGS ?=
export DATA PORT

FITS := import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	if "$$name" -c '$(FITS)' >/dev/null 2>&1; then echo "$$name"; break; fi; done)

DEV := .venv
SANDBOX := .venv-sandbox

.DEFAULT_GOAL := help
.PHONY: help sandbox test test-browser lint format types bench coverage clean

help:
	@echo "make sandbox [PORT=8000] [DATA=path]   a shop to try it in"
	@echo "make test [ARGS=...]                   the tests, on SQLite"
	@echo "make test-browser                      the browser tests (want Chromium)"
	@echo "make lint | format | types | coverage | bench | clean"

$(DEV)/.installed: pyproject.toml
	$(call install,$(DEV),dev)

$(SANDBOX)/.installed: pyproject.toml
	$(call install,$(SANDBOX),sandbox)

define install
	@if [ -z "$(PYTHON)" ]; then echo "No Python 3.11 to 3.13 found: set PYTHON=/path/to/python3.11" >&2; exit 1; fi
	"$(PYTHON)" -m venv "$(1)"
	"$(1)/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".[$(2)]"
	@touch "$(1)/.installed"
endef

sandbox: $(SANDBOX)/.installed
	@if [ -n "$$DATA" ]; then \
		"$(SANDBOX)/bin/python" sandbox/manage.py sandbox_setup --data "$$DATA"; \
	else \
		"$(SANDBOX)/bin/python" sandbox/manage.py sandbox_setup; \
	fi
	"$(SANDBOX)/bin/python" sandbox/manage.py runserver "0.0.0.0:$$PORT"

test: $(DEV)/.installed
	"$(DEV)/bin/python" -m pytest -n auto --maxprocesses 8 $(ARGS)

test-browser: $(DEV)/.installed
	"$(DEV)/bin/python" -m pytest -m browser $(ARGS)

lint: $(DEV)/.installed
	"$(DEV)/bin/python" -m ruff check .
	"$(DEV)/bin/python" -m ruff format --check .
	PYTHONPATH=. "$(DEV)/bin/lint-imports"

format: $(DEV)/.installed
	"$(DEV)/bin/python" -m ruff check --fix .
	"$(DEV)/bin/python" -m ruff format .

types: $(DEV)/.installed
	"$(DEV)/bin/python" -m mypy

coverage: $(DEV)/.installed
	"$(DEV)/bin/python" -m coverage run -m pytest $(ARGS)
	"$(DEV)/bin/python" -m coverage report

bench: $(DEV)/.installed
	"$(DEV)/bin/python" -m benchmarks.directory $(ARGS)

clean:
	rm -rf "$(DEV)" "$(SANDBOX)" build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
