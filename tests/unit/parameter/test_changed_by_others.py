"""A parameter that somebody else deletes or overwrites is back with the next run of a watchdog."""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from tests.support.application import NAME, Deployed
from token_rotator.contract import EventField, ReportField, Trigger
from token_rotator.parameter.record import Record

Change = Callable[[Deployed], object]


def delete(deployed: Deployed) -> None:
    deployed.ssm.delete_parameter(Name=NAME)


def overwrite(deployed: Deployed) -> None:
    deployed.ssm.put_parameter(Name=NAME, Value="by hand", Type="SecureString", Overwrite=True)


CHANGES = pytest.mark.parametrize("change", [delete, overwrite])


def event(deployed: Deployed) -> object:
    return deployed.rotate(**{EventField.TRIGGER: Trigger.PARAMETER_CHANGED})["outcome"]


def watchdog(deployed: Deployed) -> object:
    wanted = {EventField.TRIGGER: Trigger.WATCHDOG, EventField.MIN_REMAINING_SECONDS: 155}
    return deployed.rotate(**wanted)["outcome"]


def calls(deployed: Deployed) -> Counter[str]:
    counted: Counter[str] = Counter()
    deployed.tap(lambda operation: counted.update([operation]))
    return counted


@CHANGES
def test_the_watchdog_after_the_event_publishes_again(deployed: Deployed, change: Change):
    deployed.rotate()
    event(deployed)  # of the rotation's own write
    change(deployed)

    assert event(deployed) == "noted"
    assert watchdog(deployed) == "published"
    assert Record.from_json(deployed.value).expires_at > deployed.clock.moment


def test_the_event_of_its_own_write_costs_no_call(deployed: Deployed):
    deployed.rotate()
    counted = calls(deployed)

    assert event(deployed) == "noted"
    assert watchdog(deployed) == "kept"
    assert counted == {}


def test_a_change_between_a_write_and_its_event_is_seen_with_the_second_event(deployed: Deployed):
    deployed.rotate()
    delete(deployed)

    event(deployed)
    event(deployed)

    assert watchdog(deployed) == "published"


def test_an_event_publishes_nothing_itself(deployed: Deployed):
    """Two rotators with one parameter would answer each other's writes for ever."""
    deployed.rotate()
    event(deployed)
    overwrite(deployed)
    counted = calls(deployed)

    for _ in range(5):
        event(deployed)

    assert counted == {}


def test_after_a_cold_start_an_event_is_taken_for_somebody_elses(deployed: Deployed):
    deployed.rotate()
    deployed.restart()

    event(deployed)

    assert watchdog(deployed) == "kept"


def test_the_log_says_that_it_was_somebody_else(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    capsys.readouterr()

    event(deployed)
    event(deployed)

    own, foreign = map(json.loads, capsys.readouterr().out.splitlines())
    assert own[ReportField.WARNINGS] == []
    assert "Another principal" in foreign[ReportField.WARNINGS][0]
    assert foreign[ReportField.LEVEL] == "WARNING"
