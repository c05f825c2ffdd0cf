"""Builds the application from its parts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from token_rotator.aws.clients import AwsClients
from token_rotator.credential.assertion import AssertionSigner
from token_rotator.credential.secret_store import SecretStore
from token_rotator.identity_provider.addresses import AddressPolicy, tls_context_with
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator.identity_provider.discovery import Discovery
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.parameter.publication import ParameterStore
from token_rotator.rotation import Rotation
from token_rotator.settings import Settings
from token_rotator.telemetry import Telemetry
from token_rotator.transport import silence_libraries

BUNDLE: Final = Path(__file__).parents[1]
"""The directory of the unpacked bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Objects that an execution environment keeps between invocations."""

    rotation: Rotation
    telemetry: Telemetry
    now: Callable[[], datetime]


def utc_now() -> datetime:
    """The current time as an aware datetime."""
    return datetime.now(UTC)


def build(
    environment: Mapping[str, str],
    *,
    aws: AwsClients | None = None,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Application:
    """Builds the application from environment variables. Raises ConfigurationError.

    Without ``aws``, the clients are created from this process's environment.
    """
    silence_libraries()
    settings = Settings.from_environment(environment)
    aws = aws or AwsClients.from_environment(now=now)
    return Application(
        rotation=Rotation(
            credentials=SecretStore(
                aws.secrets_manager,
                secret_id=settings.secret_arn,
                algorithm=settings.algorithm,
            ),
            identity_provider=identity_provider(settings, now=now, local=aws.is_local),
            publication=ParameterStore(
                aws.parameter_store,
                parameter_name=settings.parameter_name,
                key_arn=settings.parameter_key_arn,
                value_format=settings.value_format,
                token_lifetime=settings.token_lifetime,
                expiration_grace=settings.expiration_grace,
                tags=settings.parameter_tags,
            ),
            now=now,
            sleep=sleep,
            key_lifetime=settings.key_lifetime,
        ),
        telemetry=Telemetry(rotator=settings.rotator),
        now=now,
    )


def identity_provider(
    settings: Settings, *, now: Callable[[], datetime], local: bool
) -> TokenEndpoint:
    """Creates the identity provider's client. ``local`` allows loopback.

    Raises ConfigurationError.
    """
    addresses = AddressPolicy(private=settings.allow_private_addresses, loopback=local)
    certificates_file = settings.extra_ca_certificates
    pool = addresses.pool(
        None if certificates_file is None else tls_context_with(BUNDLE / certificates_file)
    )
    http = ProviderHttp(pool=pool, now=now)
    return TokenEndpoint(
        settings=settings,
        http=http,
        discovery=Discovery(settings=settings, http=http, now=now),
        signer=AssertionSigner.from_settings(settings),
        now=now,
    )
