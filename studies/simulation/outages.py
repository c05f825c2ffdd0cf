"""Outages of a service: one in every period, at a random moment."""

from studies.simulation.conditions import Conditions
from studies.simulation.services import OUTAGES, Outage, Service
from studies.simulation.trace import Trace

QUIET_SECONDS = 600.0
"""The least time between two outages: twice the life of a token."""


def outages(trace: Trace, conditions: Conditions, service: Service, seconds: float) -> list[Outage]:
    """The outages of a run. Each starts and ends within its own period."""
    if not seconds:
        return []
    period = conditions.outage_every_seconds
    when, kind = trace.stream(f"{service} outage"), trace.stream(f"{service} kind of outage")
    found = []
    for number in range(int(conditions.days * 86_400 / period)):
        free = period - seconds - QUIET_SECONDS
        start = number * period + QUIET_SECONDS + when.at(number) * free
        fault = kind.choice(number, OUTAGES)
        found.append(Outage(service=service, start=start, end=start + seconds, fault=fault))
    return found
