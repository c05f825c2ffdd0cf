"""The account of the caller's credentials, compared with the one that is named."""

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.target import Target
from token_rotator_cli.errors import CallerError, WrongAccount
from token_rotator_cli.place import Place


def confirm_account(aws: Aws, account: str | None, *, source: str) -> None:
    """Asks STS whose credentials these are, if an account is named; ``source`` is what names it.

    An account belongs to one partition, so this compares the partition, too. Regions are not
    compared: requests go to the region that is named. Raises WrongAccount, CallerError.
    """
    if account is None or account == aws.account:
        return
    raise WrongAccount(
        f"{source} names account {account}, and your credentials are of account {aws.account}. "
        f"Nothing was read or written. Use credentials of {account}: name a profile with --profile "
        "or AWS_PROFILE, or assume a role there."
    )


def place_of(aws: Aws, target: Target) -> Place:
    """Where a command about one rotator works. Raises WrongAccount, CallerError.

    If no account is named, a network without a way to STS is no reason to stop.
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
    """Whose credentials these are; None: the network leads to no STS. Raises CallerError."""
    try:
        return aws.account
    except CallerError as error:
        if not error.unreachable:
            raise
        return None
