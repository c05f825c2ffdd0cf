"""Fixtures: one deployed system for the suite, with the real CDK, real schedules and enforced IAM.

The local AWS enforces IAM at every call. Clients of ``aws.client`` may do everything.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from local.aws.emulator import LocalAws
from local.idp.identity_provider import IdentityProvider
from tests.support.runbook import Shell
from tests.support.system import System

SPEEDUP: Final = 60
"""The four-minute schedule runs every 4 s, the watchdog every second. Tokens live 300 s."""


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
    """The deployed system, in good health: what a test has done to it ends before the next one."""
    account = deployed.account
    yield deployed
    had_faults = deployed.idp.recover()
    was_rejected = deployed.idp.accept(deployed.account)
    if had_faults or was_rejected or deployed.account is not account:
        deployed.settle()


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """For the commands of the runbook."""
    return Shell(tmp_path_factory.mktemp("shell"))
