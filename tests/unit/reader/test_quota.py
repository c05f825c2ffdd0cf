"""How many processes do 40 GetParameter calls a second carry? What docs/consumers.md says."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.reader.world import ReaderScenario
from token_reader import TokenError, TokenReader

QUOTA = 40
"""Calls a second, per account and region, with standard throughput."""


class Metered(ReaderScenario):
    """Refuses what is more than the quota within a second."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[int] = Counter()

    def get_parameter(self, **arguments: Any) -> dict[str, Any]:
        second = int(self.seconds())
        self.asked[second] += 1
        if self.asked[second] > QUOTA:
            error: Any = {"Error": {"Code": "ThrottlingException", "Message": ""}}
            raise ClientError(error, "GetParameter")
        return super().get_parameter(**arguments)


def fleet(world: Metered, size: int) -> list[TokenReader]:
    """Processes that hold the same token, their jitter evenly spread: all in step."""
    world.publish()
    readers = [world.reader(jitter=(number + 0.5) / size) for number in range(size)]
    for number, reader in enumerate(readers):
        world.at(number // QUOTA)
        reader.get()
    world.asked.clear()
    return readers


def failures(world: Metered, readers: list[TokenReader], *, rotated_at: int) -> int:
    """How many reads end without a token, while each process reads each second."""
    failed = 0
    for second in range(235, 320):
        world.at(second)
        if second == rotated_at:
            world.publish()
        for reader in readers:
            try:
                reader.get()
            except TokenError:
                failed += 1
    return failed


@pytest.mark.parametrize(
    ("processes", "rotated_at"), [(1200, 240), (2400, 240), (400, 290)], ids=str
)
def test_so_many_processes_never_go_without_a_token(processes: int, rotated_at: int):
    world = Metered()
    readers = fleet(world, processes)

    assert failures(world, readers, rotated_at=rotated_at) == 0


@pytest.mark.parametrize(("processes", "most"), [(400, 14), (1200, QUOTA)])
def test_so_many_processes_are_not_even_throttled(processes: int, most: int):
    world = Metered()
    readers = fleet(world, processes)

    failures(world, readers, rotated_at=240)

    assert max(world.asked.values()) <= most
    assert sum(world.asked.values()) == processes, "one GetParameter per rotation and process"


def test_a_late_rotation_is_polled_by_200_processes_within_the_quota():
    world = Metered()
    readers = fleet(world, 200)

    failures(world, readers, rotated_at=290)

    assert max(world.asked.values()) <= QUOTA
