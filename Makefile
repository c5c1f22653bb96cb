# Thin names over real commands; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Installs a lock file with a count of its packages on one line; if it fails, shows why. The lock is complete, so nothing is
# resolved: left to itself, pip takes a newer release than the lock's for a requirement with extras, and refuses it for its hash.
define install
total=$$(grep -c '==' $(1)); log=$(VENV)/install.log; \
{ $(PIP) install --require-hashes --no-deps -r $(1) 2>&1 || touch $(VENV)/.failed; } | tee $$log \
| awk -v total=$$total '/^(Collecting|Requirement already)/ {printf "\r  package %d of %d", ++n, total; fflush()} \
/^Installing/ {printf "\r  installing %d packages   ", n; fflush()} END {print ""}'; \
if [ -e $(VENV)/.failed ]; then rm $(VENV)/.failed; tail -n 20 $$log; exit 1; fi
endef

.DEFAULT_GOAL := help
.PHONY: help serve worker migrate test check bench format words lock clean

help: ## list what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.runtime: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once; about a minute) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(call install,requirements.lock)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(call install,requirements-dev.lock)
	@touch $@

serve: $(VENV)/.runtime ## run web and worker (PORT, HOST, DATABASE_URL) until Ctrl-C
	@exec $(BIN)/scim-portal serve

worker: $(VENV)/.runtime ## run another worker
	@exec $(BIN)/scim-portal worker

migrate: $(VENV)/.runtime ## bring the database to the newest migration
	@$(BIN)/scim-portal migrate

test: $(VENV)/.dev ## the whole suite, on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/.dev ## lint, format, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

words: $(VENV)/.dev ## bring the translations in line with the sources, and list what is not translated
	@$(BIN)/python -m scim_portal.translations

bench: $(VENV)/.dev ## the load harness; ARGS='--users 1200 --database both'
	@$(BIN)/python -m bench.run $(ARGS)

clean: ## remove the virtual environment and caches, never var/
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
