# Everything a person does with the source tree. Paths are relative, so any folder name will do.
# make demo | run | dev | setup | check | test | test-all | bench | docs | lock | messages | clean

SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
GUIBIN := $(PY) -m guibin
PO := $(wildcard src/guibin/*/locale/*/LC_MESSAGES/django.po)
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet
# An environment knows its own place by heart: one that was moved or copied is made anew.
MOVED := $(shell [ -e .venv/.place ] && [ "$$(cat .venv/.place)" != "$$(pwd -P)" ] && rm -rf .venv && echo yes)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

.PHONY: demo run dev
demo: setup ## set everything up, make a lifelike shop, serve it (PORT=8000)
	@$(GUIBIN) demo

run: setup ## the same without the shop: begin with your own file
	@$(GUIBIN) run

dev: setup ## serve with reloading and full error pages
	@GUIBIN_DEBUG=1 $(GUIBIN) serve --reload

.PHONY: setup
setup: .venv/.packages .venv/.front .venv/.messages ## environment, locked packages, front end; quick the second time

.venv/.python: tools/environment.sh
	@sh tools/environment.sh python
	@touch $@

.venv/.packages: .venv/.python requirements/dev.txt pyproject.toml
	@sh tools/environment.sh packages
	@touch $@

.venv/.front: package-lock.json tools/vendor.py | .venv/.packages
	@sh tools/environment.sh front
	@touch $@

.venv/.messages: $(PO) | .venv/.packages
	@$(PY) tools/messages.py compile
	@touch $@

.PHONY: check
check: setup ## format, lint, types, imports, migrations, templates, words
	@sh tools/check.sh

.PHONY: test test-all browser
browser: .venv/.packages
	@sh tools/environment.sh browser

test: setup browser ## the suite, browser included
	$(PY) -m pytest -n 2 -m "not slow"

test-all: setup browser ## everything at full size, on our own server and on an installed PostgreSQL, and Spark
	@sh tools/environment.sh spark
	@sh tools/environment.sh postgres
	$(PY) -m pytest -n 2
	GUIBIN_PG_BIN="$$(sh tools/environment.sh postgres-programs)" $(PY) -m pytest -n 2 -m "not browser and not slow"

.PHONY: bench docs
bench: setup ## measure the jobs of docs/reference/benchmarks.md
	$(GUIBIN) bench all

docs: setup ## write the reference pages anew from the manifests
	$(PY) tools/reference.py

.PHONY: lock messages clean
lock: .venv/.python ## choose versions anew and write requirements/*.txt (UPGRADE=--upgrade takes newer ones)
	.venv/bin/uv pip compile pyproject.toml $(LOCK) $(UPGRADE) -o requirements/run.txt
	.venv/bin/uv pip compile pyproject.toml --group dev $(LOCK) $(UPGRADE) -o requirements/dev.txt
	.venv/bin/uv pip compile pyproject.toml --extra spark $(LOCK) $(UPGRADE) -o requirements/spark.txt

messages: setup ## take new words into the catalogues and compile them
	$(PY) tools/messages.py update --all
	$(PY) tools/messages.py compile

clean: ## remove what make made here; data under GUIBIN_HOME stay
	rm -rf .venv node_modules src/guibin/web/static/vendor .mypy_cache .ruff_cache .import_linter_cache build dist
	find src tests tools \( -name '__pycache__' -o -name '*.mo' \) -prune -exec rm -rf {} +
