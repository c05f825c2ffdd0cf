"""Passing faults of AWS: the rotation succeeds, and the token is written once."""

import pytest

from local.aws.fault_proxy import (
    ANSWER_LOST,
    BROKEN_OFF,
    HANG,
    RESET,
    SERVER_ERROR,
    THROTTLED,
    TRUNCATED,
    AwsFault,
    Call,
    error,
    slow,
)
from tests.faults.deployed_function import DeployedFunction

SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    ("call", "fault", "times"),
    [
        (Call.GET_PARAMETER, THROTTLED, 3),
        (Call.GET_PARAMETER, SERVER_ERROR, 3),
        pytest.param(Call.GET_PARAMETER, HANG, 3, marks=SOAK),
        (Call.GET_PARAMETER, RESET, 3),
        (Call.GET_PARAMETER, BROKEN_OFF, 3),
        (Call.GET_PARAMETER, TRUNCATED, 3),
        pytest.param(Call.GET_PARAMETER, slow(2), 1, marks=SOAK),
        (Call.PUT_PARAMETER, THROTTLED, 1),
        (Call.PUT_PARAMETER, SERVER_ERROR, 2),
        (Call.PUT_PARAMETER, error("TooManyUpdates"), 1),
        (Call.PUT_PARAMETER, HANG, 1),
        (Call.PUT_PARAMETER, RESET, 1),
        (Call.PUT_PARAMETER, ANSWER_LOST, 1),
        (Call.PUT_PARAMETER, BROKEN_OFF, 1),
        (Call.PUT_PARAMETER, TRUNCATED, 1),
        (Call.PUT_PARAMETER, slow(2), 1),
    ],
    ids=str,
)
def test_after_a_passing_fault_the_rotation_succeeds_and_writes_once(
    function: DeployedFunction, call: Call, fault: AwsFault, times: int
):
    function.aws_fails(call, fault, times=times)

    rotated = function.rotate()

    assert function.aws.fault_count(call) == times
    assert rotated.published, rotated.entry
    function.recovers()


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (THROTTLED, 1),
        (SERVER_ERROR, 2),
        pytest.param(HANG, 1, marks=SOAK),
        (RESET, 1),
        pytest.param(BROKEN_OFF, 1, marks=SOAK),
        (TRUNCATED, 1),
    ],
    ids=str,
)
def test_the_first_read_of_the_secret_is_retried(
    function: DeployedFunction, fault: AwsFault, times: int
):
    function.starts_cold()
    function.aws_fails(Call.GET_SECRET_VALUE, fault, times=times)

    rotated = function.rotate()

    assert function.aws.fault_count(Call.GET_SECRET_VALUE) == times
    assert rotated.published, rotated.entry
    function.recovers()


@pytest.mark.parametrize("fault", [THROTTLED, SERVER_ERROR, HANG, TRUNCATED], ids=str)
def test_while_secrets_manager_fails_the_cached_credential_is_used(
    function: DeployedFunction, fault: AwsFault
):
    function.aws_fails(Call.GET_SECRET_VALUE, fault, times=None)

    rotated = function.rotate()

    assert function.aws.fault_count(Call.GET_SECRET_VALUE) == 1
    assert rotated.published, rotated.entry
    function.recovers()


@SOAK
def test_a_rotation_succeeds_if_every_call_takes_seconds(function: DeployedFunction):
    function.starts_cold()
    for call in Call:
        function.aws_fails(call, slow(2.5), times=None)

    rotated = function.rotate()

    assert rotated.published, rotated.entry
    assert rotated.seconds > 10
    function.recovers()
