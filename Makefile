# The first two targets are all a user needs; `make help` lists the rest.
# Everything runs in the project's own .venv, installed from hash-locked requirements.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := requirements-build.lock requirements.lock
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(STAMP): $(LOCKS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/one" if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)'
	@echo "Installing into $(VENV) (once; about a minute)"
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(MAKE) --no-print-directory installed
	@touch $@

# what the lock leaves out on purpose (pyproject.toml says why), and the one complaint
# that must follow; no complaint, or any other, is an error
LEFT_OUT := dbt-core-experimental-parser
GAP = dbt-core $(shell sed -n 's/^dbt-core==\([^ ]*\).*/\1/p' requirements.lock) requires $(LEFT_OUT), which is not installed.

.PHONY: installed
installed: # the installed packages fit together, but for the known gap
	@found="$$($(BIN)/python -m pip check --disable-pip-version-check || true)"; \
	if [[ "$$found" != '$(GAP)' ]]; then \
		printf '%s\n' "$$found" 'Expected this line alone:' '$(GAP)' >&2; exit 1; \
	fi

.PHONY: install
install: $(STAMP) ## make .venv from the locked requirements

.PHONY: build
build: $(STAMP) ## build and test every table from the crawl (the bundled sample by default)
	$(BIN)/dbt build

.PHONY: report
report: $(STAMP) ## one HTML page to read, report.html, from the tables of the last build
	$(BIN)/adaptation report

.PHONY: export
export: $(STAMP) ## Parquet, CSV, GraphML and GEXF of the last build, in exports/
	$(BIN)/adaptation export

.PHONY: codebook
codebook: $(STAMP) ## blinded sheets for two coders, in coding/, from the last build
	$(BIN)/adaptation coding draw

.PHONY: agreement
agreement: $(STAMP) ## how far the two coders agree, and how often the tables are right
	$(BIN)/adaptation coding agree

.PHONY: test
test: $(STAMP) ## all tests: unit, pipeline on every crawl, browser where there is one
	$(BIN)/python -m pytest

.PHONY: multiverse
multiverse: $(STAMP) ## do verdicts hang on settings? every claim under 96 specifications
	$(BIN)/python -m refugee_adaptation.multiverse

.PHONY: planted
planted: $(STAMP) ## what each method finds where the truth is known (small; benchmarks/ has all)
	$(BIN)/python -m refugee_adaptation.planted

.PHONY: fuzz
fuzz: $(STAMP) ## 100,000 rows of damaged crawls: is each accounted for, and nobody named?
	$(BIN)/python benchmarks/fuzz.py

.PHONY: bench
bench: $(STAMP) ## CPU seconds of a build on this machine, with dbt and without
	$(BIN)/python benchmarks/bench.py build

.PHONY: lint
lint: $(STAMP) ## the gates: formatting, types, SQL and YAML style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint dbt_project/models analyses

.PHONY: gates
# that every column is described and checked is tested by `make test`; a crawl without a
# post has all columns
gates: export ADAPTATION_DB := target/gates/adaptation.duckdb
gates: export ADAPTATION_CRAWL := target/gates/posts.csv
gates: $(STAMP) ## the gates on the built project: dbt conventions
	@mkdir -p $(dir $(ADAPTATION_DB))
	@head -n 1 seeds/sample/posts.csv > $(ADAPTATION_CRAWL)
	$(BIN)/dbt build --warn-error --quiet --exclude-resource-type test --exclude-resource-type unit_test
	$(BIN)/dbt docs generate --quiet
	$(BIN)/dbt-score lint --fail-project-under 10 --fail-any-item-under 10
	$(BIN)/dbt-bouncer run

.PHONY: docs
docs: $(STAMP) ## the dbt docs as one static page, target/static_index.html
	@[[ -f "$${ADAPTATION_DB:-adaptation.duckdb}" ]] || $(BIN)/dbt build --quiet
	$(BIN)/dbt docs generate --static --quiet
	@echo "Open target/static_index.html in a browser"

.PHONY: lock
lock: ## renew the locked requirements (needs uv)
	uv pip compile --universal --python-version 3.11 --extra dev --excludes <(echo $(LEFT_OUT)) --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --output-file requirements.lock
	printf 'editables\nhatchling\nsetuptools\nwheel\n' | uv pip compile --universal --python-version 3.11 --constraint requirements.lock --generate-hashes --no-emit-index-url --no-header --no-annotate - --output-file requirements-build.lock

.PHONY: clean
clean: ## remove what builds made; the database and its key stay
	rm -rf target logs dbt_packages .pytest_cache .mypy_cache .ruff_cache .coverage exports report.html
