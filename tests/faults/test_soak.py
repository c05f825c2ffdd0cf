"""Random faults for minutes, the same ones in every run: the record is always whole.

SOAK_MINUTES says for how long (default 5). A lower time-out makes more rotations of them.
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
from tests.faults.under_fire import UnderFire, timeout_seconds

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
def test_whatever_happens_the_record_is_whole_and_the_error_named(function: UnderFire):
    dice = random.Random(SEED)
    function.has_seconds(FUNCTION_SECONDS)
    outcomes: list[str] = []
    until = time.monotonic() + MINUTES * 60

    while time.monotonic() < until:
        for fails in dice.choices((fail_aws, fail_identity_provider), k=dice.randint(1, 3)):
            fails(function, dice)
        rotated = function.rotate()
        outcomes.append(rotated.entry.error or rotated.entry.outcome)

        assert rotated.entry.error is None or rotated.entry.error in NAMED, rotated.entry
        assert rotated.versions_written <= 1
        function.recovers()

    assert "published" in outcomes
    assert len(set(outcomes)) > 3, "hardly anything happened"


def fail_aws(function: UnderFire, dice: random.Random) -> None:
    call, fault = dice.choice(list(Call)), dice.choice(OF_AWS)
    function.aws_fails(call, fault, times=how_often(dice))


def fail_identity_provider(function: UnderFire, dice: random.Random) -> None:
    endpoint = dice.choice((Endpoint.TOKEN, Endpoint.TOKEN, Endpoint.DISCOVERY))
    function.idp_fails(dice.choice(OF_IDENTITY_PROVIDER), at=endpoint, times=how_often(dice))


def how_often(dice: random.Random) -> int | None:
    return dice.choice((1, 1, 2, 3, None))
