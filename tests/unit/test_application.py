"""The function as it is wired for production, between a Secrets Manager and a Parameter Store
(moto) and the stand-in identity provider: every bad answer is named and leaves the token alone.
"""

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
import urllib3
from moto import mock_aws

from local import faults
from local.faults import Endpoint, Fault
from local.identity_provider import IdentityProvider
from tests.support.clock import Clock
from tests.support.rotating import FakeCredentials
from token_reader.record import Record
from token_rotator.contract import EventField, Metric, Trigger, Variable
from token_rotator.errors import (
    AnswerUnusable,
    CredentialError,
    IdentityProviderDown,
    IdentityProviderUntrusted,
    PublicationError,
    RotationError,
    TokenRequestRefused,
)
from token_rotator.handler import invoke
from token_rotator.secret_store import Credential
from token_rotator.wiring import Application, build

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

NAME = "/intelligence/marketing/access-token"


@dataclass
class Deployed:
    """The application and its surroundings."""

    app: Application
    clock: Clock
    idp: IdentityProvider
    secrets: "SecretsManagerClient"
    ssm: "SSMClient"
    secret: str
    key: str

    def rotate(self, **event: object) -> dict[str, object]:
        for handler in logging.getLogger("token-rotator").handlers:
            # the logger is one for all tests, what captures its output is not
            assert isinstance(handler, logging.StreamHandler)
            handler.stream = sys.stdout
        return invoke(self.app, event, remaining=timedelta(seconds=50), request_id="request-1")

    def store(self, value: str) -> None:
        self.secrets.put_secret_value(SecretId=self.secret, SecretString=value)

    @property
    def value(self) -> str:
        parameter = self.ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
        return parameter["Value"]


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture
def deployed(idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    idp.recover()
    with mock_aws():
        secrets = boto3.client("secretsmanager")
        secret = secrets.create_secret(Name="tokens/marketing")["ARN"]
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        clock = Clock(datetime.now(UTC))
        app = build(
            {
                Variable.ROTATOR: "marketing",
                Variable.SECRET_ARN: secret,
                Variable.PARAMETER_NAME: NAME,
                Variable.PARAMETER_KEY_ARN: key,
                Variable.PARAMETER_TAGS: json.dumps({"rotator": "marketing"}),
            },
            now=clock.now,
            sleep=clock.sleep,
        )
        ssm = boto3.client("ssm")
        it = Deployed(app, clock, idp, secrets, ssm, secret, key)
        it.store(idp.new_service_account().as_downloaded())
        yield it


def test_a_rotation_publishes_a_token_that_opens_the_protected_resource(deployed: Deployed):
    result = deployed.rotate()

    assert result["outcome"] == "published"
    record = Record.from_json(deployed.value)
    answer = urllib3.request(
        "GET",
        deployed.idp.api("reports"),
        headers={"Authorization": f"{record.token_type} {record.access_token}"},
    )
    assert answer.status == 200


def test_the_request_is_the_documented_one(deployed: Deployed):
    deployed.rotate()

    request = deployed.idp.token_requests[-1]
    assert request.method == "POST"
    assert request.assertion_header == {"alg": "RS256", "typ": "JWT"}
    assert request.claims.keys() == {"iss", "sub", "aud", "iat", "jti"}
    assert request.query.keys() == {
        "grant_type",
        "client_id",
        "client_assertion",
        "client_assertion_type",
    }


def test_the_parameter_is_written_with_key_tier_policy_and_tags(deployed: Deployed):
    deployed.rotate()

    parameter = deployed.ssm.describe_parameters()["Parameters"][0]
    record = Record.from_json(deployed.value)
    (policy,) = parameter["Policies"]
    text = policy["PolicyText"] if "PolicyText" in policy else json.dumps(policy)
    expires = (record.expires_at + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert parameter["Type"] == "SecureString"
    assert parameter["Tier"] == "Advanced"
    assert parameter["KeyId"] == deployed.key
    assert expires in text
    tags = deployed.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)
    assert tags["TagList"] == [{"Key": "rotator", "Value": "marketing"}]


TOKEN = "sentinel-access-token"

BAD_ANSWERS: list[tuple[str, Fault, type[RotationError]]] = [
    ("HTML instead of JSON", faults.HTML, IdentityProviderDown),
    ("an empty body", faults.EMPTY, IdentityProviderDown),
    ("garbage", faults.GARBAGE, IdentityProviderDown),
    ("half a body", faults.TRUNCATED, IdentityProviderDown),
    ("a reset", faults.RESET, IdentityProviderDown),
    ("a gateway error", faults.status(502), IdentityProviderDown),
    ("too many requests", faults.status(429, retry_after="3"), IdentityProviderDown),
    ("JSON that is no object", faults.answers_json([TOKEN]), AnswerUnusable),
    ("no access_token", faults.answers_json({"expires_in": 300}), AnswerUnusable),
    ("an empty access_token", faults.answers_json({"access_token": ""}), AnswerUnusable),
    ("ten megabytes", faults.HUGE, AnswerUnusable),
    (
        "a token too long for the parameter",
        faults.answers_json({"access_token": TOKEN * 500, "expires_in": 300}),
        PublicationError,
    ),
    ("a redirect", faults.redirect("http://127.0.0.1:9/"), IdentityProviderUntrusted),
    ("a refusal", faults.oauth_error("invalid_client", http_status=401), TokenRequestRefused),
    ("a refusal with a token in it", faults.oauth_error(TOKEN), TokenRequestRefused),
    *(
        (
            f"expires_in {value!r}",
            faults.answers_json({"access_token": TOKEN, "expires_in": value}),
            AnswerUnusable,
        )
        for value in (0, -1, "soon", 0.5, 10**12, True, [300])
    ),
]


@pytest.mark.parametrize(
    ("fault", "error"), [case[1:] for case in BAD_ANSWERS], ids=[case[0] for case in BAD_ANSWERS]
)
def test_a_bad_answer_is_named_and_leaves_the_published_token_alone(
    deployed: Deployed, fault: Fault, error: type[RotationError], capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    before = deployed.value
    deployed.idp.fail(Endpoint.TOKEN, fault, times=None)
    capsys.readouterr()

    with pytest.raises(error) as caught:
        deployed.rotate()

    assert type(caught.value) is error
    assert deployed.value == before
    line = json.loads(capsys.readouterr().out)
    assert line["outcome"] == "failed"
    assert line["error"] == error.__name__
    assert line["retry_helps"] is error.retry_helps


@pytest.mark.parametrize("fault", [faults.HTML, faults.RESET, faults.TRUNCATED, faults.status(503)])
def test_a_passing_failure_is_survived_with_a_new_assertion(deployed: Deployed, fault: Fault):
    seen = len(deployed.idp.token_requests)
    deployed.idp.fail(Endpoint.TOKEN, fault, times=2)

    assert deployed.rotate()["outcome"] == "published"

    jtis = [request.claims["jti"] for request in deployed.idp.token_requests[seen:]]
    assert len(jtis) == len(set(jtis)) == 3


@pytest.mark.parametrize("expires_in", [300, "300", 300.0, None])
def test_an_expires_in_that_makes_sense_is_taken(deployed: Deployed, expires_in: object):
    answer: dict[str, object] = {"access_token": TOKEN}
    if expires_in is not None:
        answer["expires_in"] = expires_in
    deployed.idp.fail(Endpoint.TOKEN, faults.answers_json(answer))

    deployed.rotate()

    record = Record.from_json(deployed.value)
    assert record.expires_at - record.issued_at == timedelta(seconds=300)


def test_a_token_endpoint_on_another_host_gets_no_assertion(deployed: Deployed):
    seen = len(deployed.idp.token_requests)
    elsewhere = {"token_endpoint": deployed.idp.token_endpoint.replace("127.0.0.1", "localhost")}
    deployed.idp.fail(Endpoint.DISCOVERY, faults.answers_json(elsewhere))

    with pytest.raises(IdentityProviderUntrusted, match="localhost"):
        deployed.rotate()

    assert len(deployed.idp.token_requests) == seen


def test_a_new_key_counts_at_once(deployed: Deployed):
    deployed.rotate()
    account = deployed.idp.new_service_account()

    deployed.store(account.as_downloaded())
    deployed.rotate()

    assert deployed.idp.token_requests[-1].claims["iss"] == account.client_id


def test_the_watchdog_asks_nobody_while_the_token_is_fresh(deployed: Deployed):
    deployed.rotate()
    seen = len(deployed.idp.requests)

    result = deployed.rotate(
        **{EventField.TRIGGER: Trigger.WATCHDOG, EventField.MIN_REMAINING_SECONDS: 150}
    )

    assert result["outcome"] == "kept"
    assert len(deployed.idp.requests) == seen


def test_each_rotation_is_one_log_line_and_one_metrics_line(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate(**{EventField.TRIGGER: Trigger.SCHEDULE})

    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["trigger"] == "schedule"
    assert log["rotator"] == "marketing"
    assert log["function_request_id"] == "request-1"
    assert metrics["Rotator"] == "marketing"
    assert metrics[Metric.TOKEN_PUBLISHED] == [1]


def test_the_replaced_tokens_margin_is_a_metric(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    deployed.clock.advance(seconds=20)
    capsys.readouterr()

    deployed.rotate()

    metrics = json.loads(capsys.readouterr().out.splitlines()[1])
    assert metrics[Metric.EXPIRY_MARGIN_SECONDS][0] == pytest.approx(280, abs=2)


def test_falling_back_on_the_previous_key_is_a_metric(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.store("uploaded by mistake")

    deployed.rotate()

    log, metrics = map(json.loads, capsys.readouterr().out.splitlines())
    assert log["level"] == "WARNING"
    assert metrics[Metric.PREVIOUS_KEY_USED] == [1]


def test_a_token_counts_as_issued_when_it_was_asked_for_in_whole_seconds(deployed: Deployed):
    asked_at = deployed.clock.moment.replace(microsecond=999_999)
    deployed.clock.moment = asked_at
    rotation = deployed.app.rotation

    record = rotation.identity_provider.exchange(
        rotation.credentials.current().service_account, deadline=asked_at + timedelta(seconds=30)
    )

    assert record.issued_at == asked_at.replace(microsecond=0)


def test_the_text_of_an_error_that_is_not_ours_is_not_logged(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    class Broken(FakeCredentials):
        def current(self) -> Credential:
            raise RuntimeError(TOKEN)

    rotation = replace(deployed.app.rotation, credentials=Broken())
    deployed.app = replace(deployed.app, rotation=rotation)

    with pytest.raises(RuntimeError):
        deployed.rotate()

    line = json.loads(capsys.readouterr().out)
    assert line["error"] == "RuntimeError"
    assert line["retry_helps"] is False
    assert TOKEN not in str(line)


def test_input_that_makes_no_sense_is_an_error_of_ours(deployed: Deployed):
    with pytest.raises(RotationError, match="min_remaining_seconds"):
        deployed.rotate(min_remaining_seconds="soon")


def test_a_secret_without_a_service_account_is_named(deployed: Deployed):
    deployed.store("R4ndom-string-of-a-new-secret")
    deployed.store("R4ndom-string-of-another-new-secret")

    with pytest.raises(CredentialError, match="put-secret-value"):
        deployed.rotate()


@pytest.mark.parametrize("fault", [case[1] for case in BAD_ANSWERS] + [None])
def test_nothing_secret_is_printed_or_raised_even_at_debug(
    deployed: Deployed,
    fault: Fault | None,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
):
    caplog.set_level(logging.DEBUG)
    account = deployed.idp.new_service_account()
    deployed.store(account.as_downloaded())
    if fault is not None:
        deployed.idp.fail(Endpoint.TOKEN, fault, times=None)

    raised = ""
    try:
        deployed.rotate()
    except RotationError as error:
        raised = _everything(error)

    captured = capsys.readouterr()
    shown = f"{captured.out}{captured.err}{caplog.text}{raised}"
    assert shown
    key_lines = account.private_key_pem.splitlines()[1:-1]
    published = _published_token(deployed)
    for secret in (TOKEN, "client_assertion=", "eyJ", *key_lines, *published):
        assert secret not in shown


def _published_token(deployed: Deployed) -> list[str]:
    try:
        return [Record.from_json(deployed.value).access_token]
    except deployed.ssm.exceptions.ParameterNotFound:
        return []


def _everything(error: BaseException) -> str:
    """All that a formatter could show of an exception and its chain."""
    shown = f"{error} {error!r} {error.args} {vars(error)}"
    follow = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return shown + (_everything(follow) if follow else "")
