# One verb per need. `make` alone lists them. Works with GNU make 3.81, which macOS has.
# ARGS goes to the program behind a verb: make diff ARGS="--fail", make unit ARGS="-x".
SHELL := /bin/bash
PYTHON ?= python3
export PYTHON313  # names a Python 3.13 that compiles the bundle, if python3.13 does not
unexport PYTHONDONTWRITEBYTECODE  # else each process compiles the CDK's library again, for seconds
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
BIN := .venv/bin
UV := $(BIN)/python local/setup/uv.py
# "$$NAME" and not $(NAME): a path may have spaces
CDK := PATH="$(CURDIR)/$(BIN):$$PATH" npx --no-install cdk
# what follows an installation: what could not be installed, and the heading that says what to do
or_see = || { echo "$(1) could not be installed, for the reason above: docs/deploy/troubleshooting.md\#$(2)" >&2; exit 1; }
CDK_CONTEXT := $(if $(CONFIG),-c "config=$$CONFIG")

.DEFAULT_GOAL := help
.PHONY: help tools setup run test quick lint prose types unit properties infra e2e upgrade faults browser fuzz audit soak simulate synth diff deploy destroy check status rotate upload try live-check costs package sbom dist record-release release-files generate docs fix lock clean bench

help:  ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

build/tools: local/setup/tools.py local/setup/requirements.txt requirements.txt package-lock.json
	@$(PYTHON) local/setup/tools.py
	@mkdir -p build && touch $@

.venv/pinned: local/setup/requirements.txt requirements.txt | build/tools
	@echo "Installing the development tools into .venv ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r local/setup/requirements.txt $(call or_see,uv,pip-and-uv)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt $(call or_see,The development tools,pip-and-uv)
	@touch $@

.venv/installed: .venv/pinned pyproject.toml
	@$(BIN)/uv pip install --quiet --offline --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv-local-aws/installed: local/requirements.txt | .venv/pinned
	@echo "Installing the local AWS into .venv-local-aws ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-local-aws
	@$(UV) pip install --quiet --python .venv-local-aws/bin/python --require-hashes -r local/requirements.txt $(call or_see,The local AWS,pip-and-uv)
	@touch $@

.venv-audit/installed: tests/audit/requirements.txt | .venv/pinned
	@echo "Installing the rule packs into .venv-audit ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-audit
	@$(UV) pip install --quiet --python .venv-audit/bin/python --require-hashes -r tests/audit/requirements.txt $(call or_see,The rule packs,pip-and-uv)
	@touch $@

.venv-docs/installed: studies/site/requirements.txt | .venv/pinned
	@echo "Installing what builds the documentation into .venv-docs ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-docs
	@$(UV) pip install --quiet --python .venv-docs/bin/python --require-hashes -r studies/site/requirements.txt $(call or_see,What builds the documentation,pip-and-uv)
	@touch $@

node_modules/installed: package-lock.json | build/tools
	@echo "Installing the pinned CDK command line into node_modules ..."
	@npm ci --loglevel=error --no-audit --no-fund >/dev/null $(call or_see,The CDK command line,npm)
	@touch $@

tools: .venv/installed .venv-local-aws/installed node_modules/installed
	@:

setup:  ## install everything the other verbs need
	@$(MAKE) --no-print-directory -j3 tools .venv-audit/installed .venv-docs/installed
	@$(BIN)/python -m token_rotator_cdk.bundle

run:  ## the whole system on this machine, with a live view, also in a browser (ONCE=1: stop after the first token was used)
	@$(MAKE) --no-print-directory -j3 tools
	@$(BIN)/python -m local $(if $(ONCE),--once) $(ARGS)

test: setup  ## everything CI checks
	@$(MAKE) --no-print-directory -j3 told-infra told-unit told-e2e told-upgrade told-types told-faults told-properties told-lint

quick: .venv/installed  ## what takes some minutes: lint, types, unit
	@$(MAKE) --no-print-directory -j3 told-types told-unit told-lint ARGS="-n 2 $(ARGS)"

# Runs a verb beside others: what it prints is shown when it ends.
told-%:
	@mkdir -p build/log; echo "make $* ..."; \
	  $(MAKE) --no-print-directory $* $(if $(filter lint types,$*),ARGS=) >"build/log/$*" 2>&1; code=$$?; \
	  cat "build/log/$*"; exit $$code

