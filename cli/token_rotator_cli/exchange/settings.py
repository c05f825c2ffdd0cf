"""The settings of the exchange, from a rotator in a file or a profile's defaults."""

from dataclasses import dataclass, field
from pathlib import Path

from token_rotator.contract import Profile
from token_rotator.settings import Settings
from token_rotator_cdk.config.environment import environment
from token_rotator_cdk.config.models.identity_provider import IdentityProviderConfig
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cli.deployment.target import CONFIG, find_rotator, place_in, read_config
from token_rotator_cli.errors import UsageError
from token_rotator_cli.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSettings:
    """The function's settings, and a description of their source."""

    settings: Settings
    source: str
    rotator: RotatorConfig
    """The file's table, or one with only the profile."""
    name: str = "marketing"
    """The rotator's name. Default: that of the checkout's file."""
    stack: str = "intelligence-tokens"
    place: Place = field(default_factory=lambda: Place(calls_aws=False))
    ca_file: Path | None = None
    """The PEM file of ``extra_ca_certificates``."""


def choose_settings(
    *, config: Path | None, rotator: str | None, provider: str | None, redirected: bool = False
) -> ExchangeSettings:
    """Chooses the settings. The default is ``rotators.toml`` of this directory, if it exists.

    ``redirected``: ignores an empty file, because a shell truncates the file that the output is
    redirected to. Raises UsageError, ConfigFileError.
    """
    if provider is not None:
        if rotator is not None:
            raise UsageError(
                f"--provider does not read a file: leave out {rotator}, or use --config."
            )
        return _defaults(Profile(provider), "")
    exists = CONFIG.exists() and not (redirected and CONFIG.stat().st_size == 0)
    if config is None and rotator is None and not exists:
        return _defaults(Profile.INTELLIGENCE, f" (there is no {CONFIG} in this directory)")
    file = config or CONFIG
    deployment = read_config(file)
    name = find_rotator(file, deployment, rotator)
    chosen = deployment.rotators[name]
    ca_certificates = chosen.identity_provider.extra_ca_certificates
    return ExchangeSettings(
        settings=function_settings(chosen),
        source=f"{name} of {file}",
        rotator=chosen,
        name=name,
        stack=deployment.stack_name(name),
        place=place_in(deployment, name),
        ca_file=None if ca_certificates is None else file.parent / ca_certificates,
    )


def _defaults(profile: Profile, why: str) -> ExchangeSettings:
    rotator = RotatorConfig(
        parameter_name="/intelligence/marketing/access-token",
        identity_provider=IdentityProviderConfig(profile=profile),
    )
    return ExchangeSettings(
        settings=function_settings(rotator),
        source=f"the defaults of profile {profile}{why}",
        rotator=rotator,
    )


def function_settings(rotator: RotatorConfig) -> Settings:
    """The settings as the function would read them from its environment."""
    variables = environment(
        rotator,
        rotator_name="none",
        parameter_tags={},
        secret_arn="none",
        key_arn="none",
        fips=False,
    )
    return Settings.from_environment(variables)
