"""FIPS endpoints: a variable of the function where the region has them, else a mistake."""

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Environment

from tests.infra.constructs.test_token_rotator import a_rotator, variables
from tests.infra.constructs.test_token_rotator import a_stack as an_app_stack
from tests.infra.constructs.test_wrong_arguments import said
from tests.support.config_files import GOOD, issues, written
from tests.support.infra_templates import a_stack, rendered, template
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.places import regions_with_fips

FIPS = {
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1"),
    *("us-gov-east-1", "us-gov-west-1"),
}
"""https://aws.amazon.com/compliance/fips/: AWS Systems Manager, AWS Secrets Manager."""

WITHOUT = ["eu-west-1", "us-iso-east-1", "cn-north-1", "eusc-de-east-1", "moon-far-west-1"]


def document(*lines: str) -> str:
    return GOOD.replace("[rotators", "\n".join([*lines, "[rotators"]), 1)


def stack_in(region: str | None) -> Any:
    return an_app_stack(env=region and Environment(region=region, account="111122223333"))


def test_the_regions_are_those_that_aws_lists_for_both_services():
    assert {*regions_with_fips()} >= FIPS
    assert regions_with_fips() == tuple(sorted(regions_with_fips()))
    assert {*WITHOUT} & {*regions_with_fips()} == set()


@pytest.mark.parametrize("region", sorted(FIPS))
def test_the_function_is_told_to_use_them_where_they_are(tmp_path: Path, region: str):
    text = document(f'region = "{region}"', "fips = true")
    stack = load(written(tmp_path / "rotators.toml", text)).stack
    app_stack = stack_in(region)
    a_rotator(app_stack, fips=True)

    for template_of in (template(stack), rendered(app_stack)):
        assert variables(template_of)["AWS_USE_FIPS_ENDPOINT"] == "true"


def test_nothing_is_said_about_them_by_default():
    assert "AWS_USE_FIPS_ENDPOINT" not in variables(template(a_stack(region="us-east-1")))


@pytest.mark.parametrize("region", WITHOUT)
def test_where_there_are_none_the_mistake_names_the_regions_that_have_them(
    tmp_path: Path, region: str
):
    found = issues(tmp_path, document(f'region = "{region}"', "fips = true"))

    assert (
        "rotators.toml: [stack] fips = true: leave it out or choose another region, because"
        in found
    )
    assert f"{region} lacks them" in found
    assert {*re.findall(r"[a-z]+(?:-[a-z]+)+-\d", found)} == {*regions_with_fips(), region}
    assert len(found.splitlines()) == 2


def test_where_nobody_knows_the_region_it_has_to_be_named(tmp_path: Path):
    found = issues(tmp_path, document("fips = true"))

    assert "[stack] fips = true: set the region where the stack goes too" in found
    assert "us-gov-west-1" in found


def test_a_region_that_is_none_is_the_only_mistake(tmp_path: Path):
    found = issues(tmp_path, document('region = "Ireland"', "fips = true"))

    assert "[stack] region = " in found
    assert "[stack] fips" not in found


@pytest.mark.parametrize("region", [None, "eu-west-1"])
def test_the_constructs_text_is_the_files(tmp_path: Path, region: str | None):
    lines = [f'region = "{region}"'] if region else []
    (fix,) = re.findall("fips = true: (.*)", issues(tmp_path, document(*lines, "fips = true")))

    assert f"Tokens/Marketing: fips = true: {fix}" in said(stack_in(region), fips=True)


def test_the_variable_counts_when_the_environment_is_measured(tmp_path: Path):
    filler = "x" * 250
    tags = ", ".join(f'"t{number:02}" = "{filler}"' for number in range(13))

    def measured(*lines: str) -> int:
        found = issues(tmp_path, document(f"tags = {{ {tags} }}", *lines, 'region = "us-east-1"'))
        (size,) = re.findall(r"take (\d+) bytes, and Lambda allows 4096", found)
        return int(size)

    assert measured("fips = true") - measured() == len("AWS_USE_FIPS_ENDPOINT" + "true")
