"""Names of the switches, their positions and the buttons, as the page sends them."""

from enum import StrEnum


class SwitchName(StrEnum):
    """The switches."""

    IDENTITY_PROVIDER = "identity-provider"
    KEY = "key"
    PARAMETER_STORE = "parameter-store"
    SECRETS_MANAGER = "secrets-manager"
    SCHEDULES = "schedules"


class PositionName(StrEnum):
    """The positions. Each switch has some of them."""

    WORKS = "works"
    SLOW = "slow"
    BUSY = "busy"
    DOWN = "down"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    THROTTLES = "throttles"
    DENIES = "denies"
    WATCHDOGS = "watchdogs"
    DISABLED = "disabled"


class ButtonName(StrEnum):
    """The buttons."""

    ROTATE = "rotate"
    DELETE_PARAMETER = "delete-parameter"
    REPAIR = "repair"
