# Needs make, bash and Python 3.11 or newer with its venv module; everything else goes into .venv.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# Where to find torch, when not at pip's own index: PyTorch's CPU index saves gigabytes on Linux
TORCH_INDEX_URL ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help run test check audit format bench lock words vendor clean programs

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: $(VENV)/torch.done ## Serve the explorer at HOST (127.0.0.1) and PORT (8000)
	@exec $(BIN)/python -m app --host $(HOST) --port $(PORT)

test: programs ## Install what the tests need, then make check
	@$(MAKE) --no-print-directory check

check: $(VENV)/dev.done ## Format, lint, types, layers, advisories and tests
	@echo "Format and lint" && $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo "Types" && $(BIN)/mypy
	@echo "Layers" && $(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory audit
	@echo "Tests" && $(BIN)/pytest --numprocesses 2

audit: $(VENV)/audit.done ## Ask PyPI's advisories about every locked package
	@echo "Advisories" && $(BIN)/python requirements/audit.py $(VENV)/audit/bin/pip-audit

format: $(VENV)/dev.done ## Format the code and fix what the linter can fix
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

bench: $(VENV)/bench.done ## Compare our numbers and our speed with others'
	@$(BIN)/python -m benchmarks.analysis
	@$(BIN)/python -m benchmarks.space
	@$(BIN)/python -m benchmarks.http
	@$(BIN)/python -m benchmarks.many

# torch stays out of the locks (see requirements/torch.txt), and with it the CUDA packages of its Linux build
COMPILE = $$tools/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --unsafe-package torch \
	--no-emit-options --no-emit-index-url --no-emit-find-links -c requirements/torch.txt pyproject.toml

lock: ## Renew the locks in requirements/ from pyproject.toml
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools" && "$$tools/bin/pip" install --quiet --disable-pip-version-check pip-tools==7.6.2; \
	export CUSTOM_COMPILE_COMMAND="make lock" PIP_EXTRA_INDEX_URL="$(TORCH_INDEX_URL)"; \
	echo "Locking; this takes minutes"; \
	$(COMPILE) -o requirements/run.txt; \
	$(COMPILE) -c requirements/run.txt --extra dev -o requirements/dev.txt; \
	$(COMPILE) -c requirements/run.txt --extra bench -o requirements/bench.txt; \
	$(COMPILE) -c requirements/run.txt -c requirements/dev.txt --extra cluster -o requirements/cluster.txt; \
	sed -i '/^# WARNING: The following packages were not pinned/,$$d' requirements/{run,dev,bench,cluster}.txt; \
	! grep -l '^nvidia' requirements/*.txt || { echo "The CUDA build of torch got in: set TORCH_INDEX_URL"; exit 1; }

words: $(VENV)/dev.done ## Bring new texts into the Chinese catalogue, to be translated there
	@pot=$$(mktemp) && trap 'rm -f "$$pot"' EXIT; \
	$(BIN)/pybabel -q extract --no-location --sort-output -F pyproject.toml -k phrase -k say -k say_many:1,2 -k _ -k many:1,2 -o "$$pot" . ; \
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120 -l zh -i "$$pot" -o app/words/zh.po; \
	sed -i -E '/^"(Report-Msgid|POT-|PO-Revision|Last-Translator|Language-Team|Generated-By)/d' app/words/zh.po

vendor: $(VENV)/dev.done programs ## Fetch the browser files in static/vendor again, and check them
	@$(BIN)/python static/vendor/renew.py
	@$(BIN)/python static/vendor/dump_plotly_css.py

clean: ## Remove .venv and the caches
	@rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

programs:
	@missing=$$(command -v chromium >/dev/null || echo chromium fonts-noto-cjk; PATH=$$PATH:/usr/sbin command -v nginx >/dev/null || echo nginx-light); \
	[[ $$missing ]] || exit 0; \
	command -v apt-get >/dev/null || { echo "The tests need programs named chromium and nginx on the PATH"; exit 1; }; \
	echo "Installing" $$missing; \
	[[ $$EUID == 0 ]] || sudo=sudo; \
	$${sudo:-} apt-get update -qq; \
	$${sudo:-} env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $$missing >/dev/null

$(VENV)/made.done:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=…" if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV)" && $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.done: requirements/run.txt $(VENV)/made.done
	@echo "Installing $<" && $(INSTALL) --require-hashes -r $<
	@touch $@

$(VENV)/torch.done: requirements/torch.txt $(VENV)/run.done
	@echo "Installing torch" && $(INSTALL) $(if $(TORCH_INDEX_URL),--index-url $(TORCH_INDEX_URL)) -r $<
	@touch $@

$(VENV)/dev.done $(VENV)/bench.done: $(VENV)/%.done: requirements/%.txt $(VENV)/torch.done
	@echo "Installing $<" && $(INSTALL) --require-hashes -r $<
	@touch $@

# Apart, since it audits the locks and is no part of them; where it cannot be had, nothing is audited
$(VENV)/audit.done: $(VENV)/made.done
	@echo "Installing pip-audit" && $(PYTHON) -m venv $(VENV)/audit
	@if $(VENV)/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1; then touch $@; fi
