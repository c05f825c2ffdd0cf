"""`check` says whether the KMS key can be used, and whether its policy lets those who have to."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.operating import LOG_GROUP, PARAMETER, OperatedRotator, Refusing
from token_rotator.contract import Variable

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rotator"
PARAMETER_ARN = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter{PARAMETER}"
USE = ["kms:Decrypt", "kms:GenerateDataKey"]
DELEGATES = {"Principal": {"AWS": ROOT}, "Action": "kms:*"}
FOR_PARAMETER = {
    "Principal": {"AWS": ROOT},
    "Action": USE,
    "Condition": {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": [PARAMETER_ARN]}},
}
FOR_SECRET = {
    "Principal": {"AWS": ROOT},
    "Action": "kms:Decrypt",
    "Condition": {
        "StringLike": {
            "kms:EncryptionContext:SecretARN": (
                f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:stack/marketing-??????"
            )
        }
    },
}
FOR_LOGS = {
    "Principal": {"Service": "logs.eu-west-1.amazonaws.com"},
    "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
    "Condition": {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/lambda/stack-*"
            )
        }
    },
}


def policy(*statements: dict[str, Any]) -> str:
    whole = [{"Effect": "Allow", "Resource": "*", **one} for one in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


class FakeKey:
    """KMS, for one key."""

    def __init__(self, rotator: OperatedRotator, policy: str = "", **metadata: Any) -> None:
        self._arn = rotator.environment[Variable.PARAMETER_KEY_ARN]
        self._policy = policy or globals()["policy"](DELEGATES)
        self._metadata = metadata

    def describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803
        assert KeyId == self._arn
        usable = {"KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}
        usage = {"KeyUsage": "ENCRYPT_DECRYPT", "Arn": self._arn}
        return {"KeyMetadata": {**usable, **usage, **self._metadata}}

    def get_key_policy(self, KeyId: str, PolicyName: str) -> dict[str, str]:  # noqa: N803
        assert (KeyId, PolicyName) == (self._arn, "default")
        return {"Policy": self._policy}


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


ENOUGH = {
    "IAM decides": [DELEGATES],
    "IAM decides, by the account's number": [{**DELEGATES, "Principal": {"AWS": ACCOUNT}}],
    "the printed statements": [FOR_PARAMETER, FOR_SECRET],
    "the role alone": [{"Principal": {"AWS": [ROLE]}, "Action": USE}],
    "through the services": [
        {
            **DELEGATES,
            "Condition": {
                "StringLike": {
                    "kms:ViaService": ["ssm.*", "secretsmanager.eu-west-1.amazonaws.com"]
                },
                "StringEquals": {"kms:CallerAccount": ACCOUNT},
            },
        }
    ],
    "a denial for others": [
        DELEGATES,
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:*",
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
        },
    ],
}
TOO_LITTLE = {
    "nothing": [],
    "another account": [{**DELEGATES, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}],
    "another role": [{"Principal": {"AWS": f"{ROLE}-2"}, "Action": USE}],
    "the parameter alone": [FOR_PARAMETER],
    "the secret alone": [FOR_SECRET],
    "another parameter": [
        {
            **FOR_PARAMETER,
            "Condition": {
                "StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": f"{PARAMETER_ARN}-2"}
            },
        },
        FOR_SECRET,
    ],
    "no data keys": [{**DELEGATES, "Action": "kms:Decrypt"}],
    "a denial": [DELEGATES, {**DELEGATES, "Effect": "Deny", "Action": "kms:generatedatakey"}],
    "the administration": [{**DELEGATES, "Action": ["kms:Put*", "kms:Describe*"]}],
}
UNCLEAR = {
    "a tag of the role": [
        {**DELEGATES, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "data"}}}
    ],
    "an operator that is not known": [
        {**DELEGATES, "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}}
    ],
    "a denial for all but some": [
        DELEGATES,
        {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "kms:*"},
    ],
}


@pytest.mark.parametrize("name", ENOUGH)
def test_a_policy_that_is_enough_is_ok(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]], name: str
):
    found = step(FakeKey(rotator, policy(*ENOUGH[name])))

    assert found["result"] == "ok"
    assert "its policy lets it be used by the function's role" in found["message"]


@pytest.mark.parametrize("name", TOO_LITTLE)
def test_a_policy_that_is_not_enough_is_wrong_and_says_who_lacks_what(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]], name: str
):
    found = step(FakeKey(rotator, policy(*TOO_LITTLE[name])))

    assert (found["result"], found["error"]) == ("wrong", "ConfigurationError")
    assert "does not allow the function's role kms:" in found["message"]
    assert "`token-rotator key-policy` prints what it has to allow" in found["message"]


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_only_aws_can_evaluate_is_unknown(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]], name: str
):
    found = step(FakeKey(rotator, policy(*UNCLEAR[name])))

    assert found["result"] == "unknown"
    assert "conditions that only AWS can evaluate" in found["message"]


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"KeyState": "Disabled"}, "is Disabled: enable it again (kms:EnableKey)"),
        (
            {"KeyState": "PendingDeletion", "DeletionDate": datetime(2031, 2, 3, tzinfo=UTC)},
            "is going to be deleted on 2031-02-03",
        ),
        ({"KeyState": "PendingReplicaDeletion"}, "is PendingReplicaDeletion"),
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


def test_a_replica_of_a_multi_region_key_is_a_key_like_others(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    found = step(FakeKey(rotator, MultiRegion=True))

    assert (found["result"], found["facts"]["multi_region"]) == ("ok", True)
    assert "the multi-Region key arn:" in found["message"]


def test_a_key_that_is_gone_is_wrong(step: Callable[[object], dict[str, Any]]):
    found = step(Refusing("NotFoundException"))

    assert found["result"] == "wrong"
    assert "There is no key arn:aws:kms:eu-west-1" in found["message"]


def test_a_policy_that_the_caller_may_not_read_is_unknown_and_the_key_is_still_named(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    keys = FakeKey(rotator)
    vars(keys)["get_key_policy"] = Refusing().get_key_policy

    found = step(keys)

    assert found["result"] == "unknown"
    assert "is enabled" in found["message"]
    assert "ask for kms:GetKeyPolicy" in found["message"]


def test_the_policy_of_another_accounts_key_is_its_owners_to_read(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    rotator.environment[Variable.PARAMETER_KEY_ARN] = rotator.key.replace(ACCOUNT, "999999999999")
    rotator.configure(rotator.environment)

    found = step(FakeKey(rotator))

    assert found["result"] == "unknown"
    assert "its policy can be read in account 999999999999 alone" in found["message"]


def test_a_key_of_another_region_is_wrong(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    rotator.environment[Variable.PARAMETER_KEY_ARN] = rotator.key.replace("eu-west-1", "eu-west-2")
    rotator.configure(rotator.environment)

    found = step(FakeKey(rotator))

    assert found["result"] == "wrong"
    assert "is not in eu-west-1, where the parameter is" in found["message"]


def test_a_key_that_encrypts_the_logs_has_to_be_open_to_them(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    rotator.aws.logs.delete_log_group(logGroupName=LOG_GROUP)
    rotator.aws.logs.create_log_group(logGroupName=LOG_GROUP, kmsKeyId=rotator.key)

    closed = step(FakeKey(rotator))
    opened = step(FakeKey(rotator, policy(DELEGATES, FOR_LOGS)))

    assert closed["result"] == "wrong"
    assert "does not allow CloudWatch Logs kms:Encrypt" in closed["message"]
    assert opened["result"] == "ok"
    assert "used by the function's role, CloudWatch Logs" in opened["message"]


def test_a_named_secret_has_a_key_of_its_own(
    rotator: OperatedRotator, step: Callable[[object], dict[str, Any]]
):
    named = rotator.aws.secrets.create_secret(
        Name="team/credential", SecretString=rotator.account.as_downloaded()
    )
    rotator.configure({**rotator.environment, Variable.SECRET_ARN: named["ARN"]})

    assert step(FakeKey(rotator, policy(FOR_PARAMETER)))["result"] == "ok"
