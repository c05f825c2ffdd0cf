"""Faults of Parameter Store and Secrets Manager, which the function's calls meet."""

from collections.abc import Mapping, Sequence
from typing import Final

from local.aws.fault_proxy import THROTTLED, AwsFault, Call, FaultProxy, error
from local.switches.names import PositionName, SwitchName
from local.switches.switch import Position, Switch

DENIED: Final = error("AccessDeniedException")
_CALLS: Final[Mapping[SwitchName, Sequence[Call]]] = {
    SwitchName.PARAMETER_STORE: (Call.GET_PARAMETER, Call.PUT_PARAMETER, Call.ADD_TAGS),
    SwitchName.SECRETS_MANAGER: (Call.GET_SECRET_VALUE,),
}


def aws_switches(proxy: FaultProxy) -> list[Switch]:
    """One switch for each service. Only the function's calls go through the proxy."""
    faults: dict[SwitchName, AwsFault | None] = dict.fromkeys(_CALLS)

    def set_fault(service: SwitchName, fault: AwsFault | None) -> None:
        faults[service] = fault
        proxy.recover()  # the proxy ends all faults or none
        for name, active in faults.items():
            if active is not None:
                for call in _CALLS[name]:
                    proxy.fail(call, active, times=None)

    def switch(service: SwitchName, label: str) -> Switch:
        return Switch(
            service,
            label,
            [
                Position(
                    name=PositionName.WORKS,
                    label="works",
                    turn=lambda: set_fault(service, None),
                ),
                Position(
                    name=PositionName.THROTTLES,
                    label="throttles every call",
                    turn=lambda: set_fault(service, THROTTLED),
                ),
                Position(
                    name=PositionName.DENIES,
                    label="denies access",
                    turn=lambda: set_fault(service, DENIED),
                ),
            ],
        )

    return [
        switch(SwitchName.PARAMETER_STORE, "Parameter Store"),
        switch(SwitchName.SECRETS_MANAGER, "Secrets Manager"),
    ]
