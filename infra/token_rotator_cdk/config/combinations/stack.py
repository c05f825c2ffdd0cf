"""Conflicts within the table ``[stack]``."""

from collections.abc import Iterator

from token_rotator_cdk.config.combinations.bootstrap import conflicts_of_bootstrap
from token_rotator_cdk.config.combinations.conflict import Conflict, Usable
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.places import (
    BOUNDARY,
    CODE_SIGNING,
    KEY,
    TOPIC,
    account_of,
    fix_of_fips,
    misplaced,
)


def conflicts_of_stack(stack: StackConfig, usable: Usable) -> Iterator[Conflict]:
    """Conflicts of the stack's settings. Skips settings that already have an issue."""
    if stack.alarm_topic_arn is not None and usable("alarm_topic_arn") and stack.alarm_emails:
        yield Conflict(
            ("alarm_emails",),
            "leave it out, and subscribe the addresses to the topic in alarm_topic_arn",
        )
    for key, kind, arn in (
        ("alarm_topic_arn", TOPIC, stack.alarm_topic_arn),
        ("key_arn", KEY, stack.key_arn),
        ("permissions_boundary", BOUNDARY, stack.permissions_boundary),
        ("code_signing_config_arn", CODE_SIGNING, stack.code_signing_config_arn),
    ):
        if arn is not None and usable(key) and (fix := misplaced(kind, arn, stack.place)):
            yield Conflict((key,), fix)
    if stack.log_key and stack.key_arn is not None and usable("key_arn"):
        yield from _logs_need_a_key_of_their_account(stack, account_of(stack.key_arn))
    if stack.fips and usable("region") and (fix := fix_of_fips(stack.place)):
        yield Conflict(("fips",), fix)
    yield from conflicts_of_bootstrap(stack, usable)


def _logs_need_a_key_of_their_account(stack: StackConfig, owner: str) -> Iterator[Conflict]:
    # CloudWatch Logs does not document keys of other accounts:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    if stack.account not in (None, owner):
        yield Conflict(
            ("log_key",),
            f"write false: key_arn is in account {owner}, and CloudWatch Logs supports only keys "
            f"of the stack's account, {stack.account}",
        )
