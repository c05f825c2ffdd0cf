"""Where AWS is, and who the function is to it: as Lambda says, or as a local AWS wants it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import botocore.session
import pytest
from botocore.regions import EndpointResolver

from fakes.certificates import unknown_to_the_system
from tests.support.aws_service import LAMBDAS_OWN
from tests.support.canned_server import CannedServer, answer
from token_rotator import timing
from token_rotator.aws.access import AwsAccess, Service
from token_rotator.aws.api import AwsApi
from token_rotator.aws.service import AwsUnavailable
from token_rotator.errors import ConfigurationError


def now() -> datetime:
    return datetime.now(UTC)


def parameter_store(environment: Mapping[str, str]) -> AwsApi:
    access = AwsAccess.from_environment(environment, url_suffix="amazonaws.com")
    return access.api(Service.PARAMETER_STORE, now=now)


@pytest.mark.parametrize("service", Service)
def test_names_and_protocol_are_those_of_botocores_model(service: Service):
    name, target = service.value

    model = botocore.session.get_session().get_service_model(name).metadata

    assert model["endpointPrefix"] == name
    assert model.get("signingName", name) == name
    assert model["targetPrefix"] == target
    assert (model["protocol"], model["jsonVersion"]) == ("json", "1.1")


def _regions() -> Iterator[tuple[Service, str]]:
    session = botocore.session.get_session()
    for service in Service:
        for partition in session.get_available_partitions():
            for region in session.get_available_regions(service.value[0], partition):
                yield service, region


def test_every_region_has_the_endpoint_that_botocore_knows():
    resolver = EndpointResolver(botocore.session.get_session().get_data("endpoints"))
    partitions = set()

    for service, region in _regions():
        known = resolver.construct_endpoint(service.value[0], region)
        assert known is not None
        access = AwsAccess.from_environment(
            LAMBDAS_OWN | {"AWS_REGION": region}, url_suffix=known["dnsSuffix"]
        )
        api = access.api(service, now=now)
        assert api.url == f"https://{known['hostname']}/"
        partitions.add(known["partition"])

    assert {"aws", "aws-cn", "aws-us-gov"} <= partitions


def test_the_parts_of_a_call_fit_into_the_whole():
    api = parameter_store(LAMBDAS_OWN)

    assert api.transport.connect + api.transport.read == timing.AWS_CALL


def test_what_lambda_does_not_say_is_named_at_once():
    with pytest.raises(ConfigurationError, match="AWS_REGION and AWS_ACCESS_KEY_ID"):
        AwsAccess.from_environment({"AWS_SECRET_ACCESS_KEY": "x"}, url_suffix="amazonaws.com")


def test_credentials_are_not_printed():
    access = AwsAccess.from_environment(LAMBDAS_OWN, url_suffix="amazonaws.com")
    api = access.api(Service.PARAMETER_STORE, now=now)

    assert "sentinel" not in f"{access!r} {api!r}"


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://127.0.0.1:4566", True), ("https://ssm.eu-west-1.amazonaws.com", False), ("", False)],
)
def test_an_aws_on_loopback_is_local(url: str, *, local: bool):
    given = LAMBDAS_OWN | {"AWS_ENDPOINT_URL": url}

    assert AwsAccess.from_environment(given, url_suffix="amazonaws.com").is_local is local


def test_a_local_aws_may_bring_its_own_certificate(tmp_path: Path):
    context, certificate = unknown_to_the_system(tmp_path)
    with CannedServer(answer(), tls=context) as server:
        strict = LAMBDAS_OWN | {"AWS_ENDPOINT_URL": server.url}
        trusting = strict | {"AWS_CA_BUNDLE": str(certificate)}

        assert parameter_store(trusting).call("GetParameter", {}) == {}
        with pytest.raises(AwsUnavailable, match="SSLCertVerificationError"):
            parameter_store(strict).call("GetParameter", {})
