# Two commands do everything: `make demo` runs the benchmark, `make test` proves it; both set up what they need.
SHELL := /bin/sh
PYTHON ?= python3
ONLY ?=
ADVISORIES ?=
ONLINE ?=

.PHONY: help demo test check audit up ui-dev schema diagram lock clean setup setup-up setup-dev setup-test
.DEFAULT_GOAL := help

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: setup  ## set up, then benchmark a small real model and print the leaderboard
	@.venv/bin/tipbench demo

test: $(if $(ONLY),setup-dev,setup-test)  ## set up, then check the code and run every test; ONLY=fast leaves out what is slow
	@PYTHON_BIN=.venv/bin/python scripts/test.sh "$(ONLY)"

check: setup-dev  ## formatting, lint, types, import rules and the tests of the repository's shape; under a minute
	@PYTHON_BIN=.venv/bin/python scripts/test.sh check

audit: setup-dev  ## check the locked packages against known vulnerabilities; ADVISORIES=FOLDER in OSV's form, or ONLINE=1
	@.venv/bin/python scripts/audit.py $(if $(ONLINE),--online) $(if $(ADVISORIES),--advisories "$(ADVISORIES)")

up: setup-up  ## set up, build the panel, then serve it with the API, Dagit and MLflow on the same home
	@.venv/bin/tipbench up

ui-dev: setup-up  ## serve the panel's sources as they change, against a `make up` that runs; TIPBENCH_URL=… names it
	@cd ui && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent dev

schema: setup  ## write schema.graphql, tipbench/keywords.py and the types of the panel from the code
	@.venv/bin/python -m wiring.schema > schema.graphql
	@.venv/bin/python -m wiring.python_keywords > tipbench/keywords.py
	@[ ! -d ui/node_modules ] || (cd ui && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent codegen)

diagram:  ## draw docs/images/data-flow.svg from its text
	@$(PYTHON) scripts/draw_diagram.py docs/images/data-flow.toml > docs/images/data-flow.svg

lock:  ## resolve the dependencies again into the lock files (needs uv)
	@scripts/lock.sh

clean:  ## remove the installed environment and caches; results under .tipbench/ stay
	rm -rf .venv ui/node_modules ui/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tipbench.egg-info

setup:
	@$(PYTHON) scripts/setup.py run

setup-up:
	@$(PYTHON) scripts/setup.py up

setup-dev:
	@$(PYTHON) scripts/setup.py dev

setup-test:
	@$(PYTHON) scripts/setup.py test
