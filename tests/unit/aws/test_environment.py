"""Where AWS is and who calls it, as Lambda's and botocore's own variables say."""

import logging
from pathlib import Path
from typing import Any

import pytest

from fakes.certificates import unknown_to_the_system
from tests.support.canned_server import CannedServer, answer
from tests.support.in_lambda import LAMBDAS_OWN
from tests.unit.aws.conftest import Connect
from token_rotator.aws.clients import AwsClients, BotocoreService
from token_rotator.aws.service import AwsService, AwsUnavailable
from token_rotator.errors import ConfigurationError
from token_rotator.transport import silence_libraries


def endpoints(aws: AwsClients) -> list[str]:
    return [client_of(aws.secrets_manager).meta.endpoint_url, parameter_store(aws)]


def parameter_store(aws: AwsClients) -> str:
    return str(client_of(aws.parameter_store).meta.endpoint_url)


def client_of(service: AwsService) -> Any:
    assert isinstance(service, BotocoreService)
    return service.client


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-west-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
    ],
)
def test_every_partition_has_its_endpoints(connect: Connect, region: str, domain: str):
    aws = connect(AWS_REGION=region)

    assert endpoints(aws) == [
        f"https://{service}.{region}.{domain}" for service in ("secretsmanager", "ssm")
    ]


@pytest.mark.parametrize(
    ("variable", "value", "endpoint"),
    [
        ("AWS_USE_FIPS_ENDPOINT", "true", "https://ssm-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true", "https://ssm.us-east-1.api.aws"),
        ("AWS_ENDPOINT_URL", "https://vpce-1.example", "https://vpce-1.example"),
        ("AWS_ENDPOINT_URL_SSM", "https://vpce-2.example", "https://vpce-2.example"),
    ],
)
def test_botocores_variables_choose_another_endpoint(
    connect: Connect, variable: str, value: str, endpoint: str
):
    aws = connect(AWS_REGION="us-east-1", **{variable: value})

    assert parameter_store(aws) == endpoint


@pytest.mark.parametrize(
    ("variables", "local"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, True),
        ({"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:4566"}, False),
        ({"AWS_ENDPOINT_URL": "https://vpce-1.example"}, False),
        ({}, False),
    ],
)
def test_an_aws_that_is_wholly_on_loopback_is_local(
    connect: Connect, variables: dict[str, str], *, local: bool
):
    assert connect(**variables).is_local is local


def test_what_lambda_does_not_say_is_named_at_once(connect: Connect):
    with pytest.raises(ConfigurationError, match="AWS_REGION and AWS_ACCESS_KEY_ID"):
        connect(AWS_REGION="", AWS_ACCESS_KEY_ID="")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_ENDPOINT_URL", "sentinel"),
        ("AWS_CA_BUNDLE", "/nonexistent/sentinel"),
        ("AWS_PROFILE", "sentinel"),
    ],
)
def test_a_variable_that_makes_no_sense_is_no_mystery(connect: Connect, variable: str, value: str):
    with pytest.raises(ConfigurationError, match="AWS_") as caught:
        connect(**{variable: value})

    assert "sentinel" not in str(caught.value)


def test_no_other_source_of_credentials_is_asked(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    def chain(*_: object, **__: object) -> None:
        pytest.fail("botocore's chain asks files, processes and metadata services")

    monkeypatch.setattr("botocore.credentials.create_credential_resolver", chain)

    aws = connect()

    credentials = client_of(aws.parameter_store)._get_credentials()  # noqa: SLF001
    assert credentials.access_key == LAMBDAS_OWN["AWS_ACCESS_KEY_ID"]


def test_credentials_are_not_printed(connect: Connect):
    assert "sentinel" not in repr(connect())


def test_aws_may_show_a_certificate_of_its_own(connect: Connect, tmp_path: Path):
    context, certificate = unknown_to_the_system(tmp_path)
    with CannedServer(answer(), tls=context) as server:
        strict = connect(AWS_ENDPOINT_URL=server.url).parameter_store
        trusting = connect(AWS_ENDPOINT_URL=server.url, AWS_CA_BUNDLE=str(certificate))

        assert trusting.parameter_store.call("AddTagsToResource", TAGS)
        with pytest.raises(AwsUnavailable, match="SSLCertVerificationError"):
            strict.call("AddTagsToResource", TAGS)


TAGS: dict[str, object] = {"ResourceType": "Parameter", "ResourceId": "/a", "Tags": []}


def test_botocore_logs_no_request_and_no_answer_whatever_the_root_logger_does(
    connect: Connect, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    for library in ("botocore", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=library)
    silence_libraries()

    with CannedServer(answer(200, b'{"sentinel": 1}')) as server:
        connect(AWS_ENDPOINT_URL=server.url).parameter_store.call("AddTagsToResource", TAGS)

    assert caplog.records == []
