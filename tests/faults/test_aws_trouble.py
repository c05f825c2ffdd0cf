"""Lasting faults and refusals of AWS: the error names them, and the record does not change.

Tests with lasting faults lower the function's timeout to be short. The function's deadlines follow
from the remaining time. `make soak` uses the deployed timeout.
"""

import pytest

from local.aws.fault_proxy import HANG, THROTTLED, AwsFault, Call, error
from tests.faults.deployed_function import DeployedFunction, timeout_seconds
from token_rotator.contract import FUNCTION_TIMEOUT_SECONDS
from token_rotator.timing import AWS_CALL_TIMEOUT

AWS_CALL_SECONDS = int(AWS_CALL_TIMEOUT.total_seconds())
SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    ("call", "code", "named"),
    [
        (Call.GET_SECRET_VALUE, "AccessDeniedException", "CredentialError"),
        (Call.GET_SECRET_VALUE, "DecryptionFailure", "CredentialError"),
        (Call.PUT_PARAMETER, "AccessDeniedException", "PublicationError"),
        (Call.PUT_PARAMETER, "InvalidKeyId", "PublicationError"),
    ],
    ids=str,
)
def test_a_refusal_is_named_at_once_and_the_record_does_not_change(
    function: DeployedFunction, call: Call, code: str, named: str
):
    function.aws_fails(call, error(code), times=None)

    rotated = function.rotate()

    assert rotated.failure == named
    assert code in rotated.message
    assert function.aws.fault_count(call) <= 2, "a refusal is not repeated unchanged"
    function.recovers()


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidKeyId"])
def test_a_record_that_cannot_be_read_is_replaced(function: DeployedFunction, code: str):
    function.aws_fails(Call.GET_PARAMETER, error(code), times=None)

    rotated = function.rotate()

    assert function.aws.fault_count(Call.GET_PARAMETER) in (1, 2), (
        "a warm function caches its record"
    )
    assert rotated.published, rotated.entry
    function.recovers()


@pytest.mark.parametrize(
    ("call", "fault", "seconds"),
    [
        (Call.PUT_PARAMETER, THROTTLED, timeout_seconds(to_obtain=3)),
        pytest.param(Call.PUT_PARAMETER, THROTTLED, FUNCTION_TIMEOUT_SECONDS, marks=SOAK),
        pytest.param(Call.PUT_PARAMETER, HANG, FUNCTION_TIMEOUT_SECONDS, marks=SOAK),
        pytest.param(
            Call.PUT_PARAMETER, error("TooManyUpdates"), FUNCTION_TIMEOUT_SECONDS, marks=SOAK
        ),
        pytest.param(Call.GET_PARAMETER, THROTTLED, FUNCTION_TIMEOUT_SECONDS, marks=SOAK),
        pytest.param(Call.GET_PARAMETER, HANG, FUNCTION_TIMEOUT_SECONDS, marks=SOAK),
    ],
    ids=str,
)
def test_an_outage_of_parameter_store_is_named_before_the_timeout(
    function: DeployedFunction, call: Call, fault: AwsFault, seconds: int
):
    function.has_seconds(seconds)
    function.aws_fails(call, fault, times=None)

    rotated = function.rotate()

    assert function.aws.fault_count(call) > 2, "it was not retried"
    assert rotated.failure == "ParameterStoreUnavailable"
    assert rotated.entry.token_fingerprint, "there was a token to write"
    function.recovers()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (THROTTLED, timeout_seconds(to_obtain=2 + AWS_CALL_SECONDS)),
        pytest.param(THROTTLED, FUNCTION_TIMEOUT_SECONDS, marks=SOAK),
        pytest.param(HANG, FUNCTION_TIMEOUT_SECONDS, marks=SOAK),
    ],
    ids=str,
)
def test_an_outage_of_secrets_manager_at_a_cold_start_is_named(
    function: DeployedFunction, fault: AwsFault, seconds: int
):
    function.has_seconds(seconds)
    function.aws_fails(Call.GET_SECRET_VALUE, fault, times=None)

    rotated = function.rotate()

    assert function.aws.fault_count(Call.GET_SECRET_VALUE) > 1, "it was not retried"
    assert rotated.failure == "SecretStoreUnavailable"
    assert rotated.entry.token_requests == 0
    function.recovers()
