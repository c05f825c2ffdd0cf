"""What people hold of the last release is there in this checkout.

Whoever takes something away on purpose names it in ON_PURPOSE with the reason, and says in the
CHANGELOG what to do. The next recording empties it again.
"""

import json
import subprocess
import sys
from typing import Final

import pytest

from tests.support.infra_templates import Resource
from tests.support.packaged import packaged
from tests.upgrade.contract import contract
from tests.upgrade.losses import held, losses_in_contract, losses_in_template
from tests.upgrade.release import Release, deployment
from token_rotator.parameter.record import Record

ON_PURPOSE: Final[dict[str, str]] = {}
"""Loss → reason."""

_FIRST: Final = "import sys; sys.path.insert(0, sys.argv[1]);"
TOKEN: Final = "eyJ.of.a-test"
RECORD: Final = json.dumps(
    {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "issued_at": 1795435200,
        "expires_at": 1795435500,
        "refresh_after": 1795435440,
    }
)


@pytest.fixture(scope="module")
def released() -> Release:
    return Release.recorded()


@pytest.fixture(scope="module")
def template() -> Resource:
    """What this checkout makes of the released file."""
    return packaged(deployment())


def test_an_upgrade_takes_nothing_away(released: Release, template: Resource):
    found = [
        *losses_in_template(released.template, template),
        *losses_in_contract(released.contract, contract()),
    ]

    assert not {*found} - {*ON_PURPOSE}, "\n".join(["an upgrade takes away:", *found])
    assert not {*ON_PURPOSE} - {*found}, "ON_PURPOSE names what is not lost"


def test_the_recorded_release_holds_every_kind_of_thing(released: Release):
    kinds = {one["Type"] for one in held(released.template).values()}

    assert len(kinds) == 9, "and the role for other accounts"
    assert len(released.template["Outputs"]) == 14


def run(released: Release, program: str, given: str) -> str:
    """What a program prints that has the released packages, and nothing of this checkout."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{_FIRST} {program}", released.sources],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_released_library_reads_what_this_function_publishes(released: Release):
    published = Record.from_json(RECORD).to_json()

    program = (
        "from token_reader import record; token = record.parse(sys.stdin.read()); "
        "print(record.__file__, token.value, token.expires_at.timestamp())"
    )
    file, *read = run(released, program, published).split()

    assert file.startswith(str(released.sources))
    assert read == [TOKEN, "1795435500.0"]


def test_the_released_function_reads_it_too_after_a_way_back(released: Release):
    published = Record.from_json(RECORD).to_json()

    program = (
        "from token_rotator.parameter import record; "
        "print(record.__file__, record.Record.from_json(sys.stdin.read()).to_json())"
    )
    file, _, again = run(released, program, published).partition(" ")

    assert file.startswith(str(released.sources))
    assert Record.from_json(again) == Record.from_json(RECORD)
