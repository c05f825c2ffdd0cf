"""Every put carries everything; nothing is taken for a record that is none."""

import json
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from fakes.clock import NOON, Clock
from fakes.parameter_store import FakeParameterStore
from token_rotator.aws.clients import BotocoreService
from token_rotator.contract import ValueFormat
from token_rotator.errors import ParameterStoreUnavailable, PublicationError
from token_rotator.parameter.publication import MAX_VALUE_BYTES, ParameterStore
from token_rotator.parameter.record import Record

NAME = "/intelligence/marketing/access-token"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"
SENTINEL = "sentinel-access-token"


def record(token: str = SENTINEL, *, seconds: float = 300) -> Record:
    return Record(access_token=token, issued_at=NOON, expires_at=NOON + timedelta(seconds=seconds))


def publication(
    client: object, value_format: ValueFormat = ValueFormat.RECORD, **tags: str
) -> ParameterStore:
    return ParameterStore(
        BotocoreService(client),
        parameter_name=NAME,
        key_arn=KEY,
        value_format=value_format,
        token_lifetime=timedelta(seconds=300),
        expiration_grace=timedelta(minutes=5),
        tags=tags,
    )


@pytest.fixture
def store() -> FakeParameterStore:
    return FakeParameterStore(now=Clock().now)


def test_what_is_published_is_what_is_read(store: FakeParameterStore):
    parameters = publication(store)

    written = parameters.publish(record())

    assert written.version == 1
    published = parameters.current()
    assert published.record == record()
    assert published.version == 1


def test_every_put_carries_type_tier_key_and_a_fresh_policy(store: FakeParameterStore):
    parameters = publication(store)

    for seconds in (300, 600):
        parameters.publish(record(seconds=seconds))

        attributes = store.parameter(NAME).attributes
        assert attributes["Type"] == "SecureString"
        assert attributes["Tier"] == "Advanced"
        assert attributes["KeyId"] == KEY
        (policy,) = json.loads(attributes["Policies"])
        expires = NOON + timedelta(seconds=seconds, minutes=5)
        assert policy == {
            "Type": "Expiration",
            "Version": "1.0",
            "Attributes": {"Timestamp": expires.strftime("%Y-%m-%dT%H:%M:%S.000Z")},
        }


def test_a_refreshed_parameter_outlives_its_first_expiration():
    clock = Clock()
    store = FakeParameterStore(now=clock.now)
    parameters = publication(store)
    parameters.publish(record(seconds=300))
    parameters.publish(record(seconds=540))

    clock.advance(minutes=11)
    store.scan()
    assert parameters.current().record is not None

    clock.advance(minutes=4)
    store.scan()
    assert parameters.current().record is None


def test_tags_are_set_once_after_creation(store: FakeParameterStore):
    parameters = publication(store, team="data")

    parameters.publish(record())
    parameters.publish(record())

    assert store.parameter(NAME).tags == {"team": "data"}
    assert store.calls.count("add_tags_to_resource") == 1


def test_a_parameter_created_again_is_tagged_again():
    clock = Clock()
    store = FakeParameterStore(now=clock.now)
    parameters = publication(store, team="data")
    parameters.publish(record())
    clock.advance(hours=1)
    store.scan()

    parameters.publish(record(seconds=7200))

    assert store.parameter(NAME).tags == {"team": "data"}


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyTagsError"])
def test_failed_tagging_is_reported_and_no_failure(store: FakeParameterStore, code: str):
    store.fail("add_tags_to_resource", code)

    written = publication(store, team="data").publish(record())

    assert written.version == 1
    assert code in (written.tagging_failed or "")


def test_tags_that_could_not_be_put_are_put_with_the_next_record(store: FakeParameterStore):
    parameters = publication(store, team="data")
    store.fail("add_tags_to_resource", "ThrottlingException")
    parameters.publish(record())

    written = parameters.publish(record())

    assert written.tagging_failed is None
    assert store.parameter(NAME).tags == {"team": "data"}


def test_a_parameter_whose_creation_was_not_confirmed_is_tagged():
    clock = Clock()
    store = FakeParameterStore(now=clock.now)
    parameters = publication(store, team="data")
    parameters.publish(record())
    clock.advance(hours=1)
    store.scan()
    store.lose_answer("put_parameter")
    with pytest.raises(ParameterStoreUnavailable):
        parameters.publish(record(seconds=7200))

    parameters.publish(record(seconds=7200))

    assert store.parameter(NAME).tags == {"team": "data"}


