"""Links to the AWS console, whose host depends on the partition."""

from typing import Final, NamedTuple

from aws_cdk import Aws, CfnCondition, Fn, ICfnRuleConditionExpression, Stack, Token
from constructs import Construct

from token_rotator_cdk.config.places import partition_of
from token_rotator_cdk.constructs.arguments import place_of

HOSTS: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
"""Hosts by partition, without the region. AWS documents none for the isolated partitions.

https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html
"""


class ConsoleLink(NamedTuple):
    """A page of the console."""

    url: str
    exists: CfnCondition | None
    """Whether the partition has a known console; None: yes."""


def console_link(scope: Construct, page: str) -> ConsoleLink | None:
    """A link for the scope's region, or None if its partition has no known console.

    ``page`` follows the region in the URL. If the region is known only at deployment, the template
    selects the host.
    """
    region = Stack.of(scope).region
    known = place_of(scope).region
    if known is not None:
        partition_host = HOSTS.get(partition_of(known) or "")
        return (
            None
            if partition_host is None
            else ConsoleLink(_url(region, partition_host, page), None)
        )
    (_, host), *others = HOSTS.items()
    for partition, partition_host in others:
        condition = CfnCondition(
            scope, f"Partition-{partition}", expression=_is_partition(partition)
        )
        host = Token.as_string(Fn.condition_if(condition.logical_id, partition_host, host))
    exists = CfnCondition(
        scope, "ConsoleExists", expression=Fn.condition_or(*map(_is_partition, HOSTS))
    )
    return ConsoleLink(_url(region, host, page), exists)


def _is_partition(partition: str) -> ICfnRuleConditionExpression:
    return Fn.condition_equals(Aws.PARTITION, partition)


def _url(region: str, host: str, page: str) -> str:
    return f"https://{region}.{host}/cloudwatch/home?region={region}{page}"
