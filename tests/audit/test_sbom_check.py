"""The check of the bill of materials finds mistakes in it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.checks.supply_sbom import misses
from tests.audit.sbom import bill_of_materials

Bill = dict[str, Any]


@pytest.fixture(scope="module")
def bill() -> str:
    return bill_of_materials()


def other_licence(bill: Bill) -> None:
    bill["components"][0]["licenses"] = [{"expression": "AGPL-3.0-only"}]


def no_licence(bill: Bill) -> None:
    del bill["components"][0]["licenses"]


def no_such_pin(bill: Bill) -> None:
    bill["components"][0]["version"] = "0.0.1"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (other_licence, "AGPL"),
        (no_licence, "unknown"),
        (no_such_pin, "not both"),
        (lambda bill: bill["components"].pop(), "not both"),
    ],
)
def test_a_bill_that_is_wrong_is_a_miss(bill: str, wrong: Callable[[Bill], object], said: str):
    document = json.loads(bill)
    assert misses(document) == []

    wrong(document)

    assert any(said in miss for miss in misses(document))


def test_the_same_bundle_has_the_same_bill(bill: str):
    assert bill_of_materials() == bill
