"""What differs by partition is right in all of botocore's."""

import re
from typing import Any

import pytest

from tests.infra.config.test_places import PARTITIONS, REGIONS
from tests.support.infra_templates import a_stack, only, template
from token_rotator_cdk.constructs.monitoring.console import HOSTS

SUFFIXES = {one["id"]: one["outputs"]["dnsSuffix"] for one in PARTITIONS["partitions"]}
CONSOLES = {
    # https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html
    "eu-west-1": "eu-west-1.console.aws.amazon.com",
    # https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
    "cn-north-1": "cn-north-1.console.amazonaws.cn",
    # https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-endpoints.html
    "us-gov-east-1": "us-gov-east-1.console.amazonaws-us-gov.com",
    # https://docs.aws.eu/general/latest/gr/endpoints.html
    "eusc-de-east-1": "eusc-de-east-1.console.amazonaws-eusc.eu",
}


def deployed(value: Any, document: dict[str, Any], region: str) -> Any:
    """What CloudFormation makes of a value."""
    partition = REGIONS[region]
    pseudo = {
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::URLSuffix": SUFFIXES[partition],
        "AWS::StackName": "tokens",
    }

    def resolved(value: Any) -> Any:
        match value:
            case {"Ref": name}:
                value = pseudo[name]
            case {"Condition": name}:
                value = resolved(document["Conditions"][name])
            case {"Fn::Equals": [one, other]}:
                value = resolved(one) == resolved(other)
            case {"Fn::Or": conditions}:
                value = any(map(resolved, conditions))
            case {"Fn::If": [name, yes, no]}:
                value = resolved(yes if resolved({"Condition": name}) else no)
            case {"Fn::Join": [separator, parts]}:
                value = separator.join(map(resolved, parts))
        return value

    return resolved(value)


def dashboard_url(document: dict[str, Any], region: str) -> str | None:
    output = document["Outputs"].get("DashboardUrl")
    if output is None:
        return None
    if "Condition" in output and not deployed({"Condition": output["Condition"]}, document, region):
        return None
    return str(deployed(output["Value"], document, region))


@pytest.fixture(scope="module")
def anywhere() -> dict[str, Any]:
    return template(a_stack(log_key=True))


@pytest.mark.parametrize("region", REGIONS)
def test_the_key_is_open_to_the_logs_of_the_region_by_the_partitions_name(
    anywhere: dict[str, Any], region: str
):
    statements = only(anywhere, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (logs,) = (one for one in statements if one.get("Sid") == "LogsOfThisStack")

    principal = deployed(logs["Principal"]["Service"], anywhere, region)

    assert principal == f"logs.{region}.{SUFFIXES[REGIONS[region]]}"
    expected = "amazonaws.com.cn" if region.startswith("cn-") else SUFFIXES[REGIONS[region]]
    assert principal.endswith(f".{region}.{expected}")


@pytest.mark.parametrize("region", REGIONS)
def test_the_dashboards_link_leads_to_the_console_of_the_partition_or_there_is_none(
    anywhere: dict[str, Any], region: str
):
    url = dashboard_url(anywhere, region)

    if REGIONS[region].startswith("aws-iso"):
        assert url is None
    else:
        host = f"{region}.{HOSTS[REGIONS[region]]}"
        page = f"region={region}#dashboards/dashboard/tokens-{region}"
        assert url == f"https://{host}/cloudwatch/home?{page}"


@pytest.mark.parametrize(("region", "host"), CONSOLES.items())
def test_the_hosts_are_those_that_aws_documents(anywhere: dict[str, Any], region: str, host: str):
    url = dashboard_url(anywhere, region)

    assert re.match(f"https://{re.escape(host)}/", url or "")


@pytest.mark.parametrize("region", [*CONSOLES, "us-iso-east-1", "moon-far-west-1"])
def test_the_link_is_the_same_where_the_region_is_known_at_synthesis(
    anywhere: dict[str, Any], region: str
):
    known = template(a_stack(region=region))

    expected = dashboard_url(anywhere, region) if region in REGIONS else None
    assert known["Outputs"].get("DashboardUrl", {}).get("Value") == expected
    assert "Conditions" not in known


def test_service_principals_but_that_of_the_logs_are_the_same_in_every_partition(
    anywhere: dict[str, Any],
):
    principals = re.findall(r"'Service': '([^']+)'", str(anywhere["Resources"]))

    assert {*principals} <= {
        f"{name}.amazonaws.com" for name in ("lambda", "events", "scheduler", "cloudwatch")
    }
    assert len(principals) > 3
