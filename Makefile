# Every target completes .venv with the lock it needs, in any order.
PYTHON ?= python3
PY := .venv/bin/python
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes -r
PORT ?= 8000

# For machines with cores to spare: make test SIDE_BY_SIDE="-n 4 --dist loadfile", a database a process.
SIDE_BY_SIDE ?=

# The suite has its own data folder, so that a demonstration under var/ is never touched.
ON_SQLITE = env -u DATABASE_URL -u REDIS_URL -u PRODUCTION DATA_DIR="$(CURDIR)/var/test"
PG ?= postgres://postgres@127.0.0.1:5432
REDIS ?= redis://127.0.0.1:6379
ON_SERVICES = env -u PRODUCTION DATA_DIR="$(CURDIR)/var/test" \
	DATABASE_URL="$${DATABASE_URL:-$(PG)/tuopin_check}" REDIS_URL="$${REDIS_URL:-$(REDIS)/7}"
IN_BROWSER = env -u PRODUCTION DATA_DIR="$(CURDIR)/var/test" BROWSER=1 \
	DATABASE_URL="$${DATABASE_URL:-$(PG)/tuopin_browser}" REDIS_URL="$${REDIS_URL:-$(REDIS)/6}"
# Two sizes of the register, each in a database of its own beside this name; kept between runs under var/bench.
IN_BENCH = env -u PRODUCTION -u OFFICE_DAY DATA_DIR="$${DATA_DIR:-$(CURDIR)/var/bench}" \
	DATABASE_URL="$${DATABASE_URL:-$(PG)/tuopin_bench}" REDIS_URL="$${REDIS_URL:-$(REDIS)/8}"
AS_PRODUCTION = env PRODUCTION=1 DATA_DIR="$(CURDIR)/var/test" ALLOWED_HOSTS=tuopin.example.org \
	DATABASE_URL=$(PG)/tuopin REDIS_URL=$(REDIS)/0 \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	PII_KEY="$$($(PY) -c 'import secrets; print(secrets.token_hex(32))')" \
	PII_INDEX_KEY="$$($(PY) -c 'import secrets; print(secrets.token_hex(32))')"

.PHONY: help setup demo test test-services test-browser soak bench check format audit lock licences sbom clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

.venv/.runtime: requirements.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) $(INSTALL) requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) $(INSTALL) requirements-dev.txt
	@touch $@

# Tools whose own needs do not go with the program's: each in an environment and a lock of its own.
var/tools/%/.installed: requirements-%.txt
	test -x var/tools/$*/bin/python || $(PYTHON) -m venv var/tools/$*
	var/tools/$*/bin/python $(INSTALL) $<
	@touch $@

setup: .venv/.runtime ## install what the program runs with

demo: .venv/.runtime ## a demonstration county on http://127.0.0.1:$PORT
	PORT=$(PORT) $(PY) manage.py demo

test: .venv/.development ## the suite on SQLite (BROWSER=1 adds the browser)
	$(ON_SQLITE) $(PY) -m pytest $(SIDE_BY_SIDE)

test-services: .venv/.development ## the same tests on PostgreSQL and Redis, with real workers
	$(ON_SERVICES) $(PY) -m pytest $(SIDE_BY_SIDE)

test-browser: .venv/.development ## a real browser on PostgreSQL, Redis and a worker
	$(IN_BROWSER) $(PY) -m pytest -m browser tests/browser

soak: .venv/.development $(if $(filter-out scanned,$(ONE)),,var/tools/scanner/.installed) ## faults and load on a server of its own, some minutes (SOAK_SECONDS=600: longer; ONE=name: a single test)
	env -u PRODUCTION -u OFFICE_DAY DATA_DIR="$(CURDIR)/var/soak" SOAK=1 $(PY) -m pytest -m soak tests/soak $(if $(ONE),-k $(ONE))
	$(if $(ONE),,WORLDS=200 $(ON_SQLITE) $(PY) -m pytest -q tests/reporting/test_small_worlds.py)
	$(if $(ONE),,SOAK=1 $(ON_SERVICES) $(PY) -m pytest -q -m soak tests/reporting)

bench: .venv/.development ## the ratios of speed at 12k and 120k households (SIZE=1200000: a province)
	@$(IN_BENCH) $(PY) -m tests.bench

check: .venv/.development ## lint, format, types, floor plan, templates, migrations, deployment
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(ON_SQLITE) .venv/bin/mypy .
	.venv/bin/lint-imports --no-cache
	.venv/bin/djlint templates --lint --quiet
	$(ON_SQLITE) $(PY) manage.py makemigrations --check --dry-run
	$(AS_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

format: .venv/.development ## put the code into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# --strict: what the service does not know is no clean bill. Another service: AUDIT="--vulnerability-service osv".
AUDIT ?=
audit: var/tools/audit/.installed ## known vulnerabilities of what the locks name (asks a service on the internet)
	for lock in $(sort $(wildcard requirements*.txt)); do \
		echo "$$lock"; \
		var/tools/audit/bin/pip-audit --strict --require-hashes --disable-pip $(AUDIT) -r "$$lock" || exit 1; \
	done

lock: ## write the locks anew from pyproject.toml (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 --extra misprints -c requirements.txt pyproject.toml -o requirements-misprints.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 --extra dev --extra misprints -c requirements-misprints.txt pyproject.toml -o requirements-dev.txt
	for tool in scanner audit; do \
		uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
			--python-version 3.11 --group "$$tool" -o "requirements-$$tool.txt"; \
	done

licences: .venv/.runtime ## write docs/licences.md from the lock and what is installed
	$(PY) deploy/bill_of_materials.py licences docs/licences.md

sbom: .venv/.runtime ## what the program is made of, as CycloneDX in var/sbom.json
	$(PY) deploy/bill_of_materials.py sbom var/sbom.json

clean: ## remove the environment and the caches (never the data)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
