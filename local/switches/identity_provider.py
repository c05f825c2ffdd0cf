"""Faults of the identity provider."""

from typing import Final

from local.idp import faults
from local.idp.faults import Endpoint, Fault
from local.idp.identity_provider import IdentityProvider
from local.switches.names import PositionName, SwitchName
from local.switches.switch import Position, Switch

SLOW_SECONDS: Final = 6
"""Less than the function's read timeout."""


def identity_provider_switch(idp: IdentityProvider) -> Switch:
    """Discovery and token requests have the same fault."""

    def set_fault(fault: Fault | None) -> None:
        idp.recover()
        if fault is not None:
            for endpoint in (Endpoint.DISCOVERY, Endpoint.TOKEN):
                idp.fail(endpoint, fault, times=None)

    return Switch(
        SwitchName.IDENTITY_PROVIDER,
        "Identity provider",
        [
            Position(name=PositionName.WORKS, label="works", turn=lambda: set_fault(None)),
            Position(
                name=PositionName.SLOW,
                label=f"answers after {SLOW_SECONDS} seconds",
                turn=lambda: set_fault(faults.delay(SLOW_SECONDS)),
            ),
            Position(
                name=PositionName.BUSY,
                label="is busy (429)",
                turn=lambda: set_fault(faults.status(429, retry_after="600")),
            ),
            Position(
                name=PositionName.DOWN,
                label="is down (503)",
                turn=lambda: set_fault(faults.status(503)),
            ),
        ],
    )
