# `make demo` and `make test` work on a bare clone: Python 3.11 or newer, and package registries.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
TESTED := .venv/.tested

.PHONY: demo test check format schema bench clean

demo: $(INSTALLED)  ## The gateway over a simulated Crelate, on 127.0.0.1:8000
	$(BIN)/ats-gateway demo

test: $(TESTED) browser check  ## All that decides whether a change is good
	$(BIN)/python -m pytest -q

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

bench: $(TESTED)  ## Speed, as ratios against a reference in the same run
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf .venv gateway/explorer/dist

.PHONY: browser
browser:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null \
		|| { echo "The browser test needs Chromium: install Debian's package chromium, or put chromium on PATH."; exit 1; }

$(INSTALLED): pyproject.toml
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(TESTED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --editable ".[otel]" --group dev
	@touch $@
