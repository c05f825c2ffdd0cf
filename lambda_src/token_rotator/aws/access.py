"""Where is AWS, and who are we to it? What Lambda itself puts into the environment says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

import urllib3

from token_rotator import tls, urls
from token_rotator.aws.api import AwsApi, AwsCredentials
from token_rotator.errors import ConfigurationError
from token_rotator.identity_provider.transport import Transport
from token_rotator.timing import AWS_CONNECT, AWS_READ

LONGEST_BODY_BYTES: Final = 1024 * 1024
"""A secret has up to 64 KiB, which escapes of JSON make longer."""


class Service(Enum):
    """Its name in endpoints and signatures, and in the header ``X-Amz-Target``."""

    SECRETS_MANAGER = ("secretsmanager", "secretsmanager")
    PARAMETER_STORE = ("ssm", "AmazonSSM")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccess:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved"."""

    region: str
    url_suffix: str
    """Of the partition: ``amazonaws.com``, ``amazonaws.com.cn``."""
    credentials: AwsCredentials
    """They do not change while the execution environment lives."""
    runtime: str
    endpoint_url: str | None
    ca_bundle: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, url_suffix: str) -> "AwsAccess":
        """Raises ConfigurationError, which names everything that is missing."""
        names = ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        if missing := [name for name in names if not environment.get(name)]:
            raise ConfigurationError(
                f"The environment lacks {' and '.join(missing)}, which Lambda itself sets: "
                "the function runs nowhere else. To rotate by hand: token-rotator rotate."
            )
        region, key_id, secret_key = (environment[name] for name in names)
        return cls(
            region=region,
            url_suffix=url_suffix,
            credentials=AwsCredentials(
                access_key=key_id,
                secret_key=secret_key,
                token=environment.get("AWS_SESSION_TOKEN") or None,
            ),
            runtime=environment.get("AWS_EXECUTION_ENV", "unknown"),
            # botocore's own variables, by which a local AWS takes AWS's place
            endpoint_url=environment.get("AWS_ENDPOINT_URL") or None,
            ca_bundle=environment.get("AWS_CA_BUNDLE") or None,
        )

    @property
    def is_local(self) -> bool:
        """Whether AWS itself is on loopback."""
        return urls.is_loopback(urls.host(self.endpoint_url or ""))

    def api(self, service: Service, *, now: Callable[[], datetime]) -> AwsApi:
        """With connections of its own."""
        name, target = service.value
        url = self.endpoint_url or f"https://{name}.{self.region}.{self.url_suffix}/"
        pools = urllib3.PoolManager(ssl_context=tls.trusting(self.ca_bundle))
        return AwsApi(
            service=name,
            target=target,
            url=url,
            region=self.region,
            # what CloudTrail shows; the end is what every SDK says in Lambda
            user_agent=f"token-rotator exec-env/{self.runtime}",
            credentials=self.credentials,
            transport=Transport(
                pool=pools.connection_from_url(url),
                connect=AWS_CONNECT,
                read=AWS_READ,
                longest_body_bytes=LONGEST_BODY_BYTES,
                now=now,
            ),
            now=now,
        )
