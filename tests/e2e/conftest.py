"""One deployed system for the whole suite: real CDK, real schedules, a faster schedule clock."""

from collections.abc import Iterator
from typing import Final

import pytest

from local.deployment import Deployment
from local.emulator import ROOT, LocalAws
from local.identity_provider import IdentityProvider
from local.stack import deployed_rotators
from tests.e2e.system import System

CONFIG: Final = ROOT / "local" / "rotators.toml"
SPEEDUP: Final = 24
"""The four-minute schedule fires every 10 s, the watchdog every 2.5 s; tokens still live 300 s."""


@pytest.fixture(scope="session")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    directory = tmp_path_factory.mktemp("local-aws")
    with LocalAws(directory=directory, schedule_speedup=SPEEDUP) as running:
        yield running


@pytest.fixture(scope="session")
def deployed(
    aws: LocalAws, idp: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> System:
    deployment = Deployment(aws, config=CONFIG, directory=tmp_path_factory.mktemp("cdk"))
    deployment.prepare()
    outputs = deployment.deploy()
    rotator = next(deployed_rotators(aws, config=CONFIG, outputs=outputs))
    system = System(
        aws=aws,
        idp=idp,
        stack_name="intelligence-tokens-local",
        rotator=rotator,
        account=idp.new_service_account(),
    )
    system.store(system.account)
    system.rotation(lambda entry: entry.outcome == "published", what="the first token")
    return system


@pytest.fixture
def system(deployed: System) -> Iterator[System]:
    """In good health, before and after: no faults, and the secret's key is accepted."""
    yield deployed
    deployed.idp.recover()
    deployed.idp.accept(deployed.account)
