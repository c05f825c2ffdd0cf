"""When does which service fail, and how? Decided by the trace, before anybody asks."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from statistics import NormalDist

from studies.simulation.conditions import Conditions
from studies.simulation.trace import Trace


class Service(StrEnum):
    """Whom a rotation depends on."""

    IDENTITY_PROVIDER = "identity provider"
    PARAMETER_STORE = "Parameter Store"
    SECRETS_MANAGER = "Secrets Manager"


class Fault(Enum):
    """What a caller meets instead of an answer."""

    UNAVAILABLE = auto()
    """Status 503."""
    BROKEN = auto()
    """Status 500."""
    NO_JSON = auto()
    """Status 200, a page of HTML."""
    THROTTLED = auto()
    """429 or ThrottlingException, without advice."""
    THROTTLED_FOR_SECONDS = auto()
    """429, Retry-After in seconds."""
    THROTTLED_UNTIL = auto()
    """429, Retry-After as a date: by the provider's own, wrong clock."""
    RESET = auto()
    """The connection breaks before the request takes effect."""
    LOST_ANSWER = auto()
    """The request takes effect, the answer never arrives."""
    HANG = auto()
    """Connected, and then silence."""
    UNREACHABLE = auto()
    """Not even connected."""
    REFUSED_CONNECTION = auto()
    """Nobody listens."""
    TOO_MANY_UPDATES = auto()
    """Somebody else writes the same parameter."""


PASSING: Mapping[Service, tuple[Fault, ...]] = {
    Service.IDENTITY_PROVIDER: (
        *(Fault.UNAVAILABLE,) * 6,
        *(Fault.BROKEN,) * 3,
        *(Fault.RESET,) * 3,
        *(Fault.THROTTLED,) * 2,
        Fault.THROTTLED_FOR_SECONDS,
        Fault.THROTTLED_UNTIL,
        Fault.NO_JSON,
        Fault.LOST_ANSWER,
        Fault.UNREACHABLE,
        Fault.HANG,
    ),
    Service.PARAMETER_STORE: (
        *(Fault.THROTTLED,) * 4,
        *(Fault.BROKEN,) * 2,
        Fault.TOO_MANY_UPDATES,
        Fault.LOST_ANSWER,
        Fault.UNREACHABLE,
        Fault.HANG,
    ),
    Service.SECRETS_MANAGER: (
        *(Fault.THROTTLED,) * 4,
        *(Fault.BROKEN,) * 4,
        Fault.UNREACHABLE,
        Fault.HANG,
    ),
}
"""What a passing failure looks like: each entry is as likely as the others."""

OUTAGES = (Fault.REFUSED_CONNECTION, Fault.UNREACHABLE, Fault.HANG, Fault.UNAVAILABLE)
"""What an outage looks like, from its start to its end."""

MEDIAN_SECONDS = {
    Service.IDENTITY_PROVIDER: 0.15,
    Service.PARAMETER_STORE: 0.015,
    Service.SECRETS_MANAGER: 0.015,
}
_SPREAD = [math.exp(0.8 * NormalDist().inv_cdf((n + 0.5) / 2048)) for n in range(2048)]
"""Log-normal with sigma 0.8: the slowest per cent takes more than six times the median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Nobody gets an answer from the service; start and end in seconds."""

    service: Service
    start: float
    end: float
    fault: Fault


class Weather:
    """The state of every service at every moment."""

    def __init__(self, trace: Trace, conditions: Conditions, outages: Iterable[Outage]) -> None:
        self._share = conditions.failing
        self.outages: dict[Service, list[Outage]] = {service: [] for service in Service}
        for outage in sorted(outages, key=lambda outage: outage.start):
            self.outages[outage.service].append(outage)
        self._starts = {
            service: [outage.start for outage in theirs] for service, theirs in self.outages.items()
        }
        self._failing = {service: trace.stream(f"{service} fails") for service in Service}
        self._latency = {service: trace.stream(f"{service} answers") for service in Service}

    def fault(self, service: Service, moment: float) -> Fault | None:
        """What a request meets that begins now; passing failures last for a second."""
        before = bisect_right(self._starts[service], moment)
        if before and moment < (outage := self.outages[service][before - 1]).end:
            return outage.fault
        drawn = self._failing[service].at(int(moment))
        if drawn >= self._share:
            return None
        kinds = PASSING[service]
        return kinds[int(drawn / self._share * len(kinds))]

    def latency(self, service: Service, moment: float) -> float:
        """Seconds from the request to the answer."""
        drawn = self._latency[service].at(int(moment * 10))
        return MEDIAN_SECONDS[service] * _SPREAD[int(drawn * len(_SPREAD))]
