"""The alarms that fire before consumers notice, and after: docs/operate/monitoring.md."""

import math

import pytest

from studies.simulation.ways_of_failing import (
    BEGIN,
    END,
    FAILURES,
    PAGE,
    Aftermath,
    Failure,
    aftermath,
)

NUMBERS = range(4)

DOWN, REFUSED, DENIED, SILENT, DELETED, OVERWRITTEN = FAILURES


def of(failure: Failure) -> list[Aftermath]:
    return [aftermath(failure, number) for number in NUMBERS]


@pytest.mark.parametrize("failure", [DOWN, REFUSED, DENIED], ids=lambda one: one.name)
def test_where_a_refresh_fails_the_alarm_is_first(failure: Failure):
    for found in of(failure):
        assert found.rings["RefreshFailing"] == found.alarm < found.noticed < math.inf
        assert "FunctionNotInvoked" not in found.rings


def test_where_nothing_runs_an_alarm_rings_within_four_minutes():
    for found in of(SILENT):
        assert found.rings.keys() == {"FunctionNotInvoked", "TokenNotRefreshed"}
        assert found.rings["FunctionNotInvoked"] == found.alarm <= 240
        assert found.noticed <= 300


@pytest.mark.parametrize("failure", [DELETED, OVERWRITTEN], ids=lambda one: one.name)
def test_what_somebody_deletes_or_overwrites_comes_back_by_itself(failure: Failure):
    for found in of(failure):
        assert found.noticed == 0
        assert found.back <= 121, "two looks of a watchdog are 119 s apart at the most"
        assert found.rings == {}


def test_the_table_of_the_page_has_every_way_of_failing():
    text = PAGE.read_text(encoding="utf-8")
    rows = text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()[2:]

    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
        one.name for one in FAILURES
    ]