lint: .venv/installed node_modules/installed  ## style, prose, who may import whom, and whether the workflows are safe
	$(BIN)/ruff check . $(ARGS)
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet .github examples/pipelines/github-actions.yml
	@$(BIN)/python -m studies.prose

prose: .venv/installed node_modules/installed  ## words and sentence length in the documentation and in Python files (ARGS=files)
	@$(BIN)/python -m studies.prose $(ARGS)

fix: .venv/installed  ## correct the style, as far as a program can
	$(BIN)/ruff check --fix . $(ARGS)
	$(BIN)/ruff format .

types: .venv/installed  ## mypy, strict
	$(BIN)/mypy $(ARGS)

unit: .venv/installed  ## the function and its parts (T=expression: tests of that name)
	$(BIN)/pytest tests/unit $(if $(T),-k "$$T") $(ARGS)

properties: .venv/installed  ## a few simulated days, and the parsers with random input
	$(BIN)/pytest tests/simulation tests/fuzz $(ARGS)

infra: tools .venv-audit/installed .venv-docs/installed  ## the stack, and the evidence that it is safe
	$(BIN)/pytest tests/infra tests/audit $(ARGS)

e2e: tools  ## the deployed system on a local AWS
	$(BIN)/pytest tests/e2e $(ARGS)

upgrade: tools .venv-audit/installed  ## from the last release to this checkout and back: is anything lost?
	$(BIN)/pytest tests/upgrade $(ARGS)

faults: tools  ## AWS and the identity provider fail under the deployed function
	$(BIN)/pytest tests/faults $(ARGS)

browser: tools  ## the page of `make run` in headless Chromium, which has to be there (CHROMIUM=path)
	$(BIN)/pytest tests/browser $(ARGS)

fuzz: .venv/installed  ## the parsers at length: any secret, any answer, any parameter; some minutes
	$(BIN)/pytest tests/fuzz --hypothesis-profile=long --timeout=0 $(ARGS)

audit: tools .venv-audit/installed  ## the evidence as a table: permissions, rule packs, leaks, supply chain
	@$(BIN)/python -m tests.audit $(ARGS)

soak: tools  ## the same at length, then random faults for SOAK_MINUTES (5); a quarter of an hour
	$(BIN)/pytest tests/faults tests/unit/reader/hosts -m soak $(ARGS)

bench: tools  ## what rotations, cold starts and reads cost, beside others; writes docs/understand/performance.md (minutes)
	@$(BIN)/python -m studies.bench --write $(SECTIONS) $(ARGS)

simulate: .venv/installed  ## months of faults under a virtual clock; writes docs/understand/availability.* (minutes)
	$(BIN)/python -m studies.simulation $(ARGS)

synth: tools  ## the CloudFormation templates; needs no account, no Docker, and after `make setup` no network
	$(CDK) synth --quiet $(CDK_CONTEXT) $(ARGS)

# what would make a deployment fail or hurt; a token that it takes away can be accepted by its parameter
PREFLIGHT = $(BIN)/token-rotator preflight $(if $(CONFIG),--config "$$CONFIG") $(if $(STACK),--stack "$$STACK") \
  $(if $(ACCEPT),--accept "$$ACCEPT") $(if $(ARGS),--cdk-arguments="$$ARGS")

diff: tools  ## what a deployment would change, and what would make it fail or hurt
	@$(PREFLIGHT); wrong=$$?; $(CDK) diff $(if $(STACK),"$$STACK") $(CDK_CONTEXT) $(ARGS) && exit $$wrong

deploy: tools  ## to the account of the caller's credentials (STACK=name: one of the file's stacks)
	@$(PREFLIGHT)
	$(CDK) deploy $(if $(STACK),"$$STACK",--all) $(CDK_CONTEXT) $(ARGS)

destroy: tools  ## take the stacks away (ARGS=--force: without asking); docs/understand/limits.md says what stays
	$(CDK) destroy $(if $(STACK),"$$STACK",--all) $(CDK_CONTEXT) $(ARGS)

# the rotator that the next verbs are about
ROTATOR_ARGS = $(if $(ROTATOR),"$$ROTATOR") $(if $(CONFIG),--config "$$CONFIG")

