"""Checks that resources are in the stack's partition, region and account."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from token_rotator.contract import AWS_SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region and an account. None: unknown before the deployment."""

    region: str | None
    account: str | None
    description: str = "the stack goes"
    """The description in an issue's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind:
    """A kind of resource that must be in the stack's partition and region."""

    name: str
    same_account: bool = False


TOPIC: Final = ResourceKind(name="a topic")
"""https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"""

SECRET: Final = ResourceKind(name="a secret (or replica)")
"""https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html"""

KEY: Final = ResourceKind(name="a key")
"""https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html"""

BOUNDARY: Final = ResourceKind(name="a policy", same_account=True)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"""

CODE_SIGNING: Final = ResourceKind(name="a code signing configuration", same_account=True)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html"""

ROLE: Final = ResourceKind(name="a role", same_account=True)
"""https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""

ORGANIZATION: Final = ResourceKind(name="an organization or organizational unit")
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""

_AWS_MANAGED: Final = "aws"
"""The account field in ARNs of AWS managed policies."""


@cache
def partition_of(region: str) -> str | None:
    """The partition of a region, or None if botocore does not know it.

    botocore matches the form of the name, so new regions of known partitions work.
    """
    # a slow import, and most files set no region
    from botocore.exceptions import UnknownRegionError  # noqa: PLC0415
    from botocore.session import get_session  # noqa: PLC0415

    try:
        return get_session().get_partition_for_region(region)
    except UnknownRegionError:
        return None


@cache
def dns_suffix(partition: str) -> str:
    """The domain of a partition's services, such as ``amazonaws.com``."""
    from botocore.session import get_session  # noqa: PLC0415

    known = get_session().get_component("data_loader").load_data("partitions")
    for one in known["partitions"]:
        if one["id"] == partition:
            return str(one["outputs"]["dnsSuffix"])
    return "amazonaws.com"


@cache
def regions_with_fips() -> tuple[str, ...]:
    """The regions where every service that the function calls has a FIPS endpoint.

    From botocore's list of endpoints. Its endpoint rules are not usable: they build FIPS host names
    for any region, such as ssm-fips.eu-west-1.amazonaws.com, and most of these do not exist.
    """
    from botocore.session import get_session  # noqa: PLC0415 - as above

    partitions = get_session().get_data("endpoints")["partitions"]
    by_service = (
        {
            region
            for partition in partitions
            for region, endpoint in _endpoints(partition, service).items()
            for variant in endpoint.get("variants", ())
            if variant["tags"] == ["fips"]
        }
        for service in AWS_SERVICES
    )
    return tuple(sorted(set.intersection(*by_service)))


def _endpoints(partition: dict[str, Any], service: str) -> dict[str, Any]:
    endpoints: dict[str, Any] = partition["services"].get(service, {}).get("endpoints", {})
    return endpoints


def fix_of_fips(place: Place) -> str | None:
    """Returns the fix if ``fips = true`` does not work in a place, or None."""
    regions = regions_with_fips()
    if place.region in regions:
        return None
    known = f"AWS has FIPS endpoints of {' and '.join(AWS_SERVICES)} in {', '.join(regions)}"
    if place.region is None:
        return f"set the region where {place.description} too: {known}"
    return f"leave it out or choose another region, because {place.region} lacks them: {known}"


def partition_in(arn: str) -> str:
    """The partition of an ARN."""
    return arn.split(":")[1]


def region_of(arn: str) -> str:
    """The region of an ARN; empty if the resource has none."""
    return arn.split(":")[3]


def account_of(arn: str) -> str:
    """The account of an ARN."""
    return arn.split(":")[4]


def misplaced(kind: ResourceKind, arn: str, place: Place) -> str | None:
    """Returns the fix if an ARN cannot be used from a place, or None."""
    partition = partition_of(place.region) if place.region else None
    if partition and partition_in(arn) != partition:
        return (
            f"write {kind.name} in the partition {partition} (arn:{partition}:...), where "
            f"{place.description}: partitions are isolated from each other"
        )
    if place.region and region_of(arn) not in ("", place.region):
        return f"write {kind.name} in {place.region}, where {place.description}"
    if kind.same_account and place.account and account_of(arn) not in (_AWS_MANAGED, place.account):
        return f"write {kind.name} in account {place.account}, where {place.description}"
    return None
