"""Would a rotation get a token? From the function's settings to an accepted assertion."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from token_rotator import wiring
from token_rotator.contract import KEY_DAYS_LEFT_REPORTED_BELOW
from token_rotator.credential.secret_store import CURRENT, Credential
from token_rotator.credential.service_account import parse
from token_rotator.errors import CredentialError
from token_rotator_cli.aws import calling
from token_rotator_cli.deployment import find_deployment
from token_rotator_cli.errors import CallerError
from token_rotator_cli.findings import CheckContext, Finding, Result
from token_rotator_cli.private_keys import described

LONGEST_EXCHANGE: Final = timedelta(seconds=20)


def function(evidence: CheckContext) -> Finding:
    """Is it there, and is its environment complete?"""
    evidence.deployed = find_deployment(evidence.aws, evidence.place)
    settings = evidence.deployed.settings
    evidence.identity_provider = wiring.identity_provider(
        settings, now=wiring.utc_now, local=evidence.aws.is_local
    )
    return Finding(
        says=f"of {settings.rotator}, its environment is complete",
        facts={"function": evidence.deployed.function_arn, "rotator": settings.rotator},
    )


def secret(evidence: CheckContext) -> Finding:
    """Can it be read, with the caller's credentials?"""
    secret_id = evidence.deployed.settings.secret_arn
    try:
        with calling("secretsmanager:GetSecretValue"):
            answer = evidence.aws.secrets.get_secret_value(SecretId=secret_id, VersionStage=CURRENT)
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise CredentialError(
            f"The secret {secret_id} does not exist or holds no value. If it was deleted, "
            "restore it or deploy again; then `upload` the file downloaded from Intelligence."
        ) from None
    evidence.secret_value = answer.get("SecretString")
    evidence.version_id = answer["VersionId"]
    evidence.created_at = answer["CreatedDate"]
    return Finding(
        says=f"version {evidence.version_id} can be read with your credentials",
        facts={"secret": secret_id, "version_id": evidence.version_id},
    )


def key(evidence: CheckContext) -> Finding:
    """Is it a service account with a key that can sign, and how old is it?"""
    if evidence.secret_value is None:
        raise CredentialError("The secret is binary. `upload` stores the downloaded file as text.")
    settings = evidence.deployed.settings
    try:
        account = parse(evidence.secret_value, algorithm=settings.algorithm)
    except CredentialError as error:
        raise type(error)(f"The secret cannot be used. {error}") from None
    evidence.credential = Credential(
        service_account=account,
        version_id=evidence.version_id,
        created_at=evidence.created_at,
    )
    age = (evidence.now - evidence.created_at).days
    days_left = evidence.credential.days_left(lifetime=settings.key_lifetime, now=evidence.now)
    says = (
        f"{described(account.private_key)} of {account.service_account_id}, stored {age} days ago"
    )
    result = Result.OK
    if days_left is not None and settings.key_lifetime is not None:
        says += f"; at most {days_left} of {settings.key_lifetime.days} days left"
        if days_left < KEY_DAYS_LEFT_REPORTED_BELOW:
            result = Result.WARNING
            says += ". Press Generate/Refresh in Intelligence and `upload` the new file"
    return Finding(
        says=says, result=result, facts={"key_age_days": age, "key_days_left": days_left}
    )


def discovery(evidence: CheckContext) -> Finding:
    """Does it answer, and name a token endpoint that may be talked to?"""
    destination = evidence.identity_provider.discovery.destination(
        evidence.credential.service_account, deadline=_soon()
    )
    endpoint = urlsplit(destination.token_endpoint)._replace(query="").geturl()
    configured = evidence.deployed.settings.token_endpoint is not None
    return Finding(
        says=f"the token endpoint is {endpoint}" + (", as configured" if configured else ""),
        facts={"token_endpoint": endpoint},
    )


def assertion(evidence: CheckContext) -> Finding:
    """Is it accepted? The token is thrown away."""
    record = evidence.identity_provider.exchange(
        evidence.credential.service_account, deadline=_soon()
    )
    seconds = int((record.expires_at - record.issued_at).total_seconds())
    return Finding(
        says=f"accepted, for a token of {seconds} s (thrown away, not published)",
        facts={"token_lifetime_seconds": seconds},
    )


def _soon() -> datetime:
    return wiring.utc_now() + LONGEST_EXCHANGE
