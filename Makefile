# make audit: audit this machine.  make test: everything the project checks.  make help: the rest.
VENV := .venv
BIN := $(VENV)/bin
LOCK := build/lock/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 --upgrade pyproject.toml --extra build

.PHONY: help audit test lint format demo bench lock
help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

audit: $(VENV)/.ready ## audit this machine and keep the result
	@$(BIN)/handover audit; status=$$?; \
	if [ $$status -eq 3 ]; then echo "The audit is complete, with gaps; they are listed above."; \
	elif [ $$status -ne 0 ]; then exit $$status; fi; \
	echo "To look further: $(BIN)/handover -C FOLDER COMMAND, such as coverage, findings or checklist."

test: $(VENV)/.ready-test lint ## lint, types, imports, tests
	$(BIN)/pytest

lint: $(VENV)/.ready-test ## ruff, mypy and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.ready-test ## what ruff can put right by itself
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

demo: $(VENV)/.ready-test ## a small company of real sshd hosts, audited before and after
	$(BIN)/python -m tests.demo

bench: $(VENV)/.ready-test ## side-by-side measurements
	$(BIN)/python -m benchmarks

lock: ## write the lock files anew, with the newest versions
	python3 -m venv build/lock
	build/lock/bin/pip install -q uv
	$(LOCK) -o requirements.lock
	$(LOCK) --extra test -o requirements-test.lock

$(VENV)/.ready: pyproject.toml requirements.lock scripts/setup.sh scripts/packages.sh
	sh scripts/setup.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.ready-test: pyproject.toml requirements-test.lock scripts/setup.sh scripts/packages.sh scripts/debian-packages
	sh scripts/packages.sh <scripts/debian-packages
	sh scripts/setup.sh $(VENV) requirements-test.lock
	@touch $@ $(VENV)/.ready
