# One verb per need. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
export PYTHON313  # names a Python 3.13 that compiles the bundle, if python3.13 does not
BIN := .venv/bin
ifdef CONFIG
CDK_CONTEXT += -c config=$(CONFIG)
endif
CDK := PATH="$(CURDIR)/$(BIN):$$PATH" JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20 npx --no-install cdk
# leaves in $$place which stack, where, and which rotator of it
WHERE = place="$$($(BIN)/python -m token_rotator_cli.locate $(if $(ROTATOR),--rotator $(ROTATOR)) $(CONFIG)) $(ARGS)" \
  && $(BIN)/python -m
OPERATE = $(WHERE) token_rotator_cli

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types unit infra e2e faults fuzz audit soak simulate synth diff deploy destroy check status rotate upload live-check costs sbom lock clean bench

help:  ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/installed: requirements.txt
	@$(PYTHON) local/process/preflight.py
	@echo "Installing the development tools into .venv (about a minute, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv-local-aws/installed: local/requirements.txt
	@$(PYTHON) local/process/preflight.py
	@echo "Installing the local AWS into .venv-local-aws (once) ..."
	@$(PYTHON) -m venv .venv-local-aws
	@.venv-local-aws/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r local/requirements.txt
	@touch $@

.venv-audit/installed: tests/audit/requirements.txt
	@echo "Installing the rule packs into .venv-audit (once) ..."
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/audit/requirements.txt
	@touch $@

node_modules/installed: package-lock.json
	@$(PYTHON) local/process/preflight.py
	@echo "Installing the pinned CDK command line into node_modules (once) ..."
	@npm ci --silent --no-audit --no-fund
	@touch $@

setup: .venv/installed .venv-local-aws/installed node_modules/installed  ## install everything the other verbs need
	@$(BIN)/python -m token_rotator_cdk.bundle.bundling fetch

run: setup  ## the whole system on this machine, with a live view (ONCE=1: stop after the first token was used)
	@$(BIN)/python -m local $(if $(ONCE),--once)

test: setup  ## everything CI checks
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint types unit infra
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory faults

lint: .venv/installed  ## style, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/installed  ## mypy, strict
	$(BIN)/mypy

unit: .venv/installed  ## the function and its parts, and a few simulated days
	$(BIN)/pytest tests/unit tests/simulation tests/fuzz

infra: setup .venv-audit/installed  ## the stack, and the evidence that it is safe
	$(BIN)/pytest tests/infra tests/audit

e2e: setup  ## the deployed system on a local AWS
	$(BIN)/pytest tests/e2e

faults: setup  ## AWS and the identity provider fail under the deployed function
	$(BIN)/pytest tests/faults

fuzz: .venv/installed  ## the parsers at length: any secret, any answer, any parameter; some minutes
	$(BIN)/pytest tests/fuzz --hypothesis-profile=long --timeout=0

audit: setup .venv-audit/installed  ## the evidence as a table: permissions, rule packs, leaks, supply chain
	@JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20 $(BIN)/python -m tests.audit

soak: setup  ## the same at length, then random faults for SOAK_MINUTES (5); a quarter of an hour
	$(BIN)/pytest tests/faults -m soak

bench: setup  ## what rotations, cold starts and reads cost, beside others; writes docs/performance.md (minutes)
	$(BIN)/python -m studies.bench --write $(SECTIONS)

simulate: .venv/installed  ## months of faults under a virtual clock; writes docs/availability.* (minutes)
	$(BIN)/python -m studies.simulation

synth: setup  ## the CloudFormation templates; needs no account, no Docker, no network
	$(CDK) synth --quiet $(CDK_CONTEXT)

diff: setup  ## what a deployment would change
	$(CDK) diff $(CDK_CONTEXT)

deploy: setup  ## to the account of the caller's credentials (STACK=name: one of the file's stacks)
	$(CDK) deploy $(or $(STACK),--all) $(CDK_CONTEXT) $(ARGS)

destroy: setup  ## take the stacks away; README.md says what stays (STACK=name: one of them)
	$(CDK) destroy $(or $(STACK),--all) $(CDK_CONTEXT)

check: .venv/installed  ## what is wrong with the deployed rotator? (ROTATOR=name CONFIG=file, ARGS=--json)
	@$(OPERATE) check $$place

status: .venv/installed  ## what is published, and who rotated it
	@$(OPERATE) status $$place

rotate: .venv/installed  ## a fresh token, now
	@$(OPERATE) rotate $$place

upload: .venv/installed  ## the file downloaded from Intelligence becomes the key (FILE=path)
	@test -n "$(FILE)" || { echo "Name the downloaded file: make upload FILE=path" >&2; exit 2; }
	@$(OPERATE) upload $$place -- "$(FILE)"

costs: .venv/installed  ## what the configuration costs a month, and which setting changes it
	@$(BIN)/python -m token_rotator_cli.costs.bill $(CONFIG)

live-check: .venv/installed  ## what only a real account shows (ARGS="--ring ALARM --expire MINUTES"); docs/live-check.md
	@$(WHERE) token_rotator_cli.live_check $$place

sbom: setup  ## what is in the bundle, as CycloneDX: build/sbom.cdx.json
	@$(BIN)/python -m token_rotator_cdk.bundle.sbom

lock: .venv/installed  ## pin what the requirements.in files ask for, with hashes
	for pins in {lambda_src,local,tests/audit,.}/requirements studies/bench/requirements/{runtime,obvious,script}; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --custom-compile-command 'make lock' $$pins.in -o $$pins.txt; \
	done

clean:  ## remove what the other verbs made
	rm -rf .venv .venv-local-aws .venv-audit node_modules build cdk.out .local .mypy_cache .ruff_cache .pytest_cache