def test_a_deployment_may_have_changed_the_tags(store: FakeParameterStore):
    publication(store, team="data").publish(record())

    publication(store, team="marketing").publish(record())

    assert store.parameter(NAME).tags == {"team": "marketing"}


@pytest.mark.parametrize(
    "value", ["", "x", "[]", "{}", '{"access_token": 1}', '{"access_token": "' + SENTINEL + '"}']
)
def test_something_foreign_counts_as_no_record(store: FakeParameterStore, value: str):
    store.put_foreign(NAME, value)

    assert publication(store).current().record is None


def test_nothing_published_counts_as_no_record(store: FakeParameterStore):
    assert publication(store).current().record is None


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidKeyId", "SomethingNew"])
def test_what_nobody_can_read_counts_as_no_record(store: FakeParameterStore, code: str):
    parameters = publication(store)
    parameters.publish(record())
    store.fail("get_parameter", code)

    assert parameters.current().record is None


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_look_that_fails_for_now_is_not_knowing(store: FakeParameterStore, code: str):
    store.fail("get_parameter", code)

    with pytest.raises(ParameterStoreUnavailable):
        publication(store).current()


def test_the_bare_token_is_published_for_those_who_cannot_parse_json(store: FakeParameterStore):
    parameters = publication(store, ValueFormat.TOKEN)

    parameters.publish(record("bare", seconds=120))

    assert store.value(NAME) == "bare"
    assert parameters.current().record == record("bare", seconds=120)


def test_a_bare_token_that_this_environment_has_not_written_has_no_known_expiry(
    store: FakeParameterStore,
):
    publication(store, ValueFormat.TOKEN).publish(record("bare"))

    there = publication(store, ValueFormat.TOKEN).current()

    assert (there.record, there.version) == (None, 1)


@pytest.mark.parametrize("seconds", [301, 300_000])
def test_a_record_is_believed_for_the_configured_lifetime_at_most(
    store: FakeParameterStore, seconds: int
):
    parameters = publication(store)

    parameters.publish(record(seconds=seconds))

    assert parameters.current().record == record(seconds=300)


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingException",
        "InternalServerError",
        "ServiceUnavailable",
        "ParameterNotFound",
        "ParameterAlreadyExists",
        "TooManyUpdates",
    ],
)
def test_a_write_that_may_work_a_moment_later_is_told_apart(store: FakeParameterStore, code: str):
    store.fail("put_parameter", code)

    with pytest.raises(ParameterStoreUnavailable, match=code):
        publication(store).publish(record())


def test_a_lost_answer_may_work_a_moment_later(store: FakeParameterStore):
    store.fail("put_parameter", ReadTimeoutError(endpoint_url="https://ssm.example"))

    with pytest.raises(ParameterStoreUnavailable, match="ReadTimeoutError"):
        publication(store).publish(record())


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        ("AccessDeniedException", "role"),
        ("HierarchyLevelLimitExceededException", "parameter_name"),
        ("HierarchyTypeMismatchException", "parameter_name"),
        ("InvalidKeyId", "key"),
        ("ParameterLimitExceeded", "quota"),
        ("ParameterMaxVersionLimitExceeded", "unlabel"),
        ("UnsupportedParameterType", "delete it"),
        ("SomethingNew", "API reference"),
    ],
)
def test_a_refused_write_names_its_cure(store: FakeParameterStore, code: str, fix: str):
    store.fail("put_parameter", code)

    with pytest.raises(PublicationError, match=f"{code}.*{fix}") as caught:
        publication(store).publish(record())

    assert not caught.value.retry_helps


def test_the_longest_value_fits_and_one_byte_more_is_refused_before_any_call(
    store: FakeParameterStore,
):
    parameters = publication(store, ValueFormat.TOKEN)
    parameters.publish(record("x" * MAX_VALUE_BYTES))
    store.calls.clear()

    with pytest.raises(PublicationError, match="too long"):
        parameters.publish(record("x" * (MAX_VALUE_BYTES + 1)))

    assert store.calls == []


def test_botocores_own_model_accepts_every_request():
    client = boto3.client("ssm", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    parameter = {"Value": record().to_json(), "LastModifiedDate": NOON, "Version": 1}
    with Stubber(client) as stub:
        stub.add_response("get_parameter", {"Parameter": parameter})
        stub.add_response("put_parameter", {"Version": 2, "Tier": "Advanced"})
        stub.add_response("add_tags_to_resource", {})
        parameters = publication(client, team="data")

        assert parameters.current().record == record()
        assert parameters.publish(record()).version == 2
        stub.assert_no_pending_responses()