check: .venv/installed  ## what is wrong with the deployed rotator (ROTATOR=name CONFIG=file ARGS=--json)
	@$(BIN)/token-rotator check $(ROTATOR_ARGS) $(ARGS)

status: .venv/installed  ## what is published, and which rotation published it
	@$(BIN)/token-rotator status $(ROTATOR_ARGS) $(ARGS)

rotate: .venv/installed  ## publish a new token now
	@$(BIN)/token-rotator rotate $(ROTATOR_ARGS) $(ARGS)

upload: .venv/installed  ## store the file downloaded from Intelligence as the key (FILE=path)
	@test -n "$$FILE" || { echo "Name the downloaded file: make upload FILE=path" >&2; exit 2; }
	@$(BIN)/token-rotator upload $(ARGS) "$$FILE" $(ROTATOR_ARGS)

try: .venv/installed  ## does the key in the downloaded file work? no AWS, nothing deployed (FILE=path ARGS=--json)
	@test -n "$$FILE" || { echo "Name the downloaded file: make try FILE=path" >&2; exit 2; }
	@$(BIN)/token-rotator try $(ARGS) "$$FILE" $(ROTATOR_ARGS)

live-check: .venv/installed  ## what only a real account shows (ARGS="--alarm ALARM --expire MINUTES"); docs/operate/live-check.md
	@$(BIN)/token-rotator live-check $(ROTATOR_ARGS) $(ARGS)

costs: .venv/installed  ## what the configuration costs a month, and which setting changes it (CONFIG=file)
	@$(BIN)/token-rotator costs $(if $(CONFIG),--config "$$CONFIG") $(ARGS)

package: tools  ## templates and zip files for whoever deploys without the CDK (BUCKET=name PREFIX=... CONFIG=file STACK=name); docs/deploy/packaging.md
	@test -n "$$BUCKET" || { echo "Name the bucket that the zip files are going to be in: make package BUCKET=name" >&2; exit 2; }
	@# as it is written: make would expand the placeholder of a name such as acme-${AWS::Region}
	@$(BIN)/token-rotator package --bucket '$(value BUCKET)' $(if $(PREFIX),--prefix "$$PREFIX") $(if $(CONFIG),--config "$$CONFIG") $(if $(STACK),--stack "$$STACK") $(ARGS)

sbom: tools  ## what is in the bundle, as CycloneDX: build/sbom.cdx.json
	@$(BIN)/python -m tests.audit.sbom $(ARGS)

dist: .venv/installed  ## the wheels of token-rotator and of the consumers' library, in dist/
	@$(BIN)/python -m hatchling build --target wheel --directory dist $(ARGS)
	@cd lambda_src && ../$(BIN)/python -m hatchling build --target wheel --directory ../dist $(ARGS)

record-release: .venv/installed  ## record this checkout as the last release, for `make upgrade`; part of a release
	@$(BIN)/python -m tests.upgrade $(ARGS)

release-files: sbom  ## wheels, bill of materials, notes and checksums of a release, in build/release (TAG=tag: has to be the version's; REPOSITORY_URL=address: for the notes)
	@$(BIN)/python -m local.release $(if $(TAG),--tag "$$TAG") $(if $(REPOSITORY_URL),--repository-url "$$REPOSITORY_URL") $(ARGS)

generate: .venv/installed  ## rewrite what is generated: the settings' schema and their documentation
	$(BIN)/python -m studies.reference $(ARGS)

docs: .venv-docs/installed node_modules/installed  ## the documentation as a site: build/site (REPOSITORY_URL=address: links to the sources)
	@NO_MKDOCS_2_WARNING=1 REPOSITORY_URL="$$REPOSITORY_URL" .venv-docs/bin/mkdocs build --strict $(ARGS)  # with --quiet, --strict counts no warnings

lock: .venv/installed  ## pin what the requirements.in files ask for, with hashes
	@set -e; for pins in {infra/token_rotator_cdk/bundle,local/setup,local,tests/audit,studies/site,.}/requirements studies/bench/requirements/{runtime,obvious,script}; do \
	  $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --custom-compile-command 'make lock' $$pins.in -o $$pins.txt $(ARGS); \
	done

clean:  ## remove what the other verbs made
	rm -rf .venv .venv-local-aws .venv-audit .venv-docs node_modules build dist package cdk.out .local .mypy_cache .ruff_cache .pytest_cache
