"""The simulated function, wired as in wiring.py but with the scenario's fakes."""

import functools
import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from unittest import mock

from cryptography.hazmat.primitives.serialization import load_der_private_key

from fakes.environment import function_environment
from fakes.secrets_manager import ARN
from studies.simulation.lambda_function import Handler
from studies.simulation.scenario import PARAMETER, Scenario, fingerprint
from token_rotator.aws.clients import BotocoreService
from token_rotator.contract import ReportField
from token_rotator.credential import private_key
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.secret_store import SecretStore
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.handler import invoke
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.parameter.publication import ParameterStore
from token_rotator.report import Report
from token_rotator.rotation import Rotation
from token_rotator.settings import Settings
from token_rotator.telemetry import Telemetry
from token_rotator.wiring import Application

SETTINGS = Settings.from_environment(function_environment(secret_arn=ARN, parameter_name=PARAMETER))


PARSED_ONCE = mock.patch.object(
    private_key, "load_der_private_key", functools.cache(load_der_private_key)
)
"""Parses each key once. Checking an RSA key takes 45 ms, and cold starts are frequent here."""


class FakeSigner:
    """Replaces the RSA signature, which would take most of a simulated rotation's time."""

    _numbers = itertools.count()

    def sign(self, account: ServiceAccount, *, audience: str, now: datetime) -> str:
        return f"{fingerprint(account.private_key)}.{int(now.timestamp())}.{next(self._numbers)}"


class RecordedMargins:
    """Telemetry that keeps what a replaced token had left, and writes nothing."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def succeeded(self, report: Report) -> None:
        if report.margin is not None:
            moment = self._scenario.clock.seconds
            self._scenario.margins.append((moment, report.margin.total_seconds()))

    def failed(self, report: Report, error: Exception) -> None:
        pass

    def to_dict(self, report: Report) -> dict[str, object]:
        return {ReportField.OUTCOME: report.outcome}


def application(
    scenario: Scenario, *, signer: object | None = None, telemetry: object | None = None
) -> Application:
    """The application in a new execution environment: all caches are empty."""
    now, conditions = scenario.clock.now, scenario.conditions
    settings = replace(
        SETTINGS,
        token_lifetime=timedelta(seconds=conditions.token_lifetime_seconds),
        value_format=conditions.value_format,
    )
    channel = ProviderHttp(pool=cast("Any", scenario.identity_provider), now=now)
    return Application(
        rotation=Rotation(
            credentials=SecretStore(
                BotocoreService(scenario.secrets), secret_id=ARN, algorithm=settings.algorithm
            ),
            identity_provider=TokenEndpoint(
                settings=settings,
                http=channel,
                discovery=Discovery(settings=settings, http=channel, now=now),
                signer=cast("AssertionSigner", signer or FakeSigner()),
                now=now,
            ),
            publication=ParameterStore(
                BotocoreService(scenario.ssm),
                parameter_name=settings.parameter_name,
                key_arn=settings.parameter_key_arn,
                value_format=settings.value_format,
                token_lifetime=settings.token_lifetime,
                expiration_grace=settings.expiration_grace,
                tags=settings.parameter_tags,
            ),
            now=now,
            sleep=scenario.clock.advance,
        ),
        telemetry=cast("Telemetry", telemetry or RecordedMargins(scenario)),
        now=now,
    )


def handler(scenario: Scenario) -> Handler:
    """The handler that the model of Lambda invokes."""
    app = application(scenario)

    def handle(event: dict[str, object], seconds: float) -> None:
        invoke(app, event, remaining=timedelta(seconds=seconds))

    return handle
