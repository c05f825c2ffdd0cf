"""The numbers of processes that docs/consume/rules.md gives for 40 reads a second."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.reader.scenario import ReaderScenario
from token_reader import TokenError, TokenReader

QUOTA = 40
"""GetParameter calls per second, account and region with standard throughput."""


class Metered(ReaderScenario):
    """A Parameter Store that refuses calls above the quota within a second."""

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


def fleet(scenario: Metered, size: int) -> list[TokenReader]:
    """Readers of processes that cached the same token, with evenly spread jitter."""
    scenario.publish()
    readers = [scenario.reader(jitter=(number + 0.5) / size) for number in range(size)]
    for number, reader in enumerate(readers):
        scenario.at(number // QUOTA)
        reader.get()
    scenario.asked.clear()
    return readers


def failures(scenario: Metered, readers: list[TokenReader], *, rotated_at: int) -> int:
    """The number of reads without a token, if each process reads every second."""
    failed = 0
    for second in range(235, 320):
        scenario.at(second)
        if second == rotated_at:
            scenario.publish()
        for reader in readers:
            try:
                reader.get()
            except TokenError:
                failed += 1
    return failed


@pytest.mark.parametrize(
    ("processes", "rotated_at"), [(1200, 240), (2400, 240), (400, 290)], ids=str
)
def test_this_many_processes_always_get_a_token(processes: int, rotated_at: int):
    scenario = Metered()
    readers = fleet(scenario, processes)

    assert failures(scenario, readers, rotated_at=rotated_at) == 0


@pytest.mark.parametrize(("processes", "most"), [(400, 14), (1200, QUOTA)])
def test_this_many_processes_are_not_throttled(processes: int, most: int):
    scenario = Metered()
    readers = fleet(scenario, processes)

    failures(scenario, readers, rotated_at=240)

    assert max(scenario.asked.values()) <= most
    assert sum(scenario.asked.values()) == processes, "one GetParameter per rotation and process"


def test_a_late_rotation_is_polled_by_200_processes_within_the_quota():
    scenario = Metered()
    readers = fleet(scenario, 200)

    failures(scenario, readers, rotated_at=290)

    assert max(scenario.asked.values()) <= QUOTA


def test_an_api_that_refuses_everything_costs_60_processes_little_of_the_quota():
    """Every process sends a request a second, and asks for a newer token after each refusal."""
    scenario = Metered()
    readers = fleet(scenario, 60)

    for second in range(2, 602):
        scenario.at(second)
        if second % 120 == 0:
            scenario.publish()
        for reader in readers:
            refused = reader.get()
            if reader.get() is refused:
                reader.refresh(force=True)

    asked = sorted(scenario.asked.values(), reverse=True)
    print(f"{sum(asked) / 600:.1f} calls a second, at most {asked[0]}, then {asked[1:6]}")
    assert sum(asked) / 600 < 4
    assert sum(count > QUOTA for count in asked) <= 1, "when all are refused for the first time"
