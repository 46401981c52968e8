# make audit: audit this machine.  make test: everything the project checks.  make help: the rest.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: audit test demo bench lint format help lock
help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

audit: $(VENV)/.ready ## audit this machine and write the dossier
	@$(BIN)/handover audit; status=$$?; \
	if [ $$status -eq 3 ]; then echo "The audit is complete, with gaps; they are listed above."; \
	elif [ $$status -ne 0 ]; then exit $$status; fi

test: $(VENV)/.ready-test lint ## lint, types, imports, tests
	$(BIN)/pytest

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.ready-test
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

demo: $(VENV)/.ready-test ## a small company of real sshd hosts, audited before and after
	$(BIN)/python -m tests.demo

bench: $(VENV)/.ready-test ## side-by-side measurements
	$(BIN)/python -m benchmarks

lock: ## write the lock files anew
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 --extra test pyproject.toml -o requirements-test.lock

$(VENV)/.ready: pyproject.toml requirements.lock
	sh scripts/setup.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.ready-test: pyproject.toml requirements-test.lock scripts/debian-packages
	sh scripts/packages.sh scripts/debian-packages
	sh scripts/setup.sh $(VENV) requirements-test.lock
	@touch $@ $(VENV)/.ready
