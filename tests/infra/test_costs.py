"""The bill counts what the stack renders, and an additional rotator stays cheap."""

from typing import Any

import pytest

from tests.support.infra_templates import (
    NAMED_KEY,
    NAMED_SECRET,
    a_deployment,
    a_rotator,
    a_stack,
    resources,
    template,
)
from token_rotator_cdk.config.models.stack import Architecture
from token_rotator_cli.costs.bill import as_json, bill, rotator_items
from token_rotator_cli.costs.prices import PRICES
from token_rotator_cli.costs.usage import (
    HOURS,
    KEPT_SECONDS,
    ROTATION_SECONDS,
    runs_and_rotations,
    usage_of_rotator,
    usage_of_stack,
)

SETTINGS = [
    {},
    {"identity_provider": {"profile": "rfc7523"}},
    {"secret": {"arn": NAMED_SECRET}},
    {"secret": {"arn": NAMED_SECRET, "key_arn": NAMED_KEY}},
    {"watchdog_min_remaining_seconds": 0, "interval_minutes": 3},
    {"memory_mb": 512},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_what_is_billed_is_what_is_rendered(settings):
    document = template(a_stack(), a_rotator(**settings))

    billed = usage_of_rotator(a_rotator(**settings), Architecture.ARM64)
    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    watched = [sum("MetricStat" in one for one in a.get("Metrics", [])) or 1 for a in alarms]
    assert billed["alarms"] == sum(watched)
    assert billed["secret"] == len(resources(document, "AWS::SecretsManager::Secret"))
    schedules = resources(document, "AWS::Scheduler::Schedule").values()
    minutes = [int(schedule["ScheduleExpression"][5:].split()[0]) for schedule in schedules]
    assert billed["schedules"] == pytest.approx(sum(HOURS * 60 / every for every in minutes))
    (function,) = resources(document, "AWS::Lambda::Function").values()
    runs, rotations = runs_and_rotations(a_rotator(**settings))
    announces = "Parameter Store Change" in str(document["Resources"])
    noted = rotations if announces else 0
    assert billed["function: requests"] == pytest.approx(runs + noted)
    seconds = rotations * ROTATION_SECONDS + (runs + noted - rotations) * KEPT_SECONDS
    assert billed["function: duration"] == pytest.approx(seconds * function["MemorySize"] / 1024)
    decrypts = [s for s in str(document["Resources"]).split("Statement") if "SecretARN" in s]
    assert billed["customer key: calls"] == rotations * (3 if decrypts else 2)


@pytest.mark.parametrize(
    "settings",
    [
        {"dashboard": True},
        {"dashboard": False},
        {"key_arn": "arn:aws:kms:eu-west-1:111122223333:key/mrk-" + "1234abcd" * 4},
    ],
)
def test_what_a_stack_shares_is_billed_once(settings):
    stack = a_stack(**settings)
    document = template(stack, a_rotator())

    billed = usage_of_stack(stack)

    assert billed["customer key"] == len(resources(document, "AWS::KMS::Key"))
    assert billed["dashboard"] == len(resources(document, "AWS::CloudWatch::Dashboard"))


PAID_ELSEWHERE_OR_FREE = {
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
}
BILLED = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::Scheduler::Schedule",
    "AWS::SecretsManager::Secret",
}


def test_no_kind_of_resource_is_left_out():
    kinds = {resource["Type"] for resource in template()["Resources"].values()}

    assert kinds == BILLED | PAID_ELSEWHERE_OR_FREE


def test_an_additional_rotator_costs_little_more_than_two_dollars():
    items = rotator_items(a_rotator(), Architecture.ARM64)

    assert items["secret"] > 0
    assert items["alarms"] == pytest.approx(0.60)
    assert sum(items.values()) <= 2.12


def test_the_bill_adds_up_and_says_what_changes_it():
    other = a_rotator(
        parameter_name="/other", stack="more", identity_provider={"profile": "rfc7523"}
    )
    deployment = a_deployment(
        a_stack(), a_rotator(), sales=a_rotator(parameter_name="/sales"), other=other
    )

    lines = [*bill(deployment)]

    rotators = deployment.rotators.values()
    total = 2 * 4.00 + sum(sum(rotator_items(one, Architecture.ARM64).values()) for one in rotators)
    (in_all,) = [line for line in lines if line.startswith("total (rotators: 3, stacks: 2)")]
    assert float(in_all.split()[-1]) == pytest.approx(total, abs=0.005)
    assert any("(marketing, and 1 more like it)" in line for line in lines)
    (watchdog,) = [line for line in lines if "watchdog_min_remaining_seconds = 0" in line]
    assert float(watchdog.split()[-1]) < 0
    assert as_json(deployment)["total"] == pytest.approx(total)


def test_every_price_names_its_page():
    assert all(price.page.startswith("https://aws.amazon.com/") for price in PRICES.values())


@pytest.mark.parametrize("architecture", Architecture)
def test_the_same_seconds_have_the_price_of_the_functions_processors(architecture):
    stack = a_stack(architecture=architecture)
    (function,) = resources(template(stack, a_rotator()), "AWS::Lambda::Function").values()
    of_arm64 = rotator_items(a_rotator(), Architecture.ARM64)

    bill_of: Any = as_json(a_deployment(stack))

    billed = bill_of["rotators"]["marketing"]
    (duration,) = (item for item in billed if item.startswith("function: duration"))
    assert function["Architectures"] == [architecture]
    assert ("x86_64" in duration) == (architecture == "x86_64")
    # https://aws.amazon.com/lambda/pricing/: a fifth less on arm64
    ratio = 1.25 if architecture == "x86_64" else 1
    assert billed[duration] == pytest.approx(ratio * of_arm64["function: duration"], rel=1e-4)
    assert sum(billed.values()) >= sum(of_arm64.values())


def test_the_bill_says_what_the_other_processors_would_change():
    now = {one: [*bill(a_deployment(a_stack(architecture=one)))] for one in Architecture}

    (dearer,) = [line for line in now[Architecture.ARM64] if 'architecture = "' in line]
    (cheaper,) = [line for line in now[Architecture.X86_64] if 'architecture = "' in line]
    assert 'architecture = "x86_64"' in dearer
    assert float(dearer.split()[-1]) == -float(cheaper.split()[-1]) > 0
