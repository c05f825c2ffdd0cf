"""Operators see one line for each rotation, and metrics that cost no more than needed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local.idp import faults
from local.idp.faults import Endpoint
from tests.support.application import NAME, Deployed
from tests.support.bad_answers import TOKEN
from token_rotator.contract import (
    PLACEHOLDER_FIELD,
    EventField,
    Metric,
    RotationStep,
    Trigger,
)
from token_rotator.errors import CredentialError, IdentityProviderDown, TokenRequestRefused
from token_rotator.parameter.record import Record
from token_rotator_cdk.config.defaults import KEY_LIFETIME_DAYS


def test_each_rotation_is_one_log_line_and_one_metrics_line(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate(**{EventField.TRIGGER: Trigger.SCHEDULE})

    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["trigger"] == "schedule"
    assert log["rotator"] == "tokens/marketing"
    assert log["function_request_id"] == "request-1"
    assert metrics["Rotator"] == "tokens/marketing"
    assert metrics[Metric.TOKEN_PUBLISHED] == 1


def test_the_replaced_tokens_margin_is_a_metric_where_it_is_low(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    now = deployed.app.now()
    old = Record(access_token="old", issued_at=now, expires_at=now + timedelta(seconds=50))
    deployed.ssm.put_parameter(Name=NAME, Type="SecureString", Value=old.to_json())

    deployed.rotate()

    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["margin_seconds"] == pytest.approx(50, abs=2)
    assert metrics[Metric.EXPIRY_MARGIN_SECONDS] == log["margin_seconds"]


def test_falling_back_on_the_previous_key_is_a_metric(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.store("uploaded by mistake")

    deployed.rotate()

    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["level"] == "WARNING"
    assert metrics[Metric.PREVIOUS_KEY_USED] == 1


def test_a_key_speaks_up_in_its_last_sixty_days_and_not_before(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.idp.fail(Endpoint.TOKEN, faults.answers_json({"access_token": TOKEN}), times=None)
    deployed.clock.advance(days=KEY_LIFETIME_DAYS - 60, hours=-1)

    deployed.rotate()
    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["key_days_left"] == 60
    assert Metric.KEY_DAYS_LEFT not in metrics

    deployed.clock.advance(days=1)
    deployed.rotate()
    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["key_days_left"] == 59
    assert metrics[Metric.KEY_DAYS_LEFT] == 59


def test_metrics_that_speak_of_trouble_are_silent_without_it(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    deployed.rotate()

    metrics = json.loads(capsys.readouterr().out.splitlines()[3])
    assert {*Metric} & metrics.keys() == {Metric.TOKEN_PUBLISHED}


def test_a_new_stack_waits_with_a_warning_and_no_error_and_no_metric(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    new = deployed.secrets.create_secret(
        Name="new", SecretString=json.dumps({PLACEHOLDER_FIELD: "...", "random": "x"})
    )
    vars(deployed.app.rotation.credentials)["_secret_id"] = new["ARN"]

    result = deployed.rotate(**{EventField.TRIGGER: Trigger.SCHEDULE})

    assert result["outcome"] == "waiting"
    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["level"]) == ("waiting", "WARNING")
    assert "put-secret-value" in line["warnings"][0]


def test_a_difference_of_clocks_is_in_the_line_and_comes_first_in_a_refusal(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.clock.advance(seconds=100)

    with pytest.raises(TokenRequestRefused):
        deployed.rotate()

    line = json.loads(capsys.readouterr().out)
    assert line["clock_skew_seconds"] == pytest.approx(-100, abs=30)
    assert "The provider's clock is" in line["error_message"].partition("Generate/Refresh")[0]


def test_a_line_names_the_version_of_the_secret_that_failed(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    def line() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[0])
        return found

    used = deployed.rotate()["secret_version"]
    assert "failed_secret_version" not in line()

    failed = deployed.store("nonsense")
    deployed.rotate()
    with_the_previous_version = line()
    failed_too = deployed.store("more nonsense")
    with pytest.raises(CredentialError):
        deployed.rotate()
    with_none = line()

    versions = ("secret_version", "failed_secret_version")
    assert [with_the_previous_version.get(one) for one in versions] == [used, failed]
    assert [with_none.get(one) for one in versions] == [None, failed_too]


EVERY_LINE = {
    *("level", "timestamp", "message"),
    *("rotator", "trigger", "function_request_id", "outcome"),
    *("life_left_before_seconds", "margin_seconds", "expires_at", "parameter_version"),
    *("token_requests", "steps", "warnings"),
    *("secret_version", "key", "key_age_days", "key_days_left", "previous_key_used"),
    *("token_endpoint", "clock_skew_seconds", "token_lifetime_seconds", "token_fingerprint"),
}


def test_a_rotations_line_says_everything_and_a_failures_line_why_besides(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    deployed.rotate()
    published = json.loads(capsys.readouterr().out.splitlines()[2])
    deployed.idp.fail(Endpoint.TOKEN, faults.status(503), times=None)
    with pytest.raises(IdentityProviderDown):
        deployed.rotate()
    failed = json.loads(capsys.readouterr().out)

    assert published.keys() == EVERY_LINE
    of_the_new_token = {
        *("expires_at", "token_lifetime_seconds", "token_fingerprint"),
        *("margin_seconds", "parameter_version"),
    }
    why = {"error", "error_message", "retry_helps"}
    assert failed.keys() == EVERY_LINE - of_the_new_token | why
    assert [*published["steps"]] == [*RotationStep]
    assert [*failed["steps"]] == [*RotationStep][:-1]
    assert failed["token_requests"] > 1
    assert (failed["error"], failed["retry_helps"]) == ("IdentityProviderDown", True)
    assert failed["life_left_before_seconds"] > 0
