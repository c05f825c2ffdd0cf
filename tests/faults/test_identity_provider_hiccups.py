"""Passing faults of the identity provider: the rotation succeeds with a new assertion."""

import pytest

from local.idp import faults
from local.idp.faults import Endpoint, Fault
from tests.faults.deployed_function import DeployedFunction

SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        pytest.param(faults.status(503), 1, id="503 once"),
        pytest.param(faults.status(500), 2, id="500 twice"),
        pytest.param(faults.RESET, 1, id="token issued, answer lost"),
        pytest.param(faults.TRUNCATED, 1, id="truncated"),
        pytest.param(faults.HANG, 1, id="hang", marks=SOAK),
        pytest.param(faults.STALLED, 1, id="stalled", marks=SOAK),
    ],
)
def test_after_a_passing_fault_the_rotation_succeeds_with_a_new_assertion(
    function: DeployedFunction, fault: Fault, times: int
):
    function.idp_fails(fault, times=times)

    rotated = function.rotate()

    assert rotated.published, rotated.entry
    assert rotated.entry.token_requests == times + 1
    sent = [request.claims["jti"] for request in function.idp.token_requests[-times - 1 :]]
    assert len(set(sent)) == times + 1
    function.recovers()


def test_retry_after_is_respected(function: DeployedFunction):
    function.idp_fails(faults.status(429, retry_after="1"))

    rotated = function.rotate()

    refused, accepted = function.idp.token_requests[-2:]
    assert rotated.published, rotated.entry
    assert (accepted.at - refused.at).total_seconds() >= 1
    function.recovers()


def test_a_rotation_waits_for_a_slow_answer(function: DeployedFunction):
    function.idp_fails(faults.delay(2))

    rotated = function.rotate()

    assert rotated.published, rotated.entry
    assert rotated.entry.token_requests == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.status(503), id="503"),
        pytest.param(faults.RESET, id="reset", marks=SOAK),
        pytest.param(faults.HANG, id="hang", marks=SOAK),
    ],
)
def test_discovery_is_retried(function: DeployedFunction, fault: Fault):
    function.starts_cold()
    function.idp_fails(fault, at=Endpoint.DISCOVERY)

    rotated = function.rotate()

    assert rotated.published, rotated.entry
    assert rotated.entry.token_requests == 2
    function.recovers()


def test_an_outage_of_discovery_does_not_affect_a_warm_function(function: DeployedFunction):
    function.idp_fails(faults.status(503), at=Endpoint.DISCOVERY, times=None)

    rotated = function.rotate()

    assert rotated.published, rotated.entry
    assert rotated.entry.token_requests == 1
