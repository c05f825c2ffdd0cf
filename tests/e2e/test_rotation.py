"""The deployed function keeps a fresh token in the parameter, also with new keys and in outages."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

from local.idp import faults
from local.idp.faults import Endpoint
from tests.support.system import System, eventually
from token_rotator_cli.deployment.rotation_log import LoggedRotation


def by_schedule(entry: LoggedRotation) -> bool:
    return (entry.trigger, entry.outcome) == ("schedule", "published")


def by_watchdog(entry: LoggedRotation) -> bool:
    return (entry.trigger, entry.outcome) == ("watchdog", "published")


def published(entry: LoggedRotation) -> bool:
    return entry.outcome == "published"


def failed(entry: LoggedRotation) -> bool:
    return entry.outcome == "failed"


def test_a_scheduled_invocation_publishes_a_token(system: System) -> None:
    """The input is the schedule's. The local EventBridge Scheduler runs faster."""
    before = system.parameter()["Version"]

    fired = system.rotation(
        lambda entry: by_schedule(entry) and (entry.parameter_version or 0) > before,
        what="a scheduled rotation",
    )

    assert fired.parameter_version is not None
    assert system.parameter()["Version"] >= fired.parameter_version


def test_a_consumer_reads_the_parameter_and_uses_the_token(system: System) -> None:
    use = system.consumer().use()

    assert use.published is not None
    assert use.status == 200
    assert use.published.expires_at > datetime.now(UTC)


def test_a_watchdog_that_finds_a_fresh_token_requests_none(system: System) -> None:
    entry = system.rotation(lambda entry: entry.trigger == "watchdog", what="the watchdog")

    assert (entry.outcome, entry.token_requests) == ("kept", 0)


def test_the_request_and_the_assertion_are_the_documented_ones(system: System) -> None:
    accepted = next(
        seen
        for seen in system.idp.token_requests
        if seen.status == 200 and seen.claims["iss"] == system.account.client_id
    )

    assert (accepted.method, accepted.path) == ("POST", "/us1/token")
    assert accepted.form == {}
    assert accepted.query == {
        "grant_type": ("client_credentials",),
        "client_id": (system.account.client_id,),
        "client_assertion": ("(withheld)",),
        "client_assertion_type": ("urn:ietf:params:oauth:client-assertion-type:jwt-bearer",),
    }
    assert accepted.assertion_header == {"alg": "RS256", "typ": "JWT"}
    assert accepted.claims.keys() == {"iss", "sub", "aud", "iat", "jti"}
    assert accepted.claims["iss"] == accepted.claims["sub"] == system.account.client_id
    assert accepted.claims["aud"] == system.idp.issuer


def test_every_assertion_has_a_different_jti(system: System) -> None:
    jtis = [seen.claims["jti"] for seen in system.idp.token_requests]

    assert len(jtis) > 1
    assert len(set(jtis)) == len(jtis)


def test_the_parameter_is_an_advanced_secure_string_that_expires(system: System) -> None:
    key_arns = {
        resource["PhysicalResourceId"]
        for resource in system.resources()
        if resource["ResourceType"] == "AWS::KMS::Key"
    }

    newest = system.parameter_history()[-1]

    assert newest["Type"] == "SecureString"
    assert newest["Tier"] == "Advanced"
    assert newest["KeyId"].rpartition("/")[2] in {arn.rpartition("/")[2] for arn in key_arns}
    record = json.loads(newest["Value"])
    assert record.keys() == {
        "access_token",
        "token_type",
        "issued_at",
        "expires_at",
        "refresh_after",
    }
    (policy,) = json.loads(newest["Policies"])
    assert (policy["Type"], policy["Version"]) == ("Expiration", "1.0")
    deleted_at = datetime.fromisoformat(policy["Attributes"]["Timestamp"])
    expires_at = datetime.fromtimestamp(record["expires_at"], UTC)
    assert deleted_at - expires_at == timedelta(minutes=5)


def test_a_new_key_is_in_use_at_once(system: System) -> None:
    new = system.generate()

    version = system.store(new)

    rotated = system.rotation(
        lambda entry: entry.trigger == "secret-changed" and entry.secret_version == version,
        what="a rotation because the secret changed",
    )
    assert rotated.outcome == "published"
    assert new.key_fingerprint in [seen.key for seen in system.idp.token_requests]
    assert system.consumer().use().worked


def test_the_previous_key_is_used_when_the_new_one_is_refused(system: System) -> None:
    old, new = system.account, system.generate()
    system.idp.reject(new)
    seen_before = len(system.idp.token_requests)

    system.store(new)

    rotated = system.rotation(
        lambda entry: entry.previous_key_used, what="a rotation with the previous key"
    )
    assert rotated.outcome == "published"
    seen = system.idp.token_requests[seen_before:]
    assert {one.key for one in seen if one.status == 200} == {old.key_fingerprint}
    assert system.logged('"PreviousKeyUsed"'), "the alarm has no metric"
    assert system.consumer().use().worked


def test_an_outage_leaves_the_token_in_place_and_ends_by_itself(system: System) -> None:
    system.idp.fail(Endpoint.TOKEN, faults.status(503, retry_after="120"), times=None)

    outage = system.rotation(failed, what="a failed rotation")
    during = system.parameter()
    system.rotation(failed, what="another failed rotation")

    assert outage.error == "IdentityProviderDown"
    assert system.parameter() == during
    assert system.consumer().use().worked

    system.idp.recover()
    recovered = system.rotation(published, what="a rotation after the outage")
    assert recovered.trigger in {"schedule", "watchdog"}
    assert recovered.parameter_version == during["Version"] + 1


def test_a_watchdog_brings_back_a_parameter_that_is_deleted_by_hand(system: System) -> None:
    """By the event of the deletion: without it, the watchdog would keep the token for minutes."""
    system.settle()
    seen = len(system.entries)
    ssm = system.aws.client("ssm")

    def repaired() -> LoggedRotation | None:
        # the fast schedule may be quicker than the watchdog: then it is deleted again
        with contextlib.suppress(ssm.exceptions.ParameterNotFound):
            ssm.delete_parameter(Name=system.rotator.parameter_name)
        system.news()
        return next((one for one in system.entries[seen:] if by_watchdog(one)), None)

    found = eventually(repaired, what="a watchdog's rotation after the deletion")

    changes = [one for one in system.entries[seen:] if one.trigger == "parameter-changed"]
    assert found.parameter_version == 1
    assert any("Another principal" in text for one in changes for text in one.warnings)
    system.settle()
    assert system.consumer().use().worked


def test_the_log_contains_no_secret(system: System) -> None:
    token = json.loads(system.parameter()["Value"])["access_token"]

    log = json.dumps(system.logged(""))

    assert '"outcome"' in log.replace("\\", "")
    assert token not in log
    assert "PRIVATE KEY" not in log
    assert "eyJ" not in log
