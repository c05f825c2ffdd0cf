"""A resource's policy is read as far as it can be without AWS."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.operating import PARAMETER
from token_rotator_cli.deployment.resource_policy import Decision, Request, decide

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rotator"
PARAMETER_ARN = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter{PARAMETER}"
SECRET_ARN = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:stack/marketing-AbCdEf"
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


def policy(*statements: dict[str, Any]) -> str:
    whole = [{"Effect": "Allow", "Resource": "*", **one} for one in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


def decisions(name: str, table: dict[str, list[dict[str, Any]]]) -> set[Decision]:
    """What a policy says to the calls of a function that uses one key for both."""
    document = policy(*table[name])
    return {decide(document, request) for request in requests()}


def requests() -> Iterator[Request]:
    for service, key, value, actions in (
        ("ssm", "kms:encryptioncontext:parameter_arn", PARAMETER_ARN, USE),
        ("secretsmanager", "kms:encryptioncontext:secretarn", SECRET_ARN, ["kms:Decrypt"]),
    ):
        for action in actions:
            yield Request(
                principals=frozenset({ROLE, ACCOUNT, ROOT}),
                action=action,
                resource=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k",
                context={
                    key: value,
                    "kms:calleraccount": ACCOUNT,
                    "kms:viaservice": f"{service}.eu-west-1.amazonaws.com",
                    "aws:principalaccount": ACCOUNT,
                },
            )


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
def test_a_policy_that_is_enough_allows_every_call(name: str):
    assert decisions(name, ENOUGH) == {Decision.ALLOWED}


@pytest.mark.parametrize("name", TOO_LITTLE)
def test_a_policy_that_is_not_enough_refuses_a_call(name: str):
    assert Decision.REFUSED in decisions(name, TOO_LITTLE)


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_only_aws_can_evaluate_is_unclear(name: str):
    assert Decision.UNCLEAR in decisions(name, UNCLEAR)
    assert Decision.REFUSED not in decisions(name, UNCLEAR)
