"""What does AWS charge? List prices in US dollars, US East (N. Virginia), without any free tier."""

from dataclasses import dataclass
from typing import Final

AS_OF: Final = "2026-11"
"""When the pages were looked at last. Prices are believed until a bill has shown them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """So many dollars for so many units."""

    dollars: float
    per: float = 1
    unit: str
    page: str

    def of(self, amount: float) -> float:
        """What an amount of units costs."""
        return self.dollars * amount / self.per


_LAMBDA: Final = "https://aws.amazon.com/lambda/pricing/"
_EVENTBRIDGE: Final = "https://aws.amazon.com/eventbridge/pricing/"
_SYSTEMS_MANAGER: Final = "https://aws.amazon.com/systems-manager/pricing/"
_SECRETS_MANAGER: Final = "https://aws.amazon.com/secrets-manager/pricing/"
_KMS: Final = "https://aws.amazon.com/kms/pricing/"
_CLOUDWATCH: Final = "https://aws.amazon.com/cloudwatch/pricing/"

FUNCTION_REQUEST: Final = Price(dollars=0.20, per=1e6, unit="request", page=_LAMBDA)
FUNCTION_DURATION: Final = Price(dollars=0.0000133334, unit="GB-s on arm64", page=_LAMBDA)
SCHEDULE: Final = Price(dollars=1.00, per=1e6, unit="invocation", page=_EVENTBRIDGE)
PARAMETER: Final = Price(dollars=0.05, unit="advanced parameter", page=_SYSTEMS_MANAGER)
PARAMETER_CALL: Final = Price(dollars=0.05, per=1e4, unit="call", page=_SYSTEMS_MANAGER)
SECRET: Final = Price(dollars=0.40, unit="secret", page=_SECRETS_MANAGER)
SECRET_CALL: Final = Price(dollars=0.05, per=1e4, unit="call", page=_SECRETS_MANAGER)
KEY: Final = Price(dollars=1.00, unit="customer key", page=_KMS)
KEY_CALL: Final = Price(dollars=0.03, per=1e4, unit="call", page=_KMS)
METRIC: Final = Price(dollars=0.30, unit="custom metric", page=_CLOUDWATCH)
ALARM: Final = Price(dollars=0.10, unit="metric that an alarm watches", page=_CLOUDWATCH)
DASHBOARD: Final = Price(dollars=3.00, unit="dashboard", page=_CLOUDWATCH)
LOGS: Final = Price(dollars=0.50, per=1e9, unit="byte ingested", page=_CLOUDWATCH)
