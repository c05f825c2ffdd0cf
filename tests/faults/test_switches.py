"""Each switch of the page does to the deployed function what its label says, until it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from local.aws.fault_proxy import Call
from local.switches.identity_provider import SLOW_SECONDS
from local.switches.names import ButtonName, PositionName, SwitchName
from local.switches.panel import panel_of
from local.switches.switch import Panel
from tests.faults.deployed_function import DeployedFunction, timeout_seconds
from tests.support.system import eventually
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS, Outcome, Trigger
from token_rotator_cli.deployment.rotation_log import LoggedRotation

SHORT = timeout_seconds(to_obtain=3)


@pytest.fixture
def panel(function: DeployedFunction) -> Panel:
    system = function.system
    return panel_of(
        system.rotator,
        aws=system.aws,
        proxy=function.aws,
        idp=function.idp,
        account=system.account,
    )


@contextmanager
def turned(panel: Panel, switch: str, position: str) -> Iterator[None]:
    panel.turn(switch, position)
    yield
    panel.turn(switch, PositionName.WORKS)


class Case(NamedTuple):
    """A position, and the error of a rotation meanwhile."""

    switch: str
    position: str
    failure: str
    timeout_seconds: int = FUNCTION_TIMEOUT_SECONDS


@pytest.mark.parametrize(
    "case",
    [
        Case(SwitchName.IDENTITY_PROVIDER, PositionName.BUSY, "IdentityProviderDown"),
        Case(SwitchName.IDENTITY_PROVIDER, PositionName.DOWN, "IdentityProviderDown", SHORT),
        Case(SwitchName.KEY, PositionName.REVOKED, "TokenRequestRefused"),
        Case(
            SwitchName.PARAMETER_STORE, PositionName.THROTTLES, "ParameterStoreUnavailable", SHORT
        ),
        Case(SwitchName.PARAMETER_STORE, PositionName.DENIES, "PublicationError"),
        Case(SwitchName.SECRETS_MANAGER, PositionName.DENIES, "CredentialError"),
    ],
    ids=lambda case: f"{case.switch} {case.position}",
)
def test_a_part_fails_as_its_switch_says_and_works_again(
    function: DeployedFunction, panel: Panel, case: Case
):
    if case.timeout_seconds != FUNCTION_TIMEOUT_SECONDS:
        function.has_seconds(case.timeout_seconds)

    with turned(panel, case.switch, case.position):
        rotated = function.rotate()

    assert rotated.failure == case.failure
    assert function.rotate().published


def test_a_slow_identity_provider_makes_the_rotation_longer(
    function: DeployedFunction, panel: Panel
):
    with turned(panel, SwitchName.IDENTITY_PROVIDER, PositionName.SLOW):
        rotated = function.rotate()

    assert rotated.published
    assert rotated.seconds >= SLOW_SECONDS


def test_a_warm_function_needs_no_secrets_manager(function: DeployedFunction, panel: Panel):
    with turned(panel, SwitchName.SECRETS_MANAGER, PositionName.THROTTLES):
        rotated = function.rotate()
        throttled = function.aws.fault_count(Call.GET_SECRET_VALUE)

    assert rotated.published
    assert throttled, "no call was throttled"


@pytest.mark.parametrize("position", [PositionName.UNKNOWN, PositionName.DAMAGED])
def test_a_key_that_is_of_no_use_leaves_the_previous_one_in_use(
    function: DeployedFunction, panel: Panel, position: str
):
    spoiled = triggered(
        function, Trigger.SECRET_CHANGED, lambda: panel.turn(SwitchName.KEY, position)
    )
    repaired = triggered(
        function, Trigger.SECRET_CHANGED, lambda: panel.turn(SwitchName.KEY, PositionName.WORKS)
    )

    for entry, previous in ((spoiled, True), (repaired, False)):
        assert (entry.outcome, entry.previous_key_used) == (Outcome.PUBLISHED, previous)


def test_a_deleted_parameter_is_gone_until_the_next_rotation(
    function: DeployedFunction, panel: Panel
):
    panel.press(ButtonName.DELETE_PARAMETER)
    gone = function.parameter()
    panel.press(ButtonName.DELETE_PARAMETER)  # nothing is there: no error

    rotated = triggered(function, Trigger.MANUAL, lambda: panel.press(ButtonName.ROTATE))

    assert gone is None
    assert (rotated.outcome, rotated.parameter_version) == (Outcome.PUBLISHED, 1)


def triggered(
    function: DeployedFunction, trigger: Trigger, act: Callable[[], None]
) -> LoggedRotation:
    """The rotation that the act has led to, which the function runs on its own."""
    system = function.system
    system.news()
    start = len(system.entries)
    act()

    def found() -> LoggedRotation | None:
        system.news()
        return next((one for one in system.entries[start:] if one.trigger == trigger), None)

    return eventually(found, what=f"a rotation by {trigger}")
