"""`check` says whether the KMS key can be used at all."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.operated_aws import Refusing
from tests.support.operating import OperatedRotator
from token_rotator.contract import Variable

ACCOUNT = "123456789012"


class FakeKey:
    """KMS, for one key."""

    def __init__(self, rotator: OperatedRotator, **metadata: Any) -> None:
        self._arn = rotator.environment[Variable.PARAMETER_KEY_ARN]
        self._metadata = metadata

    def describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803
        assert KeyId == self._arn
        usable = {"KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}
        usage = {"KeyUsage": "ENCRYPT_DECRYPT", "Arn": self._arn, "KeyId": "1234"}
        return {"KeyMetadata": {**usable, **usage, **self._metadata}}


@pytest.fixture
def step(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
) -> Callable[[object], dict[str, Any]]:
    def run(keys: object) -> dict[str, Any]:
        vars(rotator.aws)["keys"] = keys
        code = rotator.run("check", "--json")
        steps = {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}
        others = {name for name, one in steps.items() if one["result"] == "wrong"}
        assert others <= {"encryption_key"}
        assert code == (1 if others else 0)
        found: dict[str, Any] = steps["encryption_key"]
        return found

    return run


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"KeyState": "Disabled"}, "its state is Disabled: aws kms enable-key --key-id 1234."),
        (
            {"KeyState": "PendingDeletion", "DeletionDate": datetime(2031, 2, 3, tzinfo=UTC)},
            "its state is PendingDeletion (on 2031-02-03): aws kms cancel-key-deletion",
        ),
        (
            {"KeyState": "PendingReplicaDeletion"},
            "its state is PendingReplicaDeletion: choose another one",
        ),
        ({"KeyState": "Creating"}, "its state is Creating: wait a few seconds"),
        ({"KeyState": "PendingImport"}, "its state is PendingImport: import its key material"),
        ({"KeyState": "Unavailable"}, "its state is Unavailable: connect its custom key store"),
        ({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, "is RSA_2048 for SIGN_VERIFY"),
        ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, "take symmetric keys"),
    ],
)
def test_a_key_that_cannot_encrypt_is_wrong(
    rotator: OperatedRotator,
    step: Callable[[object], dict[str, Any]],
    metadata: dict[str, Any],
    said: str,
):
    found = step(FakeKey(rotator, **metadata))

    assert (found["result"], found["error"]) == ("wrong", "ConfigurationError")
    assert said in found["message"]


@pytest.mark.parametrize("state", ["Enabled", "Updating"])
def test_a_replica_of_a_multi_region_key_is_a_key_like_others(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]], state: str
):
    found = step(FakeKey(rotator, MultiRegion=True, KeyState=state))

    assert (found["result"], found["facts"]["multi_region"]) == ("ok", True)
    assert "the multi-Region key arn:" in found["message"]


def test_a_key_that_is_gone_is_wrong(step: Callable[[object], dict[str, Any]]):
    found = step(Refusing("NotFoundException"))

    assert found["result"] == "wrong"
    assert "does not exist, and what it encrypted is lost: choose another one" in found["message"]


def test_a_key_of_another_region_is_wrong(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    rotator.environment[Variable.PARAMETER_KEY_ARN] = rotator.key.replace("eu-west-1", "eu-west-2")
    rotator.configure(rotator.environment)

    found = step(FakeKey(rotator))

    assert found["result"] == "wrong"
    assert "is not in eu-west-1, where the parameter is" in found["message"]
