"""The page about partitions says what the data say."""

import re

from local import ROOT
from tests.support.partitions import REGIONS, SUFFIXES
from token_rotator_cdk.config.places import regions_with_fips
from token_rotator_cdk.constructs.monitoring.console import HOSTS

TEXT = (ROOT / "docs" / "network" / "partitions.md").read_text(encoding="utf-8")
FIPS = TEXT.partition("## FIPS endpoints")[2].partition("\n## ")[0]


def row(heading: str) -> list[str]:
    (cells,) = re.findall(rf"^\| {re.escape(heading)} \| (.*) \|$", TEXT, re.M)
    return [cell.strip("`") for cell in cells.split(" | ")]


def test_the_regions_with_fips_endpoints_are_all_there():
    (listed,) = re.findall(r"Both services have such endpoints in (.*?)\. ", FIPS)

    assert re.findall("`(.*?)`", listed) == [*regions_with_fips()]
    assert (
        f"in {['', 'one', 'two', 'three', 'four', 'five', 'six'][of_partition('aws')]}"
        in (row("`fips = true`")[0])
    )
    assert of_partition("aws-us-gov") == 2
    assert of_partition("aws-cn") == of_partition("aws-eusc") == 0


def of_partition(partition: str) -> int:
    return sum(REGIONS[region] == partition for region in regions_with_fips())


def test_the_columns_are_the_partitions_with_their_hosts_and_consoles():
    (heading,) = re.findall(r"^\| \| (.*) \|$", TEXT, re.M)[:1]
    partitions = re.findall("`(.*?)`", heading)

    assert {*partitions} == HOSTS.keys()
    assert row("ARNs") == [f"arn:{one}:" for one in partitions]
    assert row("hosts of AWS") == [SUFFIXES[one] for one in partitions]
    assert row("console (`DashboardUrl`)") == [HOSTS[one] for one in partitions]
    assert row("principal of CloudWatch Logs (`log_key`)") == [
        f"logs.REGION.{SUFFIXES[one]}" for one in partitions
    ]
    for one, regions in zip(partitions, row("regions"), strict=True):
        assert {REGIONS[region] for region in re.findall(r"[a-z]+(?:-[a-z]+)+-\d", regions)} == {
            one
        }
