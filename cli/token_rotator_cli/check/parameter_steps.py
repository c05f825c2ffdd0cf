"""Steps that check the published token, and find other writers."""

from token_rotator.errors import ConfigurationError, PublicationError
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.parameter import read_version
from token_rotator_cli.steps import Finding, Result


def record(context: CheckContext) -> Finding:
    """Consumers find a token of this rotator that has not expired. It is not decrypted."""
    name, now = context.outline.parameter_name, context.session.clock.now()
    there = read_version(context.aws, name).explained(
        context.attempts, now=now, invoked=context.rotation
    )
    age = int((now - there.written_at).total_seconds())
    facts = {"version": there.version, "written_at": there.written_at.isoformat()}
    if there.foreign:
        raise PublicationError(
            f"No rotation published version {there.version} of {name}: another principal wrote it "
            f"{age} s ago. PutParameter in CloudTrail shows who. Then run `token-rotator rotate` "
            "to overwrite it."
        )
    settings = context.deployed.settings if hasattr(context, "deployed") else None
    expires_at = there.expires_at(settings.token_lifetime if settings else None)
    if expires_at is None:
        return Finding(
            message=f"version {there.version} of {name} was written {age} s ago; its expiry is "
            "only in the log or the function's response",
            result=Result.UNKNOWN,
            facts=facts,
        )
    left = int((expires_at - now).total_seconds())
    if left <= 0:
        raise PublicationError(
            f"The published token (version {there.version}) expired {-left} s ago, and consumers "
            "have none. `token-rotator status` shows the last rotation's error."
        )
    at_most = "" if there.by else "at most "
    return Finding(
        message=f"version {there.version} of {name}: {at_most}{left} s of life left",
        facts={**facts, "life_left_seconds": left},
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
