"""Which real parts in production?"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import botocore
import botocore.session
from botocore.config import Config

from token_rotator import endpoints
from token_rotator.addresses import Addresses
from token_rotator.assertion import AssertionSigner
from token_rotator.channel import Channel
from token_rotator.discovery import Discovery
from token_rotator.identity_provider import TokenEndpoint
from token_rotator.publication import ParameterStore
from token_rotator.rotation import Rotation
from token_rotator.secret_store import SecretStore
from token_rotator.settings import Settings
from token_rotator.telemetry import Telemetry
from token_rotator.timing import AWS_CONNECT, AWS_READ

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

AWS_ENDPOINT = "AWS_ENDPOINT_URL"
"""Where botocore looks for AWS, if not in AWS: the variable is botocore's own."""

AWS_CLIENT = Config(
    connect_timeout=AWS_CONNECT.total_seconds(),
    read_timeout=AWS_READ.total_seconds(),
    # One policy retries, ours: it knows the deadline. The first attempt counts as one.
    retries={"total_max_attempts": 1, "mode": "standard"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What one execution environment keeps between invocations."""

    rotation: Rotation
    telemetry: Telemetry
    now: Callable[[], datetime]


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def build(
    environment: Mapping[str, str],
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Application:
    """The application for this environment. Raises ConfigurationError."""
    silence_libraries()
    settings = Settings.from_environment(environment)
    # what boto3 does around it, no rotation needs, and each cold start would import
    aws = botocore.session.get_session()
    config = AWS_CLIENT.merge(Config(user_agent=_user_agent(environment)))
    return Application(
        rotation=Rotation(
            credentials=SecretStore(
                cast("SecretsManagerClient", aws.create_client("secretsmanager", config=config)),
                secret_id=settings.secret_arn,
                algorithm=settings.algorithm,
            ),
            identity_provider=identity_provider(
                settings,
                now=now,
                local=endpoints.is_loopback(endpoints.host(environment.get(AWS_ENDPOINT, ""))),
            ),
            publication=ParameterStore(
                cast("SSMClient", aws.create_client("ssm", config=config)),
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


def _user_agent(environment: Mapping[str, str]) -> str:
    """What CloudTrail shows. botocore's own, put together for each call, is a sixth of its work.

    (0.55 ms of processor time for a GetSecretValue on loopback, 0.46 ms without.)
    """
    runtime = environment.get("AWS_EXECUTION_ENV", "unknown")  # as every SDK names it in Lambda
    return f"token-rotator botocore/{botocore.__version__} exec-env/{runtime}"


def silence_libraries() -> None:
    """At DEBUG they print URLs, headers and bodies: assertions, tokens, keys."""
    for library in ("botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.INFO)


def identity_provider(
    settings: Settings, *, now: Callable[[], datetime], local: bool
) -> TokenEndpoint:
    """Whom the settings name. ``local``: AWS itself is on loopback, so it may be there, too."""
    addresses = Addresses(private=settings.allow_private_addresses, loopback=local)
    channel = Channel(pool=addresses.pool(), now=now)
    return TokenEndpoint(
        settings=settings,
        channel=channel,
        discovery=Discovery(settings=settings, channel=channel, now=now),
        signer=AssertionSigner.from_settings(settings),
        now=now,
    )
