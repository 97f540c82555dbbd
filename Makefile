# Every command of the project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
BENCH_BIN := .venv-bench/bin
STAMP := .venv/.setup-done
DOCS_STAMP := .venv/.docs-done
SERVERS_STAMP := .venv/servers/.done
DATA_STAMP := .venv/data/.done
BENCH_STAMP := .venv-bench/.setup-done
FUZZ_BIN := .venv-fuzz/bin
FUZZ_STAMP := .venv-fuzz/.setup-done
PIP := -m pip --disable-pip-version-check --quiet install
SOURCES := src tests bench samples fuzz
UV := uv==0.13.9

.PHONY: help setup data demo test lint format types imports unit bench misses spoofing escapes cage visits startup hostile batch real route live online received feeds japanese fuzz bugs docs catalogue lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: $(STAMP) $(DATA_STAMP)  ## make .venv with sabaki, the development tools and the databases of places in it
	@echo "ready: .venv/bin/sabaki"

$(STAMP): requirements/dev.lock pyproject.toml
	@bash requirements/find-python >/dev/null
	@bash requirements/system
	@[ -x $(BIN)/pip ] || "$$(bash requirements/find-python)" -m venv .venv
	@echo "installing what requirements/dev.lock pins"
	@$(BIN)/python $(PIP) --require-hashes -r requirements/dev.lock
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

data: $(DATA_STAMP)  ## fetch the databases of places and networks into .venv/data

$(DATA_STAMP): | $(STAMP)
	@mkdir -p .venv/data
	@if XDG_DATA_HOME=$(CURDIR)/.venv/data $(BIN)/sabaki data pull; then touch $@; \
	else echo "note: without the databases no place is known; tests that want them are skipped" >&2; fi

demo: $(STAMP) $(DATA_STAMP)  ## dissect the sample mails; HTML, Markdown and JSON go to out/
	@XDG_DATA_HOME=$(CURDIR)/.venv/data $(BIN)/python samples/demo.py

test: lint types imports unit  ## everything that CI runs: lint, types, imports, tests

lint: $(STAMP)  ## ruff: rules and format
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

format: $(STAMP)  ## let ruff put the code into form
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

types: $(STAMP)  ## mypy, strict
	$(BIN)/mypy

imports: $(STAMP)  ## import-linter: imports go down only
	$(BIN)/lint-imports --no-cache

unit: $(STAMP) $(SERVERS_STAMP) $(DATA_STAMP)  ## pytest
	$(BIN)/python -m pytest

bench: $(STAMP) $(BENCH_STAMP)  ## judge the corpora and time it beside other parsers (BENCH="--misses 20 --checks")
	@$(BIN)/python -m bench.corpora $(BENCH)

misses: $(STAMP)  ## the twenty worst misses of each folder, and how often the strongest checks fire
	@$(BIN)/python -m bench.corpora --no-parsers --misses 20 --checks

spoofing: $(STAMP)  ## the spoofing shapes of the literature: what each shows, and what Sabaki says of it
	@$(BIN)/python -m tests.spoofing.table

escapes: $(STAMP)  ## try to get out of a visit's walls by every channel, as root and as a plain user; who came to the canaries (ESCAPES="img WebSocket")
	@PYTHONPATH=src $(BIN)/python -m tests.visit.escapes $(ESCAPES)

cage: $(STAMP)  ## visit phishing sites of our own making in a network of their own: states, evidence, screenshots in out/cage
	@PYTHONPATH=src $(BIN)/python -m tests.visit.cage_table out/cage

startup: $(STAMP)  ## start-up of `sabaki --help` beside `python -c pass`
	@$(BIN)/python -m bench.startup

hostile: $(STAMP)  ## dissect inputs made to break readers; seconds, memory, limits named (HOSTILE="zip 50MB")
	@$(BIN)/python -m bench.hostile $(HOSTILE)

real: $(STAMP)  ## real files of each kind, made by real programs, through the command line (REAL="zip rar")
	@$(BIN)/python -m bench.real $(REAL)

route: $(STAMP)  ## the way of the mails in the corpora: lines, roles, accounts, signs of forgery (ROUTE="--list 20 ham")
	@$(BIN)/python -m bench.route $(ROUTE)

received: $(STAMP) $(BENCH_STAMP)  ## read every Received vector beside other parsers, and the fields of the corpora
	@$(BIN)/python -m bench.received

batch: $(STAMP) $(DATA_STAMP)  ## 1,000 mails of the corpora against servers that take 100 ms for every answer (BATCH="--mails 200")
	@$(BIN)/python -m bench.online $(BATCH)

feeds: $(STAMP)  ## index a million made-up entries of local lists and time the answers
	@$(BIN)/python -m bench.feeds

visits: $(STAMP)  ## visit a page of ordinary weight over and over: seconds, memory, visits a minute
	@$(BIN)/python -m bench.visits $(VISITS)

japanese: $(STAMP) $(BENCH_STAMP)  ## read every Japanese vector beside other parsers
	@$(BIN)/python -m bench.japanese

live: $(STAMP) $(SERVERS_STAMP)  ## send mail through a real Postfix and a real DNS server, and show what sabaki says of it
	@$(BIN)/python -m tests.live

online: $(STAMP) $(SERVERS_STAMP) $(DATA_STAMP)  ## --online in a network of its own: the case, each server gone wrong in each way, every packet (ONLINE=DIR keeps articles)
	@$(BIN)/python -m tests.online $(ONLINE)

$(SERVERS_STAMP): requirements/servers | $(STAMP)
	@bash requirements/servers

fuzz: $(FUZZ_STAMP)  ## fuzz every reader (FUZZ="--seconds 60 --targets mime,html")
	@PYTHONPATH=src $(FUZZ_BIN)/python -m fuzz.run $(FUZZ)

bugs: $(STAMP)  ## put known bugs into a copy, one at a time, and see that the tests catch each
	@$(BIN)/python -m fuzz.seeded $(BUGS)

$(FUZZ_STAMP): requirements/fuzz.lock
	@[ -x $(FUZZ_BIN)/pip ] || "$$(bash requirements/find-python)" -m venv .venv-fuzz
	@$(FUZZ_BIN)/python $(PIP) --require-hashes -r requirements/fuzz.lock
	@touch $@

$(BENCH_STAMP): requirements/bench.lock
	@[ -x $(BENCH_BIN)/pip ] || "$$(bash requirements/find-python)" -m venv .venv-bench
	@$(BENCH_BIN)/python $(PIP) --require-hashes -r requirements/bench.lock
	@touch $@

docs: $(DOCS_STAMP) catalogue  ## build the documentation into site/, strictly
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "built: site/index.html"

$(DOCS_STAMP): $(STAMP) requirements/docs.lock
	@$(BIN)/python $(PIP) --require-hashes -r requirements/docs.lock
	@touch $@

catalogue: $(STAMP)  ## write docs/checks.md from the registry
	@$(BIN)/sabaki checks --markdown > docs/checks.md.new && mv docs/checks.md.new docs/checks.md

lock: $(STAMP)  ## choose versions anew and pin them with hashes in requirements/
	@$(BIN)/python $(PIP) $(UV)
	@bash requirements/compile $(BIN)/uv

clean:  ## remove what was built, not the environments
	rm -rf .fuzz/corpus out site dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bench samples fuzz -name __pycache__ -type d -prune -exec rm -rf {} +
