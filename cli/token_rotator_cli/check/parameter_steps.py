"""Steps that show what consumers find, and who else writes it."""

from token_rotator.errors import ConfigurationError, PublicationError
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.inventory import rotators_in
from token_rotator_cli.deployment.parameter import read_version
from token_rotator_cli.steps import Finding, Result


def record(context: CheckContext) -> Finding:
    """Consumers find a token of this rotator that has not expired. It is not decrypted."""
    name, now = context.outline.parameter_name, context.session.clock.now()
    ours = [*context.attempts, *([context.rotation] if context.rotation else [])]
    there = read_version(context.aws, name).explained(ours, now=now)
    age = int((now - there.written_at).total_seconds())
    facts = {"version": there.version, "written_at": there.written_at.isoformat()}
    if there.foreign:
        raise PublicationError(
            f"No rotation has published version {there.version} of {name}: something else wrote it "
            f"{age} s ago. CloudTrail's PutParameter says who; then `token-rotator rotate` "
            "overwrites it."
        )
    settings = context.deployed.settings if hasattr(context, "deployed") else None
    expires_at = there.expires_at(settings.token_lifetime if settings else None)
    if expires_at is None:
        return Finding(
            message=f"version {there.version} of {name} was written {age} s ago; when its token "
            "expires, only the log or the function says",
            result=Result.UNKNOWN,
            facts=facts,
        )
    left = int((expires_at - now).total_seconds())
    if left <= 0:
        raise PublicationError(
            f"The published token (version {there.version}) expired {-left} s ago: consumers have "
            "none. `token-rotator status` shows what stopped the last rotation."
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
            f"{listed} writes {name}, too: each encrypts it with its own key, which consumers of "
            "the other may not use. Take one of them away, or give it another parameter_name "
            "(docs/deploy/renaming.md)."
        )
    return Finding(message=f"no other rotator of this account and region writes {name}")
