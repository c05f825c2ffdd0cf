"""The function recognises a new secret that nobody has filled."""

import json

import pytest

from tests.support.infra_templates import (
    NAMED_SECRET,
    a_rotator,
    a_stack,
    only,
    resources,
    template,
)
from token_rotator.contract import Algorithm
from token_rotator.credential.service_account import parse
from token_rotator.errors import NoServiceAccountYet


def test_the_function_recognises_what_the_stack_puts_into_a_new_secret():
    generated = only(template(), "AWS::SecretsManager::Secret")["GenerateSecretString"]
    # Secrets Manager adds the random string under this key
    value = json.loads(generated["SecretStringTemplate"]) | {generated["GenerateStringKey"]: "x9{"}

    with pytest.raises(NoServiceAccountYet, match="put-secret-value"):
        parse(json.dumps(value), algorithm=Algorithm.RS256)


def test_what_the_stack_puts_into_a_new_secret_never_changes():
    """A change would be stored as the current version of every deployed secret, over its key."""
    assert only(template(), "AWS::SecretsManager::Secret")["GenerateSecretString"] == {
        "SecretStringTemplate": (
            '{"waitingForServiceAccount": "replace all of this with the downloaded file"}'
        ),
        "GenerateStringKey": "random",
    }


def test_nothing_is_put_into_a_named_secret():
    document = template(a_stack(), a_rotator(secret={"arn": NAMED_SECRET}))

    assert resources(document, "AWS::SecretsManager::Secret") == {}
