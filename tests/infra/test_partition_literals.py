"""No program has a partition's name, host or ARN written into it, where it is not about them."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from local import ROOT
from tests.support.partitions import EVERYWHERE, PARTITIONS

PROGRAMS = ("infra", "cli", "lambda_src", "examples", "app.py")
ABOUT_PARTITIONS = {
    "infra/token_rotator_cdk/config/rules/arns.py": "forms of ARNs, and examples of them",
    "infra/token_rotator_cdk/config/rules/aws.py": "how long an ARN is",
    "infra/token_rotator_cdk/config/places.py": "the domain of a partition that botocore lacks",
    "infra/token_rotator_cdk/constructs/monitoring/console.py": "the consoles of the partitions",
    "cli/token_rotator_cli/costs/prices.py": "AWS's pages with the prices",
    "examples/pipelines/cdk_pipelines.py": "an account's connection, to be replaced",
}
OF_A_PARTITION = re.compile(
    r"arn:aws|aws\.amazon\.com|"
    + "|".join(re.escape(one["outputs"]["dnsSuffix"]) for one in PARTITIONS.values())
)


def texts(source: str) -> Iterator[str]:
    """The strings of a program, without its documentation."""
    tree = ast.parse(source)
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation
        ):
            yield node.value


def literals(source: str) -> list[str]:
    return [one for one in texts(source) if OF_A_PARTITION.search(one) and one not in EVERYWHERE]


def programs() -> list[Path]:
    found = [path for name in PROGRAMS for path in [ROOT / name, *(ROOT / name).rglob("*.py")]]
    return [path for path in found if path.suffix == ".py"]


def test_no_program_names_a_partition_but_those_that_are_about_them():
    found = {
        path.relative_to(ROOT).as_posix(): literals(path.read_text(encoding="utf-8"))
        for path in programs()
    }

    assert len(found) > 100
    elsewhere = {file: those for file, those in found.items() if file not in ABOUT_PARTITIONS}
    assert {file: those for file, those in elsewhere.items() if those} == {}
    assert all(found[file] for file in ABOUT_PARTITIONS)


def test_the_search_finds_what_it_is_for():
    assert literals('x = f"arn:aws:ssm:{region}:parameter"') == ["arn:aws:ssm:"]
    assert literals('x = "lambda.amazonaws.com.cn"') == ["lambda.amazonaws.com.cn"]
    assert literals('x = "https://console.aws.amazon.com/"') == ["https://console.aws.amazon.com/"]
    assert literals('"""https://docs.aws.amazon.com/"""\nx = "lambda.amazonaws.com"') == []


def test_no_snippet_of_the_documentation_names_a_partition():
    snippets = [*(ROOT / "examples" / "snippets").iterdir()]

    assert len(snippets) > 3
    assert [one for one in snippets if OF_A_PARTITION.search(one.read_text("utf-8"))] == []


def test_the_cdk_looks_values_up_for_the_partitions_that_are_synthesized():
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

    wanted = context["@aws-cdk/core:target-partitions"]
    assert {*wanted} == {"aws", "aws-us-gov", "aws-cn", "aws-eusc"}
    assert {*wanted} < PARTITIONS.keys()
