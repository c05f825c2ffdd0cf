"""The function's environment variables: every setting, with defaults filled in."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from token_rotator.contract import EXTRA_CA_CERTIFICATES_FILE, Variable
from token_rotator_cdk.config.defaults import PROFILES, Default
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.rules.aws import ROTATOR_TAG

MAX_ENVIRONMENT_BYTES: Final = 4096
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


FIPS_VARIABLE: Final = "AWS_USE_FIPS_ENDPOINT"
"""Read by botocore. Lambda does not reserve this name.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
"""


def environment(
    rotator: RotatorConfig,
    *,
    rotator_name: str,
    parameter_tags: Mapping[str, str],
    fips: bool,
    secret_arn: str,
    key_arn: str,
) -> dict[str, str]:
    """The variables that ``Settings.from_environment`` and botocore read."""
    provider = rotator.identity_provider
    profile = PROFILES[provider.profile]
    values: dict[Variable, object] = {
        Variable.ROTATOR: rotator_name,
        Variable.SECRET_ARN: secret_arn,
        Variable.PARAMETER_NAME: rotator.parameter_name,
        Variable.PARAMETER_KEY_ARN: key_arn,
        Variable.PARAMETER_TAGS: _json({**parameter_tags, ROTATOR_TAG: rotator_name}),
        Variable.DISCOVERY_ENDPOINT: provider.discovery_endpoint,
        Variable.TOKEN_ENDPOINT: provider.token_endpoint,
        Variable.ALLOWED_TOKEN_HOSTS: _list((*profile.token_hosts, *provider.allowed_token_hosts)),
        Variable.ALLOW_PRIVATE_ADDRESSES: json.dumps(provider.allow_private_addresses),
        Variable.EXTRA_CA_CERTIFICATES: (
            EXTRA_CA_CERTIFICATES_FILE if provider.extra_ca_certificates else None
        ),
        Variable.AUDIENCE: provider.audience,
        Variable.PROFILE: provider.profile,
        Variable.GRANT_TYPE: profile.grant_type,
        Variable.REQUEST_STYLE: provider.request_style or profile.request_style,
        Variable.ASSERTION_LIFETIME_SECONDS: (
            provider.assertion_lifetime_seconds or profile.assertion_lifetime_seconds
        ),
        Variable.ASSERTION_BACKDATE_SECONDS: provider.assertion_backdate_seconds,
        Variable.ALGORITHM: provider.algorithm or profile.algorithms[0],
        Variable.KEY_ID: provider.key_id,
        Variable.SCOPE: provider.scope,
        Variable.SCOPE_IN: provider.scope_in or Default.SCOPE_IN,
        Variable.SUBJECT: provider.subject,
        Variable.CLAIMS: _json(provider.claims),
        Variable.HEADERS: _json(provider.headers),
        Variable.KEY_LIFETIME_DAYS: profile.key_lifetime_days,
        Variable.TOKEN_LIFETIME_SECONDS: rotator.token_lifetime_seconds,
        Variable.VALUE_FORMAT: rotator.value_format,
        Variable.EXPIRATION_GRACE_MINUTES: rotator.expiration_grace_minutes,
    }
    rendered: dict[str, str] = {
        name: "" if value is None else str(value) for name, value in values.items()
    }
    return rendered | ({FIPS_VARIABLE: "true"} if fips else {})


def _list(hosts: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(hosts))


def _json(values: Mapping[str, str | int]) -> str:
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
