"""What do others do? One attempt, blindly written; the loops around it differ."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from studies.simulation.clock import CutOff
from studies.simulation.identity_provider import (
    DISCOVERY_ENDPOINT,
    TOKEN_ENDPOINT,
    TOKEN_LIFETIME_SECONDS,
)
from studies.simulation.lambda_function import Handler
from studies.simulation.world import PARAMETER, SECRET, Scenario, signing_key
from token_rotator.parameter.record import Record

_numbers = itertools.count()


def refresh(world: Scenario, *, discover: bool) -> None:
    """Reads the key, asks once, writes over whatever is there. Raises what comes."""
    secret = _botocore_retries(
        world,
        lambda: world.secrets.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT"),
    )
    endpoint = TOKEN_ENDPOINT
    if discover:
        endpoint = _json(world, "GET", DISCOVERY_ENDPOINT)["token_endpoint"]
    now = world.clock.now().replace(microsecond=0)
    assertion = f"{signing_key(secret['SecretString'])}.{int(now.timestamp())}.x{next(_numbers)}"
    answer = _json(world, "POST", f"{endpoint}?client_assertion={assertion}")
    record = Record(
        access_token=answer["access_token"],
        issued_at=now,
        expires_at=now + timedelta(seconds=TOKEN_LIFETIME_SECONDS),
    )
    _botocore_retries(
        world,
        lambda: world.ssm.put_parameter(
            Name=PARAMETER, Value=record.to_json(), Type="SecureString", Overwrite=True
        ),
    )


def scheduled_function(world: Scenario) -> Handler:
    """What public scheduled refreshers do."""
    return lambda event, seconds: refresh(world, discover=False)


def script_under_cron(world: Scenario, *, every_seconds: float, until: float) -> None:
    """A new process each time, on the minute; one that hangs is left hanging."""
    clock = world.clock
    for number in range(1, int(until / every_seconds)):
        clock.move_to(number * every_seconds)
        _attempt(world, discover=True, limit=every_seconds)


def controller(world: Scenario, *, every_seconds: float, until: float) -> None:
    """Renews that long after a success; after failures it waits 1, 2, 4 ... 420 s."""
    clock, failures = world.clock, 0
    while clock.seconds < until:
        if _attempt(world, discover=False, limit=30):
            clock.move_to(clock.seconds + every_seconds)
            failures = 0
        else:
            clock.move_to(clock.seconds + min(420, 2**failures))
            failures += 1


def _attempt(world: Scenario, *, discover: bool, limit: float) -> bool:
    world.clock.limit = world.clock.seconds + limit
    try:
        refresh(world, discover=discover)
    except (CutOff, Exception):  # noqa: BLE001 - whatever it was, it is over
        return False
    else:
        return True
    finally:
        world.clock.limit = float("inf")


def _json(world: Scenario, method: str, url: str) -> Any:
    response = world.identity_provider.urlopen(method, url)
    if response.status != 200:
        raise RuntimeError(response.status)
    return json.loads(response.read1(65536))


def _botocore_retries(world: Scenario, call: Callable[[], Any], *, attempts: int = 5) -> Any:
    """botocore's default (legacy) mode: up to five attempts, 0 to 2**n seconds apart."""
    chance = world.trace.stream("botocore")
    for failures in range(attempts):
        try:
            return call()
        except (ClientError, BotoCoreError):
            if failures == attempts - 1:
                raise
            world.clock.advance(chance.at(int(world.clock.seconds * 1000)) * 2**failures)
    raise AssertionError
