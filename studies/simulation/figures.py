"""Aggregation of results into figures: one flat table for availability, one for outages."""

import math
from collections.abc import Sequence

from studies.simulation.run import Result
from studies.simulation.services import Service

DAYS_A_MONTH = 30.0
Figures = dict[str, float]


def availability(results: Sequence[Result]) -> Figures:
    """The figures of one strategy."""
    days = sum(result.days for result in results)
    hours = days * 24
    gaps = [gap for result in results for gap in result.gaps]
    recoveries = [met.recovery_seconds for result in results for met in result.met_outages]
    return {
        "months": round(days / DAYS_A_MONTH, 2),
        "rotations": sum(result.rotations for result in results),
        "tokens_published": sum(result.published for result in results),
        "unavailable_seconds": _rounded(sum(gaps)),
        "unavailable_seconds_a_month": _rounded(sum(gaps) / days * DAYS_A_MONTH),
        "gaps": len(gaps),
        "longest_gap_seconds": _rounded(max(gaps, default=0)),
        "least_life_left_seconds": _rounded(min(result.least_life_left for result in results)),
        "token_requests_an_hour": _rounded(sum(r.token_requests for r in results) / hours, 2),
        "busiest_hour_token_requests": max(result.busiest_hour for result in results),
        "parameter_store_calls_an_hour": _calls(results, Service.PARAMETER_STORE, hours),
        "secrets_manager_calls_an_hour": _calls(results, Service.SECRETS_MANAGER, hours),
        "failed_invocations": sum(result.failed for result in results),
        "cut_off_invocations": sum(result.cut_off for result in results),
        "longest_invocation_seconds": _rounded(max(r.longest_seconds for r in results)),
        "outages_met": len(recoveries),
        "recovery_median_seconds": quantile(recoveries, 0.5),
        "recovery_99_percent_seconds": quantile(recoveries, 0.99),
    }


def outages(results: Sequence[Result], seconds: float) -> Figures:
    """The cost of outages of ``seconds`` to consumers. An outage that no request met costs 0."""
    met_outages = [met for result in results for met in result.met_outages]
    number = sum(result.outages for result in results)
    costs = [one.cost_seconds for one in met_outages] + [0.0] * (number - len(met_outages))
    recoveries = [one.recovery_seconds for one in met_outages]
    bound = bound_seconds(seconds)
    return {
        "rotations": sum(result.rotations for result in results),
        "outages": number,
        "met": len(met_outages),
        "bound_seconds": bound,
        "within_bound_percent": _rounded(100 * sum(cost <= bound for cost in costs) / number, 3),
        "cost_median_seconds": quantile(costs, 0.5),
        "cost_99_9_percent_seconds": quantile(costs, 0.999),
        "cost_most_seconds": _rounded(max(costs)),
        "costing_more_than_the_outage": sum(cost > seconds for cost in costs),
        "recovery_median_seconds": quantile(recoveries, 0.5),
        "recovery_99_percent_seconds": quantile(recoveries, 0.99),
        "recovery_most_seconds": _rounded(max(recoveries)),
    }


def bound_seconds(outage_seconds: float) -> float:
    """The seconds without a token that an outage may cost in 99.9 % of cases."""
    return max(0.0, outage_seconds - 100) + 20


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share (0 to 1) of the values."""
    if not values:
        return 0.0
    return _rounded(sorted(values)[math.ceil(share * len(values)) - 1])


def _calls(results: Sequence[Result], service: Service, hours: float) -> float:
    return _rounded(sum(result.calls[service] for result in results) / hours)


def _rounded(value: float, digits: int = 1) -> float:
    return round(value, digits)
