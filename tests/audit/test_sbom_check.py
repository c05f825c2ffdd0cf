"""Does the check of the bill of materials notice what is wrong with it?"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.checks.supply_sbom import misses
from token_rotator_cdk.bundle.sbom import document

Bill = dict[str, Any]


def other_licence(bill: Bill) -> None:
    bill["components"][0]["licenses"] = [{"expression": "AGPL-3.0-only"}]


def other_wheel(bill: Bill) -> None:
    bill["components"][0]["hashes"][0]["content"] = "0" * 64


def unknown_field(bill: Bill) -> None:
    bill["components"][0]["colour"] = "red"


def no_such_pin(bill: Bill) -> None:
    bill["components"][0]["version"] = "0.0.1"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (other_licence, "AGPL"),
        (other_wheel, "hash"),
        (unknown_field, "not CycloneDX"),
        (no_such_pin, "not both"),
        (lambda bill: bill["components"].pop(), "not both"),
    ],
)
def test_a_bill_that_is_wrong_is_a_miss(wrong: Callable[[Bill], object], said: str):
    bill = document()
    assert misses(bill) == []

    wrong(bill)

    assert any(said in miss for miss in misses(bill))


def test_the_same_wheels_make_the_same_bill():
    assert document() == document()
