"""One deployed system for the whole suite: real CDK, real schedules, roles that are enforced.

The local AWS asks IAM at every call; who calls as ``aws.client`` may do everything.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from local.aws.emulator import LocalAws
from local.idp.identity_provider import IdentityProvider
from tests.support.system import System

SPEEDUP: Final = 24
"""The four-minute schedule fires every 10 s, the watchdog every 2.5 s; tokens still live 300 s."""


@pytest.fixture(scope="session")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    directory = tmp_path_factory.mktemp("local-aws")
    with LocalAws(
        directory=directory, schedule_speedup=SPEEDUP, record_calls=True, enforce_iam=True
    ) as running:
        yield running


@pytest.fixture(scope="session")
def deployed(
    aws: LocalAws, idp: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> System:
    return System.deploy(aws, idp, directory=tmp_path_factory.mktemp("cdk"))


@pytest.fixture
def system(deployed: System) -> Iterator[System]:
    """In good health, before and after: no faults, and the secret's key is accepted."""
    yield deployed
    deployed.idp.recover()
    deployed.idp.accept(deployed.account)
