"""The combinations of what a hardened account asks for: lint clean, and of one partition only.

`make test` checks a few that have every pair of values. `make audit` checks all.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product
from typing import Any, Final, NamedTuple

import pytest

from tests.audit.acknowledged import weighed
from tests.infra.config.test_places import BOUNDARY, UNIT, in_partition
from tests.support.cfn_lint import Linted, findings
from tests.support.infra_templates import Resource, a_rotator, a_stack, only, template
from tests.support.partitions import (
    EVERYWHERE,
    REGIONS,
    SUFFIXES,
    foreign,
    principals,
    resolved,
    strings,
)
from token_rotator_cdk.config.models.stack import Architecture
from token_rotator_cdk.config.places import regions_with_fips

ACCOUNT: Final = "111122223333"
PLACES: Final = ("us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1")
"""A region of each partition that AWS documents the console of; FIPS endpoints are in the first
two."""

KEY: Final = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"

Placed = Callable[[str], str]
"""Moves an ARN from eu-west-1 into a region and its partition."""

NETWORKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "no VPC": {},
    "VPC": {
        "vpc": {
            "subnet_ids": ("subnet-0123456789abcdef0",),
            "security_group_ids": ("sg-0123456789abcdef0",),
        }
    },
}
"""Settings of ``[rotators.NAME]``."""

KEYS: Final[Mapping[str, Callable[[Placed], Mapping[str, Any]]]] = {
    "own key": lambda _: {},
    "named key": lambda placed: {"key_arn": placed(KEY)},
}
"""Settings of ``[stack]``."""


class Cell(NamedTuple):
    """A combination. All its fields are part of a test's name."""

    region: str
    fips: bool
    architecture: Architecture
    network: str
    key: str

    def __str__(self) -> str:
        fips = "FIPS" if self.fips else "no FIPS"
        return ", ".join((self.region, fips, self.architecture, self.network, self.key))


CELLS: Final = [
    Cell(region, fips, *rest)
    for region, fips, *rest in product(PLACES, (False, True), Architecture, NETWORKS, KEYS)
    if not fips or region in regions_with_fips()
]


def pairs(cell: Cell) -> set[tuple[tuple[int, object], ...]]:
    """Each two of its values, with their positions."""
    return {*combinations(enumerate(cell), 2)}


def with_every_pair(cells: Sequence[Cell]) -> list[Cell]:
    """A few of the cells that have every pair of values. A mistake seldom needs three values."""
    missing = set().union(*map(pairs, cells))
    chosen = []
    while missing:
        best = max(cells, key=lambda cell: len(pairs(cell) & missing))
        chosen.append(best)
        missing -= pairs(best)
    return chosen


FEW: Final = with_every_pair(CELLS)
IN_EACH: Final = pytest.mark.parametrize(
    "cell",
    [cell if cell in FEW else pytest.param(cell, marks=pytest.mark.audit) for cell in CELLS],
    ids=str,
)


@functools.cache
def rendered(cell: Cell) -> Resource:
    """The template of a deployment with everything that names something of AWS's."""

    def placed(arn: str) -> str:
        return in_partition(arn, REGIONS[cell.region], cell.region)

    stack = a_stack(
        account=ACCOUNT,
        region=cell.region,
        architecture=cell.architecture,
        fips=cell.fips,
        alarm_emails=("ops@example.com",),
        reader_layer=True,
        log_key=True,
        secret_access_alerts=True,
        permissions_boundary=placed(BOUNDARY),
        tags={"team": "data"},
        **KEYS[cell.key](placed),
    )
    rotator = a_rotator(share_with=("444455556666", placed(UNIT)), **NETWORKS[cell.network])
    return template(stack, rotator)


def test_the_matrix_has_every_partition_and_fips_where_it_exists():
    assert {REGIONS[cell.region] for cell in CELLS} == {"aws", "aws-us-gov", "aws-cn", "aws-eusc"}
    assert {REGIONS[cell.region] for cell in CELLS if cell.fips} == {"aws", "aws-us-gov"}
    assert len(CELLS) == 6 * len(Architecture) * len(NETWORKS) * len(KEYS)


def test_the_few_have_every_value_beside_every_other():
    assert set().union(*map(pairs, FEW)) == set().union(*map(pairs, CELLS))
    assert len(FEW) <= len(CELLS) / 3


@IN_EACH
def test_a_deployment_holds_no_string_of_another_partition_or_region(cell: Cell):
    document = resolved(rendered(cell), cell.region)

    assert foreign(document, cell.region) == set()
    assert sum(f"arn:{REGIONS[cell.region]}:" in text for text in strings(document)) > 10


@IN_EACH
def test_every_principal_is_called_as_in_the_partition_of_the_deployment(cell: Cell):
    document = resolved(rendered(cell), cell.region)

    logs = f"logs.{cell.region}.{SUFFIXES[REGIONS[cell.region]]}"
    named = EVERYWHERE - {"secretsmanager.amazonaws.com"}
    # a named key is its owner's to open
    assert named <= principals(document) <= named | {logs}
    assert cell.key != "own key" or logs in principals(document)


@IN_EACH
def test_the_function_is_what_was_asked_for(cell: Cell):
    function = only(rendered(cell), "AWS::Lambda::Function")

    assert function["Architectures"] == [cell.architecture]
    variables = function["Environment"]["Variables"]
    assert variables.get("AWS_USE_FIPS_ENDPOINT") == ("true" if cell.fips else None)


@pytest.mark.parametrize(
    "cells", [FEW, pytest.param(CELLS, marks=pytest.mark.audit)], ids=["few", "all"]
)
def test_cfn_lint_accepts_every_deployment_in_its_region(cells: Sequence[Cell]):
    linted = {str(cell): Linted(rendered(cell), cell.region) for cell in cells}
    cases = sum(len(one.document["Resources"]) for one in linted.values())

    evidence = weighed("cfn-lint", findings(linted), cases=cases)

    # reasons that only the audited deployments need are that check's business
    misses = [one for one in evidence.misses if not one.endswith("but was not found")]
    assert misses == []
    assert cases > 20 * len(cells)


def test_cfn_lint_would_say_what_is_wrong():
    cell = CELLS[-1]
    document = resolved(rendered(cell), cell.region)
    only(document, "AWS::Lambda::Function")["Architectures"] = ["arm65"]

    found = findings({"a cell": Linted(document, cell.region)})

    assert any("arm65" in one.message and "Lambda" in one.resource for one in found)


def test_where_the_region_is_unknown_the_template_names_no_partition_and_no_region():
    document = template(
        a_stack(log_key=True, secret_access_alerts=True, reader_layer=True),
        a_rotator(share_with=("444455556666",)),
    )
    named = [text for text in strings(document) if "arn:aws" in text]

    assert named == []
    for place in PLACES:
        # the link to the dashboard names the console of each partition, for a condition to choose
        there = {key: value for key, value in document.items() if key != "Outputs"}
        assert foreign(resolved(there, place), place) == set()
    assert "Mappings" not in document
