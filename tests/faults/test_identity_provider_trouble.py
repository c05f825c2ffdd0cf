"""Lasting faults and refusals of the identity provider: the error names them, nothing is written.

Tests with lasting faults lower the function's timeout to be short. The function's deadlines follow
from the remaining time. `make soak` uses the deployed timeout.
"""

import pytest

from local.idp import faults
from local.idp.faults import Endpoint, Fault
from tests.faults.deployed_function import DeployedFunction, timeout_seconds
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS

SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    ("fault", "seconds", "least_requests"),
    [
        pytest.param(faults.status(503), timeout_seconds(to_obtain=3), 2, id="503, short"),
        pytest.param(faults.HANG, timeout_seconds(to_obtain=3), 1, id="hang, short"),
        pytest.param(faults.status(503), FUNCTION_TIMEOUT_SECONDS, 5, id="503", marks=SOAK),
        pytest.param(faults.HANG, FUNCTION_TIMEOUT_SECONDS, 3, id="hang", marks=SOAK),
        pytest.param(faults.STALLED, FUNCTION_TIMEOUT_SECONDS, 3, id="stalled", marks=SOAK),
    ],
)
def test_an_outage_is_named_before_the_timeout(
    function: DeployedFunction, fault: Fault, seconds: int, least_requests: int
):
    function.has_seconds(seconds)
    function.idp_fails(fault, times=None)

    rotated = function.rotate()

    assert rotated.failure == "IdentityProviderDown"
    assert (rotated.entry.token_requests or 0) >= least_requests
    function.recovers()


@SOAK
def test_an_outage_of_discovery_at_a_cold_start_is_named(function: DeployedFunction):
    function.starts_cold()
    function.idp_fails(faults.status(503), at=Endpoint.DISCOVERY, times=None)

    rotated = function.rotate()

    assert rotated.failure == "IdentityProviderDown"
    assert "discovery" in rotated.message
    function.recovers()


def test_a_retry_after_beyond_the_deadline_ends_the_rotation_at_once(function: DeployedFunction):
    function.idp_fails(faults.status(429, retry_after="600"), times=None)

    rotated = function.rotate()

    assert rotated.failure == "IdentityProviderDown"
    assert "429" in rotated.message
    assert rotated.entry.token_requests == 1
    assert rotated.seconds < 30, "it has waited until its deadline"
    function.recovers()


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        pytest.param(faults.HUGE, "AnsweredByAnother", id="huge"),
        pytest.param(faults.HTML, "AnsweredByAnother", id="HTML"),
        pytest.param(faults.answers_json({"expires_in": 300}), "AnswerUnusable", id="no token"),
        pytest.param(
            faults.redirect("http://127.0.0.1:9/"),
            "IdentityProviderUntrusted",
            id="redirect",
        ),
    ],
)
def test_an_unusable_answer_is_named_and_not_published(
    function: DeployedFunction, fault: Fault, named: str
):
    function.idp_fails(fault, times=None)

    rotated = function.rotate()

    assert rotated.failure == named
    assert rotated.entry.token_requests == 1
    function.recovers()


def test_a_refused_key_is_named(function: DeployedFunction):
    function.idp.reject(function.system.account)

    rotated = function.rotate()

    assert rotated.failure == "TokenRequestRefused"
    assert "invalid_client" in rotated.message
    assert rotated.entry.token_requests == 1
    function.recovers()
