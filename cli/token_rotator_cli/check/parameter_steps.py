"""Steps that check the published token and its key, and find other writers."""

from token_rotator.errors import ConfigurationError, PublicationError
from token_rotator_cdk.config.places import region_of
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.key import describe_key, problem_of
from token_rotator_cli.deployment.parameter import read_version
from token_rotator_cli.steps import Finding, Result


def record(context: CheckContext) -> Finding:
    """Consumers find a token of this rotator that has not expired. It is not decrypted."""
    name, now = context.outline.parameter_name, context.session.clock.now()
    published = read_version(context.aws, name).with_rotation(
        context.attempts, now=now, invoked=context.rotation
    )
    age = int((now - published.written_at).total_seconds())
    facts = {"version": published.version, "written_at": published.written_at.isoformat()}
    if published.foreign:
        raise PublicationError(
            f"No rotation published version {published.version} of {name}: another principal wrote "
            f"it {age} s ago. PutParameter in CloudTrail shows who. Then run `token-rotator "
            "rotate` to overwrite it."
        )
    settings = context.deployed.settings if hasattr(context, "deployed") else None
    expires_at = published.expires_at(settings.token_lifetime if settings else None)
    if expires_at is None:
        return Finding(
            message=f"version {published.version} of {name} was written {age} s ago; its expiry is "
            "only in the log or the function's response",
            result=Result.UNKNOWN,
            facts=facts,
        )
    left = int((expires_at - now).total_seconds())
    if left <= 0:
        raise PublicationError(
            f"The published token (version {published.version}) expired {-left} s ago, and "
            "consumers have none. `token-rotator status` shows the last rotation's error."
        )
    at_most = "" if published.rotation else "at most "
    return Finding(
        message=f"version {published.version} of {name}: {at_most}{left} s of life left",
        facts={**facts, "life_left_seconds": left},
    )


def encryption_key(context: CheckContext) -> Finding:
    """The token's key is enabled. A rotation shows whether the function may use it."""
    arn = context.deployed.settings.parameter_key_arn
    region = region_of(context.deployed.function_arn)
    if region_of(arn) != region:
        raise ConfigurationError(
            f"The key {arn} is not in {region}, where the parameter is: set a key in that region."
        )
    key = describe_key(context.aws, arn)
    if problem := problem_of(key):
        raise ConfigurationError(f"The key {arn} {problem}.")
    multi_region = bool(key and key.get("MultiRegion"))
    return Finding(
        message=f"the {'multi-Region key' if multi_region else 'key'} {arn} is enabled",
        facts={"key": arn, "multi_region": multi_region},
    )


def writers(context: CheckContext) -> Finding:
    """No other rotator of the account and region writes the parameter."""
    name = context.outline.parameter_name
    others = [
        one
        for one in rotators_in(context.aws)
        if one.parameter_name == name and one.function_arn != context.outline.function_arn
    ]
    if others:
        listed = " and ".join(f"{one.rotator} ({one.function_arn})" for one in others)
        raise ConfigurationError(
            f"{listed} also writes {name}: each encrypts it with its own key, which the other's "
            "consumers may not use. Remove one of them, or set another parameter_name "
            "(docs/deploy/renaming.md)."
        )
    return Finding(message=f"no other rotator of this account and region writes {name}")
