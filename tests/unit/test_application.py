"""The function as it is wired for production, between a Secrets Manager and a Parameter Store
(moto) and the stand-in identity provider: every bad answer is named and leaves the token alone.
"""

import json
from datetime import timedelta

import pytest
import urllib3

from local.idp import faults
from local.idp.faults import Endpoint, Fault
from tests.support.application import NAME, Deployed
from tests.support.bad_answers import BAD_ANSWERS, TOKEN
from token_rotator.contract import (
    EventField,
    Trigger,
)
from token_rotator.errors import (
    CredentialError,
    IdentityProviderUntrusted,
    RotationError,
)
from token_rotator.parameter.record import Record
from token_rotator.steps import Steps


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


def test_a_secret_cannot_lead_inside_where_aws_is_outside(deployed: Deployed):
    heard = deployed.idp.requests
    deployed.restart(outside=True)

    with pytest.raises(IdentityProviderUntrusted, match="loopback"):
        deployed.rotate()

    assert deployed.idp.requests == heard


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


def test_a_backdated_assertion_gives_a_token_that_counts_from_now(deployed: Deployed):
    deployed.restart(ASSERTION_BACKDATE_SECONDS="30")

    deployed.rotate()

    now = int(deployed.clock.moment.timestamp())
    assert deployed.idp.token_requests[-1].claims["iat"] == now - 30
    assert Record.from_json(deployed.value).issued_at.timestamp() == now


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
    assert tags["TagList"] == [{"Key": "token-rotator", "Value": "tokens/marketing"}]


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


@pytest.mark.parametrize(
    "fault",
    [
        faults.RESET,
        faults.TRUNCATED,
        faults.status(503),
        faults.status(503, body=b"<html>" * 100_000),
        faults.oauth_error("temporarily_unavailable"),
    ],
)
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


def test_a_token_counts_as_issued_when_it_was_asked_for_in_whole_seconds(deployed: Deployed):
    asked_at = deployed.clock.moment.replace(microsecond=999_999)
    deployed.clock.moment = asked_at
    rotation, steps = deployed.app.rotation, Steps(now=deployed.clock.now)

    record = rotation.identity_provider.exchange(
        rotation.credentials.current(steps).service_account,
        deadline=asked_at + timedelta(seconds=30),
        steps=steps,
    )

    assert record.issued_at == asked_at.replace(microsecond=0)


def test_input_that_makes_no_sense_is_an_error_of_ours(deployed: Deployed):
    with pytest.raises(RotationError, match="min_remaining_seconds"):
        deployed.rotate(min_remaining_seconds="soon")


def test_a_secret_without_a_service_account_is_named(deployed: Deployed):
    deployed.store("R4ndom-string-of-a-new-secret")
    deployed.store("R4ndom-string-of-another-new-secret")

    with pytest.raises(CredentialError, match="put-secret-value"):
        deployed.rotate()
