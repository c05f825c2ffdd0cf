"""The bill counts the calls, metrics and log bytes of the real function."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.support.application import Deployed
from tests.support.emitted import identities
from token_rotator.contract import EventField, Trigger
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cli.costs import usage


def calls_from_now_on(deployed: Deployed) -> Counter[str]:
    """The number of calls of each AWS operation."""
    calls: Counter[str] = Counter()
    deployed.tap(lambda operation: calls.update([operation]))
    return calls


def watchdog(deployed: Deployed) -> dict[str, Any]:
    return deployed.rotate(
        **{EventField.TRIGGER: Trigger.WATCHDOG, EventField.MIN_REMAINING_SECONDS: 150}
    )


def a_rotator(**settings: Any) -> RotatorConfig:
    return RotatorConfig(parameter_name="/marketing/token", **settings)


def close_to(number: int) -> object:
    return pytest.approx(number, rel=0.15)


def test_a_warm_rotation_makes_the_calls_that_are_billed_and_no_other(deployed: Deployed):
    deployed.rotate()
    calls = calls_from_now_on(deployed)

    deployed.rotate()

    assert calls == {"GetParameter": 1, "PutParameter": 1, "GetSecretValue": 1}
    assert calls["GetParameter"] + calls["PutParameter"] == usage.PARAMETER_CALLS
    assert calls["GetSecretValue"] == usage.SECRET_CALLS
    assert calls["GetParameter"] + calls["GetSecretValue"] == usage.DECRYPTIONS
    assert calls["PutParameter"] == usage.DATA_KEYS


def test_a_run_that_keeps_the_token_makes_no_call(deployed: Deployed):
    deployed.rotate()
    calls = calls_from_now_on(deployed)

    kept = watchdog(deployed)

    assert kept["outcome"] == "kept"
    assert calls == {}


def test_a_run_that_notes_the_event_of_a_write_makes_no_call_and_logs_no_more(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    calls = calls_from_now_on(deployed)
    capsys.readouterr()

    deployed.rotate(**{EventField.TRIGGER: Trigger.PARAMETER_CHANGED})

    assert calls == {}
    assert 0 < len(capsys.readouterr().out.encode()) <= usage.KEPT_LOG_BYTES


def test_a_rotation_without_trouble_emits_the_metrics_that_are_billed(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    deployed.rotate()

    assert len(identities(capsys.readouterr().out.splitlines())) == usage.METRICS


def test_the_lines_are_as_long_as_they_are_billed(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    deployed.clock.advance(seconds=20)
    capsys.readouterr()

    watchdog(deployed)
    kept = capsys.readouterr().out
    deployed.rotate(**{EventField.TRIGGER: Trigger.SCHEDULE})
    rotation = capsys.readouterr().out

    assert (len(kept.splitlines()), len(rotation.splitlines())) == (1, 2)
    assert len(kept.encode()) == close_to(usage.KEPT_LOG_BYTES)
    assert len(rotation.encode()) == close_to(usage.ROTATION_LOG_BYTES)


def test_rotations_are_as_frequent_as_the_documented_model_says():
    """15 an hour by the schedule, and one by a watchdog between two of them."""
    without = a_rotator(watchdog_min_remaining_seconds=0)
    slow = a_rotator(token_lifetime_seconds=3600, interval_minutes=50)

    assert usage.runs_and_rotations(a_rotator()) == ((15 + 120) * usage.HOURS, 30 * usage.HOURS)
    assert usage.runs_and_rotations(without) == (15 * usage.HOURS, 15 * usage.HOURS)
    assert usage.runs_and_rotations(slow)[1] == pytest.approx(usage.HOURS * 60 / 50)
    assert timedelta(hours=usage.HOURS) == timedelta(days=365) / 12
