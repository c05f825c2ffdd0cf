"""List prices in US dollars, US East (N. Virginia), without any free tier."""

from dataclasses import dataclass
from typing import Final

AS_OF: Final = "2026-11"
"""Date of the price pages. Not compared with a real bill yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price per number of units."""

    dollars: float
    per: float = 1
    page: str

    def of(self, amount: float) -> float:
        """The price of an amount of units."""
        return self.dollars * amount / self.per


_LAMBDA: Final = "https://aws.amazon.com/lambda/pricing/"
_EVENTBRIDGE: Final = "https://aws.amazon.com/eventbridge/pricing/"
_SYSTEMS_MANAGER: Final = "https://aws.amazon.com/systems-manager/pricing/"
_SECRETS_MANAGER: Final = "https://aws.amazon.com/secrets-manager/pricing/"
_KMS: Final = "https://aws.amazon.com/kms/pricing/"
_CLOUDWATCH: Final = "https://aws.amazon.com/cloudwatch/pricing/"

PRICES: Final = {
    "alarms": Price(dollars=0.10, page=_CLOUDWATCH),  # per metric of an alarm
    "customer key": Price(dollars=1.00, page=_KMS),
    "customer key: calls": Price(dollars=0.03, per=1e4, page=_KMS),
    "dashboard": Price(dollars=3.00, page=_CLOUDWATCH),
    "function: duration": Price(dollars=0.0000133334, page=_LAMBDA),  # GB-seconds on arm64
    "function: duration (x86_64)": Price(dollars=0.0000166667, page=_LAMBDA),  # GB-seconds
    "function: requests": Price(dollars=0.20, per=1e6, page=_LAMBDA),
    "logs": Price(dollars=0.50, per=1e9, page=_CLOUDWATCH),  # bytes ingested
    "metrics": Price(dollars=0.30, page=_CLOUDWATCH),
    "parameter": Price(dollars=0.05, page=_SYSTEMS_MANAGER),
    "parameter: calls": Price(dollars=0.05, per=1e4, page=_SYSTEMS_MANAGER),
    "schedules": Price(dollars=1.00, per=1e6, page=_EVENTBRIDGE),
    "secret": Price(dollars=0.40, page=_SECRETS_MANAGER),
    "secret: calls": Price(dollars=0.05, per=1e4, page=_SECRETS_MANAGER),
}
"""Prices by item."""


def priced(usage: dict[str, float]) -> dict[str, float]:
    """Dollars by item, for an amount by item."""
    return {item: PRICES[item].of(amount) for item, amount in usage.items()}
