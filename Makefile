# `make demo` and `make test` work on a bare clone: Python 3.11 or newer, and package registries.
PYTHON ?= python3
CONSTRAINTS := .ci/constraints.txt
BIN := .venv/bin
# Where the environment forbids it, each of the many processes that tests start would compile the gateway anew.
export PYTHONDONTWRITEBYTECODE :=
INSTALLED := .venv/.installed
TESTED := .venv/.tested

.PHONY: help demo test check format schema docs pictures constraints bench clean

demo: $(INSTALLED)  ## The gateway over a simulated Crelate, on 127.0.0.1:8000
	$(BIN)/ats-gateway demo

test: $(TESTED) browser check  ## All that decides whether a change is good
	$(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --cov --cov-report term:skip-covered

check: $(TESTED)  ## Format, lint, types, and the SDL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/ats-gateway schema | diff schema/schema.graphql -

format: $(TESTED)  ## Mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(INSTALLED)  ## Write the SDL anew
	$(BIN)/ats-gateway schema > schema/schema.graphql

docs: $(TESTED)  ## Render the manual anew, for an editable install
	$(BIN)/python -c "from pathlib import Path; from gateway.docs.rendering import render; render(Path('gateway/docs'), Path('gateway/docs/pages'))"

pictures: $(TESTED) browser  ## Take the README's pictures anew
	ATS_GATEWAY_PICTURES=gateway/docs $(BIN)/python -m pytest -q tests/gateway/explorer -k "picture or live"

constraints:  ## Lock the newest Python packages that pyproject.toml allows, as the test command installs them
	rm -rf .venv/fresh && $(PYTHON) -m venv .venv/fresh
	.venv/fresh/bin/python -m pip install --quiet --upgrade pip
	.venv/fresh/bin/python -m pip install --quiet ".[otel]" --group dev
	sed -i '/^[^#]/d' $(CONSTRAINTS)
	.venv/fresh/bin/python -m pip freeze --exclude ats-gateway >> $(CONSTRAINTS)
	rm -rf .venv/fresh

bench: $(TESTED)  ## Speed, as ratios against a reference in the same run
	$(BIN)/python -m tests.benchmarks

help:  ## What there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 13

clean:  ## Remove what was installed and built
	rm -rf .venv gateway/explorer/dist gateway/docs/pages

.PHONY: browser
browser:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null \
		|| { echo "The browser test needs Chromium: install Debian's package chromium, or put chromium on PATH."; exit 1; }

define venv
test -d .venv || $(PYTHON) -m venv .venv
$(BIN)/python -m pip install --quiet --upgrade pip
endef

$(INSTALLED): pyproject.toml
	$(venv)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# With the packages of the last good run, so that a release elsewhere cannot break a change here. At once, not after
# $(INSTALLED), which would look for the newest of each first; and what the tests import, they compile.
$(TESTED): pyproject.toml $(CONSTRAINTS)
	$(venv)
	$(BIN)/python -m pip install --quiet --no-compile --constraint $(CONSTRAINTS) --editable ".[otel]" --group dev
	@touch $(INSTALLED) $@
