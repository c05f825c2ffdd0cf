"""Comparison of the account that is named with that of the caller's credentials."""

from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import WrongAccount


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
