"""Faults, outages and latencies of the services, which the trace determines in advance."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from statistics import NormalDist

from studies.simulation.conditions import Conditions
from studies.simulation.trace import Trace


class Service(StrEnum):
    """The services that a rotation depends on."""

    IDENTITY_PROVIDER = "identity provider"
    PARAMETER_STORE = "Parameter Store"
    SECRETS_MANAGER = "Secrets Manager"


class Fault(Enum):
    """The faults that a call can meet."""

    UNAVAILABLE = auto()
    """Status 503."""
    BROKEN = auto()
    """Status 500."""
    NO_JSON = auto()
    """Status 200 with an HTML page."""
    THROTTLED = auto()
    """429 without Retry-After, or ThrottlingException."""
    THROTTLED_FOR_SECONDS = auto()
    """429 with Retry-After in seconds."""
    THROTTLED_UNTIL = auto()
    """429 with Retry-After as a date, by the provider's wrong clock."""
    RESET = auto()
    """The connection breaks before the request takes effect."""
    LOST_ANSWER = auto()
    """The request takes effect, but its answer never arrives."""
    HANG = auto()
    """The connection succeeds, but no answer arrives."""
    UNREACHABLE = auto()
    """The connection attempt times out."""
    REFUSED_CONNECTION = auto()
    """The connection is refused."""
    DENIED = auto()
    """The caller's role may not do that."""
    TOO_MANY_UPDATES = auto()
    """Another client is writing the same parameter."""


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
"""The faults of a passing failure. All entries are equally likely."""

OUTAGES = (Fault.REFUSED_CONNECTION, Fault.UNREACHABLE, Fault.HANG, Fault.UNAVAILABLE)
"""The possible faults of an outage. An outage has the same fault from start to end."""

MEDIAN_SECONDS = {
    Service.IDENTITY_PROVIDER: 0.15,
    Service.PARAMETER_STORE: 0.015,
    Service.SECRETS_MANAGER: 0.015,
}
_SPREAD = [math.exp(0.8 * NormalDist().inv_cdf((n + 0.5) / 2048)) for n in range(2048)]
"""Log-normal with sigma 0.8: the slowest 1 % takes more than six times the median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A period in which a service answers no request. Start and end are in seconds."""

    service: Service
    start: float
    end: float
    fault: Fault


class Services:
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
        """The fault of a request that starts now. Passing failures last for a second."""
        before = bisect_right(self._starts[service], moment)
        if before and moment < (outage := self.outages[service][before - 1]).end:
            return outage.fault
        drawn = self._failing[service].at(int(moment))
        if drawn >= self._share:
            return None
        kinds = PASSING[service]
        return kinds[int(drawn / self._share * len(kinds))]

    def latency(self, service: Service, moment: float) -> float:
        """The seconds from the request to the answer."""
        drawn = self._latency[service].at(int(moment * 10))
        return MEDIAN_SECONDS[service] * _SPREAD[int(drawn * len(_SPREAD))]
