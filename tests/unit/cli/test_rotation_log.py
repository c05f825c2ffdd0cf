"""The one reader of the function's log reads what the function writes."""

import json
from datetime import timedelta

import pytest

from local.followed_log import FollowedLog
from tests.support.application import Deployed
from tests.support.operated_aws import Refusing
from tests.support.watching import NOW, Logs
from token_rotator.contract import EventField, Outcome, ReportField, Trigger
from token_rotator_cli.deployment.rotation_log import LoggedRotation, RotationLog
from token_rotator_cli.errors import CallerError


@pytest.fixture
def logs() -> Logs:
    return Logs()


@pytest.fixture
def log(logs: Logs) -> RotationLog:
    return RotationLog(logs, log_group="/group", now=lambda: NOW)


def test_what_the_function_writes_is_read_back(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    answer = deployed.rotate(**{EventField.TRIGGER: Trigger.SCHEDULE})
    line, _metrics = capsys.readouterr().out.splitlines()

    rotation = LoggedRotation.from_log_line(line, NOW)

    assert rotation is not None
    assert (rotation.at, rotation.trigger, rotation.outcome) == (NOW, "schedule", "published")
    assert rotation.expires_at is not None
    assert rotation.expires_at.isoformat() == answer["expires_at"]
    assert rotation.parameter_version == answer["parameter_version"] == 1
    assert rotation.token_requests == 1
    assert rotation.secret_version
    assert rotation.token_fingerprint
    assert (rotation.previous_key_used, rotation.warnings, rotation.error) == (False, (), None)


def test_a_new_rotation_is_returned_once_however_late_its_line_becomes_readable(logs: Logs):
    log = FollowedLog(logs, log_group="/group")
    logs.lines.append((NOW, "a", "START RequestId: 1"))
    logs.log(NOW, trigger="schedule", outcome="published", parameter_version=7)
    logs.log(NOW, _aws={"CloudWatchMetrics": []}, TokenPublished=1)

    first, second = log.new_rotations(), log.new_rotations()
    logs.log(NOW - timedelta(seconds=1), stream="late", trigger="watchdog", outcome="kept")
    third = log.new_rotations()

    assert [(one.trigger, one.outcome, one.parameter_version) for one in first] == [
        ("schedule", "published", 7)
    ]
    assert second == []
    assert [one.trigger for one in third] == ["watchdog"]


def test_attempts_leave_out_runs_that_kept_the_token_and_are_in_order(log: RotationLog, logs: Logs):
    logs.log(NOW - timedelta(minutes=1), outcome=Outcome.FAILED)
    logs.log(NOW - timedelta(minutes=2), outcome=Outcome.KEPT)
    logs.log(NOW - timedelta(minutes=3), outcome=Outcome.PUBLISHED)

    assert [one.outcome for one in log.attempts()] == ["published", "failed"]


def test_hours_are_searched_only_if_the_last_minutes_hold_no_attempt(log: RotationLog, logs: Logs):
    logs.log(NOW - timedelta(hours=11), outcome=Outcome.PUBLISHED)
    before = log.recent_attempts(), len(log.attempts())
    logs.log(NOW, outcome=Outcome.FAILED)

    assert before == ([], 1)
    assert [one.outcome for one in log.attempts()] == ["failed"]


@pytest.mark.parametrize("message", ["", "{", "[]", "null", '{"type": "platform.start"}', "END"])
def test_other_lines_are_no_rotation(message: str):
    assert LoggedRotation.from_log_line(message, NOW) is None


def test_a_failure_gives_its_reason_in_its_own_words():
    line = {
        ReportField.OUTCOME: "failed",
        ReportField.ERROR: "IdentityProviderDown",
        ReportField.ERROR_MESSAGE: "status 503",
    }

    rotation = LoggedRotation.from_log_line(json.dumps(line), NOW)

    assert rotation
    assert rotation.reason == "IdentityProviderDown: status 503"


def test_the_end_of_the_log_is_whatever_it_holds(logs: Logs):
    log = FollowedLog(logs, log_group="/group")
    logs.lines = [(NOW, "a", f"line {number}") for number in range(20)]

    assert log.last_lines(2) == "line 18\nline 19"


def test_a_log_that_the_caller_may_not_read_says_what_to_ask_for():
    with pytest.raises(CallerError, match="ask for logs:FilterLogEvents"):
        RotationLog(Refusing(), log_group="/group").attempts()
