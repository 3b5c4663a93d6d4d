# The manual of this repository: `make help`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# an add-on to the environment: its lock repeats nothing and changes nothing of what is installed
ADD := @$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --compile-bytecode --requirements

.DEFAULT_GOAL := help
.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: env
env: ## the virtual environment, from the lock files
	@$(PYTHON) .ci/environment.py

.PHONY: lock
lock: env ## resolve pyproject.toml again into the lock files (names, versions, hashes; no hosts)
	@$(BIN)/python .ci/locks.py $(LOCK)

.PHONY: warehouse
warehouse: env ## everything: environment, raw figures to published DuckDB file, checks, site
	@$(BIN)/ai-figures build

.PHONY: test
test: env ## all tests that need no system package
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python .ci/beside.py $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not browser and not spark and not dask and not serve and not slow and not package" tests

.PHONY: dev
dev: env ## the Dagster UI at http://127.0.0.1:3000, with schedules and sensors
	@$(BIN)/ai-figures dev -p $${PORT:-3000}

.PHONY: serve-env
serve-env: env
	$(ADD) requirements-serve.lock

.PHONY: serve
serve: serve-env ## the UI as a server against PostgreSQL, settings in the file AI_FIGURES_SETTINGS (apt-get install postgresql)
	@$(BIN)/ai-figures serve

.PHONY: test-serve
test-serve: serve-env ## tests of the server against PostgreSQL, and of publication to object storage
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m serve tests/serve

.PHONY: desk
desk: env ## decide in the browser: contradictions, ties, figures (make desk DOC=raw/inbox/report.txt for one document)
	@$(BIN)/ai-figures desk $(if $(DOC),"$(DOC)") -p $${PORT:-3001}

.PHONY: check
check: env ## read raw/ and list what cannot be loaded, with file, line and remedy
	@$(BIN)/ai-figures check

.PHONY: site
site: env ## the static site, from the published file
	@$(BIN)/ai-figures build --job site

.PHONY: pictures
pictures: env ## refresh the pictures of the README (needs Chromium)
	@$(BIN)/python -m orchestration.site.pictures

.PHONY: readme
readme: env ## refresh what is printed in README.md, docs/questions.md, docs/analyses.md, docs/reference.md and docs/explanations.md
	@$(BIN)/python -m tests.reference_page
	@$(BIN)/python -m tests.sql_blocks README.md --write
	@$(BIN)/python -m tests.sql_blocks docs/questions.md --write
	@$(BIN)/python -m tests.sql_blocks docs/analyses.md --write

.PHONY: marts
marts: env ## write models, schema and checks of the marts after a change of raw/reference/marts.csv
	@$(BIN)/python -m tests.mart_files

.PHONY: format
format: env ## ruff and sqlfluff put the code in shape
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix --disable-progress-bar dbt_project/models

.PHONY: test-browser
test-browser: env ## tests of the site and the UI in headless Chromium (apt-get install chromium fonts-noto-cjk)
	$(ADD) requirements-browser.lock
	@$(BIN)/python -m pytest -q -m browser tests/site tests/desk

.PHONY: dask
dask: env ## the optional group for AI_FIGURES_EXECUTOR=dask (docs/scaling.md)
	$(ADD) requirements-dask.lock

.PHONY: test-dask
test-dask: dask ## the extraction on a local Dask cluster of two workers
	@$(BIN)/python -m pytest -q -m dask tests/orchestration/test_dask.py

.PHONY: spark-env
spark-env: env
	$(ADD) requirements-spark.lock

.PHONY: spark
spark: spark-env ## the models on Apache Spark, from the raw rows of the last build (needs Java 17 or newer)
	@$(BIN)/python -m orchestration.transform.spark

.PHONY: test-spark
test-spark: spark-env ## tests that the models give the same rows on Spark (apt-get install openjdk-17-jre-headless)
	@$(BIN)/python -m pytest -q -m spark tests/spark

.PHONY: test-package
test-package: env ## the wheel in fresh environments, outside the clone
	@$(BIN)/python -m pytest -q -m package tests/test_package.py

.PHONY: test-slow
test-slow: env ## long property, fuzz and fault tests
	@$(BIN)/python -m pytest -q -m slow tests

.PHONY: faults
faults: env ## long fault tests (killed builds, many readers, 10^6 fuzzed values, 10^4 mutated raw files) into docs/measurements.md
	@AI_FIGURES_FUZZ=1000000 $(BIN)/python -m pytest -q -p tests.faults.table tests/figures/test_fuzz.py tests/loading/test_mutations.py
	@$(BIN)/python -m pytest -q -p tests.faults.table tests/faults
	@$(BIN)/python -m benchmarks.report >/dev/null

.PHONY: upgrades
upgrades: env ## the suite on the oldest and on the newest versions that pyproject.toml admits
	@$(BIN)/python -m tests.faults.upgrades

.PHONY: bench-env
bench-env: env
	$(ADD) requirements-bench.lock

.PHONY: test-bench
test-bench: bench-env ## tests that the program that speed is measured against gives the same rows
	@$(BIN)/python -m pytest -q tests/reconciliation/test_pandas.py

.PHONY: test-standards
test-standards: env ## the published package by the validators of Frictionless and Croissant
	$(ADD) requirements-standards.lock
	@$(BIN)/python -m pytest -q tests/test_standards.py

.PHONY: bench
bench: bench-env ## measure the refresh, growing sizes and the extraction (an hour, on an idle machine) into docs/measurements.md
	@$(BIN)/python -m benchmarks.waiting
	@$(BIN)/python -m benchmarks.refresh $(REFRESH)
	@$(BIN)/python -m benchmarks.scale .state/bench/scale $(SCALE)
	@$(BIN)/python -m benchmarks.extraction_speed
	@$(BIN)/python -m benchmarks.dataset_vintages
	@$(BIN)/python -m benchmarks.report

.PHONY: audit
audit: env ## is what is installed what is locked, and is any of it known to be vulnerable (pip-audit)?
	@$(BIN)/python -m tests.faults.audit

.PHONY: clean
clean: ## remove the build, the published file and the site; history and environment stay
	rm -rf .state/build .state/dbt warehouse site dbt_project/target
