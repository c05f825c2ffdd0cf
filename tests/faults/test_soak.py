"""Random faults for some minutes, with a fixed seed: the record is always complete.

SOAK_MINUTES sets the duration (default 5). A lower function timeout allows more rotations.
"""

import os
import random
import time
from typing import Final

import pytest

from local.aws import fault_proxy
from local.aws.fault_proxy import Call
from local.idp import faults
from local.idp.faults import Endpoint
from tests.faults.deployed_function import DeployedFunction, timeout_seconds

SEED: Final = 20_261_123
MINUTES: Final = float(os.environ.get("SOAK_MINUTES", "5"))
FUNCTION_SECONDS: Final = timeout_seconds(to_obtain=8)

OF_AWS: Final = (
    fault_proxy.THROTTLED,
    fault_proxy.SERVER_ERROR,
    fault_proxy.HANG,
    fault_proxy.RESET,
    fault_proxy.ANSWER_LOST,
    fault_proxy.BROKEN_OFF,
    fault_proxy.TRUNCATED,
    fault_proxy.slow(1),
    fault_proxy.error("AccessDeniedException"),
    fault_proxy.error("TooManyUpdates"),
)
OF_IDENTITY_PROVIDER: Final = (
    faults.status(503),
    faults.status(429, retry_after="2"),
    faults.oauth_error("invalid_client", http_status=401),
    faults.HANG,
    faults.RESET,
    faults.TRUNCATED,
    faults.STALLED,
    faults.HTML,
    faults.GARBAGE,
    faults.HUGE,
    faults.delay(2),
)
NAMED: Final = {
    "AnsweredByAnother",
    "AnswerUnusable",
    "CredentialError",
    "IdentityProviderDown",
    "ParameterStoreUnavailable",
    "PublicationError",
    "SecretStoreUnavailable",
    "TokenRequestRefused",
}


@pytest.mark.soak
@pytest.mark.timeout(MINUTES * 60 + 120)
def test_with_random_faults_the_record_is_complete_and_every_error_is_named(
    function: DeployedFunction,
):
    rng = random.Random(SEED)
    function.has_seconds(FUNCTION_SECONDS)
    outcomes: list[str] = []
    until = time.monotonic() + MINUTES * 60

    while time.monotonic() < until:
        for fails in rng.choices((fail_aws, fail_identity_provider), k=rng.randint(1, 3)):
            fails(function, rng)
        rotated = function.rotate()
        outcomes.append(rotated.entry.error or rotated.entry.outcome)

        assert rotated.entry.error is None or rotated.entry.error in NAMED, rotated.entry
        assert rotated.versions_written <= 1
        function.recovers()

    assert "published" in outcomes
    assert len(set(outcomes)) > 3, "there were too few different outcomes"


def fail_aws(function: DeployedFunction, rng: random.Random) -> None:
    call, fault = rng.choice(list(Call)), rng.choice(OF_AWS)
    function.aws_fails(call, fault, times=how_often(rng))


def fail_identity_provider(function: DeployedFunction, rng: random.Random) -> None:
    endpoint = rng.choice((Endpoint.TOKEN, Endpoint.TOKEN, Endpoint.DISCOVERY))
    function.idp_fails(rng.choice(OF_IDENTITY_PROVIDER), at=endpoint, times=how_often(rng))


def how_often(rng: random.Random) -> int | None:
    return rng.choice((1, 1, 2, 3, None))
