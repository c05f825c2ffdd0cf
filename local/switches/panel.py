"""The panel of a running system: what can be made to fail, and what can be done by hand."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from local.aws.deployment import Rotator
from local.aws.emulator import LocalAws
from local.aws.fault_proxy import FaultProxy
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.switches.aws import aws_switches
from local.switches.identity_provider import identity_provider_switch
from local.switches.key import Key
from local.switches.names import ButtonName
from local.switches.schedules import schedules_switch
from local.switches.switch import Button, Panel, Switch


def panel_of(
    rotator: Rotator,
    *,
    aws: LocalAws,
    proxy: FaultProxy,
    idp: IdentityProvider,
    account: ServiceAccount,
) -> Panel:
    """The panel of one deployed rotator. ``account`` is the one that its secret holds."""
    functions, ssm = aws.client("lambda"), aws.client("ssm")
    key = Key(aws.client("secretsmanager"), secret_arn=rotator.secret_arn, idp=idp, account=account)
    switches = [
        identity_provider_switch(idp),
        key.switch(),
        *aws_switches(proxy),
        schedules_switch(aws.client("scheduler")),
    ]
    return Panel(
        switches=switches,
        buttons=[
            Button(
                name=ButtonName.ROTATE,
                label="Rotate now",
                press=lambda: functions.invoke(
                    FunctionName=rotator.function_name, InvocationType="Event", Payload=b"{}"
                ),
            ),
            Button(
                name=ButtonName.DELETE_PARAMETER,
                label="Delete the parameter",
                press=lambda: _delete(ssm, rotator.parameter_name),
            ),
            Button(
                name=ButtonName.REPAIR,
                label="Repair everything",
                press=lambda: _repair(switches),
            ),
        ],
    )


def _delete(ssm: Any, name: str) -> None:
    with suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=name)


def _repair(switches: Sequence[Switch]) -> None:
    for switch in switches:
        switch.turn(switch.positions[0].name)
