"""Steps that show whether a rotation gets a token: from the settings to an accepted assertion."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from token_rotator import wiring
from token_rotator.contract import KEY_DAYS_LEFT_REPORTED_BELOW
from token_rotator.credential.secret_store import Credential
from token_rotator.credential.service_account import parse
from token_rotator.errors import CredentialError
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.check.network_steps import asked_from_here
from token_rotator_cli.deployment.find import find_deployment
from token_rotator_cli.deployment.secret import read_secret
from token_rotator_cli.downloaded_file import describe_key
from token_rotator_cli.steps import Finding, Result

LONGEST_EXCHANGE: Final = timedelta(seconds=20)


def function(context: CheckContext) -> Finding:
    """The function exists, and its environment is complete."""
    context.deployed = find_deployment(context.aws, context.session.target)
    settings = context.deployed.settings
    context.identity_provider = wiring.identity_provider(
        replace(settings, extra_ca_certificates=None),  # the file is in the function's bundle
        now=wiring.utc_now,
        local=context.aws.is_local,
    )
    return Finding(
        message=f"{settings.rotator}: its environment is complete",
        facts={"function": context.deployed.function_arn, "rotator": settings.rotator},
    )


def secret(context: CheckContext) -> Finding:
    """The secret has a value, which the caller can read."""
    settings = context.deployed.settings
    context.secret = read_secret(context.aws, settings)
    version = context.secret.version_id
    return Finding(
        message=f"version {version} can be read with your credentials",
        facts={"secret": settings.secret_arn, "version_id": version},
    )


def key(context: CheckContext) -> Finding:
    """The secret holds a service account with a key that can sign."""
    version, settings = context.secret, context.deployed.settings
    try:
        account = parse(version.value, algorithm=settings.algorithm)
    except CredentialError as error:
        raise type(error)(f"The secret cannot be used. {error}") from None
    context.credential = Credential(
        service_account=account, version_id=version.version_id, created_at=version.created_at
    )
    age = (context.now - version.created_at).days
    days_left = context.credential.days_left(lifetime=settings.key_lifetime, now=context.now)
    message = (
        f"{describe_key(account.private_key)} of {account.service_account_id}, "
        f"stored {age} days ago"
    )
    result = Result.OK
    if days_left is not None and settings.key_lifetime is not None:
        message += f"; at most {days_left} of {settings.key_lifetime.days} days left"
        if days_left < KEY_DAYS_LEFT_REPORTED_BELOW:
            result = Result.WARNING
            message += (
                ". Press Generate/Refresh in Intelligence and store the new file: "
                "token-rotator upload FILE"
            )
    return Finding(
        message=message, result=result, facts={"key_age_days": age, "key_days_left": days_left}
    )


def discovery(context: CheckContext) -> Finding:
    """The discovery endpoint answers, and names a token endpoint that is allowed."""
    return asked_from_here(context, lambda: _discovered(context))


def assertion(context: CheckContext) -> Finding:
    """The identity provider accepts an assertion. The token is discarded."""
    return asked_from_here(context, lambda: _exchanged(context))


def _discovered(context: CheckContext) -> Finding:
    destination = context.identity_provider.discovery.destination(
        context.credential.service_account, deadline=_deadline()
    )
    endpoint = urlsplit(destination.token_endpoint)._replace(query="").geturl()
    configured = context.deployed.settings.token_endpoint is not None
    return Finding(
        message=f"the token endpoint is {endpoint}" + (", as configured" if configured else ""),
        facts={"token_endpoint": endpoint},
    )


def _exchanged(context: CheckContext) -> Finding:
    record = context.identity_provider.exchange(
        context.credential.service_account, deadline=_deadline()
    )
    seconds = int((record.expires_at - record.issued_at).total_seconds())
    return Finding(
        message=f"accepted; the token lives {seconds} s (discarded, not published)",
        facts={"token_lifetime_seconds": seconds},
    )


def _deadline() -> datetime:
    return wiring.utc_now() + LONGEST_EXCHANGE
