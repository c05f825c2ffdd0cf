"""The credential is read on every rotation, and remembered for when nobody answers."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from fakes import aws_service
from fakes.clock import NOON, Clock
from fakes.keys import pem, rsa_key
from fakes.secrets_manager import ARN, FakeSecretsManager
from token_rotator.aws.clients import BotocoreService
from token_rotator.contract import PLACEHOLDER_FIELD, Algorithm
from token_rotator.credential.secret_store import SecretStore
from token_rotator.errors import (
    CredentialError,
    NoServiceAccountYet,
    SecretNotFound,
    SecretStoreUnavailable,
)
from token_rotator.steps import Steps

STEPS = Steps(now=Clock().now)


def stored(key: int = 0) -> str:
    return json.dumps({"serviceAccountId": "account-1", "privateKey": pem(rsa_key(key))})


def holding(*values: str | bytes) -> FakeSecretsManager:
    return FakeSecretsManager(*values, now=Clock().now)


def refusal(code: str, status: int = 400) -> ClientError:
    return aws_service.refusal(code, "GetSecretValue", status=status)


def store(fake: FakeSecretsManager) -> SecretStore:
    return SecretStore(BotocoreService(fake), secret_id=ARN, algorithm=Algorithm.RS256)


def test_the_current_version_is_read_anew_each_time():
    fake = holding(stored(0))
    secrets = store(fake)
    assert secrets.current(STEPS).version_id == "v1"

    fake.put(stored(1))

    assert secrets.current(STEPS).version_id == "v2"
    assert fake.calls == ["get_secret_value"] * 2


def test_a_credential_knows_since_when_its_version_is_there():
    credential = store(holding(stored())).current(STEPS)

    assert credential.created_at == NOON
    assert credential.age_days(now=NOON + timedelta(days=2.5)) == 2
    two_years = timedelta(days=730)
    assert credential.days_left(lifetime=two_years, now=NOON) == 730
    assert credential.days_left(lifetime=two_years, now=NOON + timedelta(days=730.5)) == -1
    assert credential.days_left(lifetime=None, now=NOON) is None


def test_what_the_stack_puts_into_a_new_secret_is_no_damaged_credential():
    fake = holding(json.dumps({PLACEHOLDER_FIELD: "..."}))

    with pytest.raises(NoServiceAccountYet, match="Version v1"):
        store(fake).current(STEPS)


def test_a_secret_that_is_gone_has_a_name_of_its_own():
    with pytest.raises(SecretNotFound):
        store(holding()).current(STEPS)


def test_a_version_is_parsed_once():
    secrets = store(holding(stored()))

    first, second = secrets.current(STEPS), secrets.current(STEPS)

    assert first.service_account.private_key is second.service_account.private_key


def test_the_previous_version_is_read_by_its_stage():
    secrets = store(holding(stored(0), stored(1)))

    previous = secrets.previous(STEPS)

    assert previous is not None
    assert previous.version_id == "v1"
    assert not previous.same_account_and_key(secrets.current(STEPS))


def test_there_may_be_no_previous_version():
    assert store(holding(stored())).previous(STEPS) is None


UNAVAILABLE = [
    refusal("InternalServiceError", 500),
    refusal("InternalServiceErrorException"),
    refusal("ThrottlingException"),
    refusal("Whatever", 503),
    EndpointConnectionError(endpoint_url="https://x"),
    ConnectTimeoutError(endpoint_url="https://x"),
    ReadTimeoutError(endpoint_url="https://x"),
]


@pytest.mark.parametrize("error", UNAVAILABLE, ids=repr)
def test_when_nobody_answers_the_remembered_credential_is_used(error: ClientError | BotoCoreError):
    fake = holding(stored())
    secrets = store(fake)
    remembered = secrets.current(STEPS)

    fake.fail("get_secret_value", error)

    assert secrets.current(STEPS) == remembered


def test_the_previous_version_is_remembered_while_it_is_needed():
    fake = holding(stored(), stored())
    secrets = store(fake)
    secrets.current(STEPS)
    previous = secrets.previous(STEPS)

    fake.fail("get_secret_value", refusal("InternalServiceError", 500), times=2)

    assert secrets.current(STEPS).version_id == "v2"
    assert secrets.previous(STEPS) == previous


def test_a_previous_version_that_was_not_needed_since_is_not_remembered():
    fake = holding(stored(), stored())
    secrets = store(fake)
    secrets.current(STEPS)
    secrets.previous(STEPS)
    secrets.current(STEPS)

    fake.fail("get_secret_value", refusal("InternalServiceError", 500))

    with pytest.raises(SecretStoreUnavailable):
        secrets.previous(STEPS)


@pytest.mark.parametrize("error", UNAVAILABLE, ids=repr)
def test_with_nothing_remembered_a_retry_may_help(error: ClientError | BotoCoreError):
    fake = holding()
    fake.fail("get_secret_value", error)

    with pytest.raises(SecretStoreUnavailable):
        store(fake).current(STEPS)


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (refusal("AccessDeniedException"), "secret.key_arn"),
        (refusal("DecryptionFailure"), "enable the key"),
        (refusal("InvalidRequestException"), "restore-secret"),
        (refusal("ResourceNotFoundException"), "put-secret-value"),
        (refusal("SomethingNew"), "API reference"),
    ],
    ids=repr,
)
def test_a_no_is_a_no_even_with_a_credential_remembered(error: ClientError, fix: str):
    fake = holding(stored())
    secrets = store(fake)
    secrets.current(STEPS)
    fake.fail("get_secret_value", error)

    with pytest.raises(CredentialError, match=fix):
        secrets.current(STEPS)


def test_a_file_that_was_stored_as_bytes_is_read():
    text = stored()

    for content in (text.encode(), text.encode("utf-16")):
        assert (
            store(holding(content)).current(STEPS).service_account.service_account_id == "account-1"
        )


@pytest.mark.parametrize(("value", "said"), [(b"\xff", "UTF-8"), ("R4ndom", "other text")])
def test_a_version_that_cannot_be_used_is_named(value: str | bytes, said: str):
    with pytest.raises(CredentialError, match=f"Version v1 .*{said}"):
        store(holding(value)).current(STEPS)


def test_after_a_bad_version_a_good_one_counts_again():
    fake = holding("nonsense")
    secrets = store(fake)
    with pytest.raises(CredentialError):
        secrets.current(STEPS)

    fake.put(stored())

    assert secrets.current(STEPS).version_id == "v2"


def test_botocores_own_model_accepts_the_request():
    client = boto3.client("secretsmanager", "eu-west-1")
    created_at = datetime(2025, 1, 1, tzinfo=UTC)
    answer = {"VersionId": "v" * 32, "SecretString": stored(), "CreatedDate": created_at}
    with Stubber(client) as stub:
        stub.add_response("get_secret_value", answer)
        secrets = SecretStore(BotocoreService(client), secret_id=ARN, algorithm=Algorithm.RS256)

        assert secrets.current(STEPS).created_at == created_at
