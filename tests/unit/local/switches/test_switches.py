"""Each switch changes what it says, and its first position changes it back."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws.fault_proxy import THROTTLED, Call
from local.idp.faults import Endpoint
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.process.environment import REGION
from local.switches.aws import DENIED, aws_switches
from local.switches.identity_provider import SLOW_SECONDS, identity_provider_switch
from local.switches.key import Key
from local.switches.names import PositionName
from local.switches.schedules import schedules_switch
from local.switches.switch import Button, Panel, Position, Switch, UnknownControl
from tests.unit.local.switches.proxy import Proxy

PARAMETER_STORE = {Call.GET_PARAMETER, Call.PUT_PARAMETER, Call.ADD_TAGS}


def test_a_switch_begins_in_its_first_position_and_knows_its_positions_only() -> None:
    turned: list[str] = []
    positions = [
        Position(name=name, label=name, turn=partial(turned.append, name))
        for name in ("works", "down")
    ]
    panel = Panel(
        switches=[Switch("a", "A", positions)],
        buttons=[Button(name="b", label="B", press=lambda: turned.append("pressed"))],
    )

    before = panel.switches[0].now
    panel.turn("a", "down")
    panel.press("b")

    assert (before, panel.switches[0].now) == ("works", "down")
    assert turned == ["down", "pressed"]
    for wrong in (("a", "up"), ("b", "works"), ("", "")):
        with pytest.raises(UnknownControl):
            panel.turn(*wrong)
    with pytest.raises(UnknownControl):
        panel.press("a")


def test_a_position_that_cannot_be_taken_is_not_shown() -> None:
    def fails() -> None:
        raise OSError("AWS does not answer")

    switch = Switch(
        "a", "A", [Position(name=name, label=name, turn=fails) for name in ("works", "down")]
    )

    with pytest.raises(OSError, match="AWS"):
        switch.turn("down")

    assert switch.now == "works"


@pytest.mark.parametrize(
    ("position", "status", "delay"),
    [
        (PositionName.SLOW, None, SLOW_SECONDS),
        (PositionName.BUSY, 429, 0),
        (PositionName.DOWN, 503, 0),
    ],
)
def test_the_identity_provider_fails_at_both_endpoints_until_it_works(
    idp: IdentityProvider, position: str, status: int | None, delay: int
) -> None:
    switch = identity_provider_switch(idp)

    switch.turn(position)
    found = [idp._faults.take(endpoint) for endpoint in (Endpoint.DISCOVERY, Endpoint.TOKEN)]  # noqa: SLF001
    switch.turn(PositionName.WORKS)

    for fault in found:
        assert fault is not None
        assert (fault.answer.status if fault.answer else None) == status
        assert fault.delay_seconds == delay
    assert not idp.recover(), "a fault stayed"


def test_each_aws_service_fails_by_its_own_switch() -> None:
    proxy: Any = Proxy()
    parameter_store, secrets_manager = aws_switches(proxy)

    parameter_store.turn(PositionName.THROTTLES)
    secrets_manager.turn(PositionName.DENIES)
    assert proxy.faults == {
        **dict.fromkeys(PARAMETER_STORE, THROTTLED),
        Call.GET_SECRET_VALUE: DENIED,
    }

    parameter_store.turn(PositionName.DENIES)
    secrets_manager.turn(PositionName.WORKS)
    assert proxy.faults == dict.fromkeys(PARAMETER_STORE, DENIED)

    parameter_store.turn(PositionName.WORKS)
    assert not proxy.faults


class Secret:
    """The versions of a secret, the newest last."""

    def __init__(self, account: ServiceAccount) -> None:
        self.versions = [json.loads(account.as_downloaded())]

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        assert SecretId == "arn"
        self.versions.append(json.loads(SecretString))


def test_the_key_is_revoked_replaced_or_damaged_and_works_again(
    idp: IdentityProvider, account: ServiceAccount
) -> None:
    secret = Secret(account)
    switch = Key(secret, secret_arn="arn", idp=idp, account=account).switch()
    (good,) = secret.versions

    def accepted() -> bool:
        return bool(idp._accounts.accepted_keys(account.client_id))  # noqa: SLF001

    switch.turn(PositionName.REVOKED)
    assert (accepted(), secret.versions) == (False, [good])

    switch.turn(PositionName.UNKNOWN)
    assert accepted()
    previous, current = secret.versions[-2:]
    assert previous == good
    assert current["serviceAccountId"] == account.client_id
    assert current["privateKey"] != account.private_key_pem

    switch.turn(PositionName.DAMAGED)
    previous, current = secret.versions[-2:]
    assert previous == good, "the function uses the previous version, which must work"
    assert account.private_key_pem.startswith(current["privateKey"])
    assert len(current["privateKey"]) < len(account.private_key_pem)

    switch.turn(PositionName.WORKS)
    assert (accepted(), secret.versions[-1]) == (True, good)


@pytest.fixture
def scheduler() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("scheduler", region_name=REGION)
        for name in ("schedule", "watchdog", "watchdog-2"):
            content = {"trigger": name.removesuffix("-2"), "min_remaining_seconds": 155}
            client.create_schedule(
                Name=name,
                ScheduleExpression="rate(1 minute)",
                Description=f"Does {name}",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={
                    "Arn": "arn:aws:lambda:eu-west-1:123456789012:function:rotator",
                    "RoleArn": "arn:aws:iam::123456789012:role/invoke",
                    "Input": json.dumps(content),
                    "RetryPolicy": {"MaximumRetryAttempts": 2},
                },
            )
        yield client


def test_schedules_are_disabled_and_nothing_else_of_them_changes(scheduler: Any) -> None:
    def states() -> dict[str, str]:
        return {one["Name"]: one["State"] for one in scheduler.list_schedules()["Schedules"]}

    def kept() -> list[dict[str, Any]]:
        changing = {"State", "LastModificationDate", "ResponseMetadata"}
        found = [scheduler.get_schedule(Name=name) for name in states()]
        return [{key: one[key] for key in one.keys() - changing} for one in found]

    switch, before = schedules_switch(scheduler), kept()

    switch.turn(PositionName.WATCHDOGS)
    assert states() == {"schedule": "DISABLED", "watchdog": "ENABLED", "watchdog-2": "ENABLED"}
    switch.turn(PositionName.DISABLED)
    assert set(states().values()) == {"DISABLED"}
    switch.turn(PositionName.WORKS)
    assert set(states().values()) == {"ENABLED"}
    assert kept() == before
