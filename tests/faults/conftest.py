"""Fixtures: one deployed function for the suite, whose AWS calls go through the fault proxy."""

from collections.abc import Iterator

import pytest

from local.aws.emulator import LocalAws
from local.aws.fault_proxy import FaultProxy
from local.idp.identity_provider import IdentityProvider
from local.process.ports import LOOPBACK, claim
from tests.faults.deployed_function import DeployedFunction
from tests.support.system import System


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedFunction]:
    port = claim(0)
    with (
        IdentityProvider() as idp,
        LocalAws(
            directory=tmp_path_factory.mktemp("local-aws"),
            function_endpoint_url=f"http://{LOOPBACK}:{port}",
        ) as aws,
        FaultProxy(
            port=port,
            upstream_url=aws.endpoint_url,
            directory=tmp_path_factory.mktemp("fault-proxy"),
        ) as proxy,
    ):
        system = System.deploy(aws, idp, directory=tmp_path_factory.mktemp("cdk"))
        yield DeployedFunction(system, proxy)


@pytest.fixture
def function(deployed: DeployedFunction) -> DeployedFunction:
    """The deployed function, reset: no faults, warm, and with a valid token published."""
    deployed.ready()
    return deployed
