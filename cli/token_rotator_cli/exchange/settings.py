"""The settings of the exchange: those of a rotator in a file, or the defaults of a profile."""

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
class Chosen:
    """The function's settings, and a text that says whose they are."""

    settings: Settings
    source: str
    rotator: RotatorConfig
    """The table of the file, or one with the profile alone."""
    name: str = "marketing"
    """Of the rotator; where no file names one, that of the file in the checkout."""
    stack: str = "intelligence-tokens"
    place: Place = field(default_factory=lambda: Place(calls_aws=False))
    authorities: Path | None = None
    """A PEM file of authorities that are trusted besides: ``extra_ca_certificates``."""


def choose(
    *,
    config: Path | None,
    rotator: str | None,
    provider: str | None,
    redirected: bool = False,
) -> Chosen:
    """Reads ``rotators.toml`` of this directory, if there is one and nothing else is named.

    ``redirected``: one that is empty is none, since a shell empties the file that the output is
    going to. Raises UsageError, ConfigFileError.
    """
    if provider is not None:
        if rotator is not None:
            raise UsageError(f"--provider reads no file: leave out {rotator}, or name --config.")
        return _defaults(Profile(provider), "")
    if config is None and rotator is None and not _there(redirected=redirected):
        return _defaults(Profile.INTELLIGENCE, f" (there is no {CONFIG} in this directory)")
    file = config or CONFIG
    deployment = read_config(file)
    name = find_rotator(file, deployment, rotator)
    chosen = deployment.rotators[name]
    named = chosen.identity_provider.extra_ca_certificates
    return Chosen(
        settings=rendered(chosen),
        source=f"{name} of {file}",
        rotator=chosen,
        name=name,
        stack=deployment.stack_name(name),
        place=place_in(deployment, name),
        authorities=None if named is None else file.parent / named,
    )


def _there(*, redirected: bool) -> bool:
    return CONFIG.exists() and not (redirected and CONFIG.stat().st_size == 0)


def _defaults(profile: Profile, why: str) -> Chosen:
    rotator = RotatorConfig(
        parameter_name="/intelligence/marketing/access-token",
        identity_provider=IdentityProviderConfig(profile=profile),
    )
    return Chosen(
        settings=rendered(rotator),
        source=f"the defaults of profile {profile}{why}",
        rotator=rotator,
    )


def rendered(rotator: RotatorConfig) -> Settings:
    """The settings as the stack renders them and the function reads them."""
    variables = environment(
        rotator,
        rotator_name="none",
        parameter_tags={},
        secret_arn="none",
        key_arn="none",
        fips=False,
    )
    return Settings.from_environment(variables)
