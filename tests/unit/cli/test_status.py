"""`status` shows the published token, the rotation that published it, and the last error."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from local.idp import faults
from local.idp.faults import Endpoint
from tests.support.operated_aws import Refusing
from tests.support.operating import PARAMETER, OperatedRotator
from tests.support.terminal import shown
from token_rotator.contract import EventField, Trigger, ValueFormat, Variable
from token_rotator.errors import IdentityProviderDown


def status(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any]]:
    code = rotator.run("status", "--json")
    return code, json.loads(capsys.readouterr().out)


def test_a_published_token_is_told_with_its_age_and_who_rotated_it(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    expires_at = json.loads(rotator.published()["Value"])["expires_at"]
    at = datetime.fromtimestamp(expires_at, UTC) - timedelta(seconds=239)
    age = int((at - rotator.published()["LastModifiedDate"]).total_seconds())

    with time_machine.travel(at, tick=False):
        code, told = status(rotator, capsys)
        rotator.run("status")

    assert code == 0
    assert told["ok"] is True
    assert (told["parameter"], told["version"]) == (PARAMETER, 1)
    assert told["life_left_seconds"] == 239
    assert told["rotated_by"] == "schedule"
    assert told["last_error"] is None
    lines = capsys.readouterr().out.splitlines()
    assert f"age         {age} s" in lines
    assert "life left   239 s" in lines
    assert "last error  none" in lines


def test_a_failed_rotation_is_told_until_the_next_one_works(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    with pytest.raises(IdentityProviderDown):
        rotator.rotate()
    rotator.rotate(**{EventField.TRIGGER: Trigger.WATCHDOG, EventField.MIN_REMAINING_SECONDS: 150})
    code, during = status(rotator, capsys)
    rotator.idp.recover()
    rotator.rotate(trigger=Trigger.WATCHDOG)
    _, after = status(rotator, capsys)

    assert code == 0, "the token before is alive"
    assert during["last_error"] == "IdentityProviderDown"
    assert "status 503" in during["last_error_message"]
    assert during["rotated_by"] == "schedule", "the token is still its"
    assert (after["last_error"], after["rotated_by"]) == (None, "watchdog")


def test_an_expired_token_counts_as_none(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=310), tick=False):
        code, told = status(rotator, capsys)
        rotator.run("status")

    assert (code, told["ok"]) == (1, False)
    assert "none: it expired" in capsys.readouterr().out


def test_an_older_parameter_with_the_same_version_is_not_the_published_one(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    """A parameter that was deleted starts again with version 1. Log lines are readable late."""
    rotator.aws.parameters.delete_parameter(Name=PARAMETER)
    later = datetime.now(UTC) + timedelta(minutes=6)

    with time_machine.travel(later, tick=False):
        rotator.publish("of a rotation whose line is not readable yet")
        code, at_once = status(rotator, capsys)
        rotator.aws.parameters.delete_parameter(Name=PARAMETER)
        rotator.rotate(trigger=Trigger.WATCHDOG)
        _, once_readable = status(rotator, capsys)
    with time_machine.travel(later + timedelta(minutes=1), tick=False):
        rotator.aws.parameters.delete_parameter(Name=PARAMETER)
        rotator.publish("of somebody else")
    with time_machine.travel(later + timedelta(minutes=3), tick=False):
        _, of_somebody_else = status(rotator, capsys)

    assert (code, at_once["version"], at_once["rotated_by"]) == (0, 1, None)
    assert 290 < at_once["life_left_seconds"] <= 300
    assert (once_readable["version"], once_readable["rotated_by"]) == (1, "watchdog")
    assert (of_somebody_else["version"], of_somebody_else["ok"]) == (1, False)


def test_without_a_parameter_it_says_why(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.aws.parameters.delete_parameter(Name=PARAMETER)

    assert rotator.run("status") == 1

    assert "does not exist: no token was published" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_without_a_log_the_rest_is_told(
    rotator: OperatedRotator, code: str, capsys: pytest.CaptureFixture[str]
):
    vars(rotator.aws)["logs"] = Refusing(code)

    assert rotator.run("status") == 0

    said = shown(capsys)
    assert "version     1" in said
    assert f"rotated by  unknown: logs:FilterLogEvents failed ({code})" in said


def test_a_rotation_hours_ago_is_found(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    """The interval may be twelve hours."""
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=11), tick=False):
        _, told = status(rotator, capsys)

    assert told["rotated_by"] == "schedule"


def test_a_bare_token_lives_as_long_as_the_log_says_and_at_most_as_long_as_configured(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.environment[Variable.VALUE_FORMAT] = ValueFormat.TOKEN
    rotator.configure(rotator.environment)
    rotator.start()
    short = {"access_token": "bare", "expires_in": 120}
    rotator.idp.fail(Endpoint.TOKEN, faults.answers_json(short))
    rotator.rotate()

    _, by_the_log = status(rotator, capsys)
    vars(rotator.aws)["logs"] = Refusing()
    _, by_the_parameter = status(rotator, capsys)
    rotator.run("status")

    assert rotator.published()["Value"] == "bare"
    assert 60 < by_the_log["life_left_seconds"] <= 120
    assert 240 < by_the_parameter["life_left_seconds"] <= 300
    assert "life left   at most 2" in capsys.readouterr().out
