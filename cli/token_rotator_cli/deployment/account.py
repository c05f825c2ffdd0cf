"""Compares the account of the caller's credentials with the configured one."""

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.errors import CallerError, WrongAccount
from token_rotator_cli.place import Place


def confirm_account(aws: Aws, account: str | None, *, source: str) -> None:
    """Checks the credentials' account with STS, if ``account`` is set. ``source`` is for errors.

    An account belongs to one partition, so this also checks the partition. Regions need no check.
    Raises WrongAccount, CallerError.
    """
    if account is None or account == aws.account:
        return
    raise WrongAccount(
        f"{source} names account {account}, but your credentials are for account {aws.account}. "
        f"Nothing was read or written. Use credentials for {account}: choose a profile with "
        "--profile or AWS_PROFILE, or assume a role there."
    )


def place_of(aws: Aws, target: Target) -> Place:
    """The place of a command for one rotator. Raises WrongAccount, CallerError.

    If no account is set, STS may be unreachable.
    """
    source = "The function's ARN" if target.function else "The configuration file"
    confirm_account(aws, target.account, source=source)
    return Place(
        region=aws.region,
        account=account_of(aws),
        stacks=(target.stack,) if target.stack else (),
        rotators=(target.rotator,) if target.rotator else (),
        function=target.function,
    )


def account_of(aws: Aws) -> str | None:
    """The credentials' account. None: STS is unreachable. Raises CallerError."""
    try:
        return aws.account
    except CallerError as error:
        if not error.unreachable:
            raise
        return None
