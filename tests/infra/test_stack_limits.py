"""Rotators that do not fit into their stacks are refused, with the number that fits."""

import json

import pytest

from tests.infra.constructs.test_dashboard import widgets
from tests.support.infra_templates import a_deployment, a_rotator, a_stack, template, template_of
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.rules.aws import MAX_EMAILS, MAX_PARAMETER_NAME_LENGTH
from token_rotator_cdk.config.stack_limits import MAX_ROTATORS, MAX_TEMPLATE_BYTES, too_large


def names(count: int) -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [f"r{letters[number // 26]}{letters[number % 26]}" for number in range(count)]


def a_file(tmp_path, count: int, *, per_stack: dict[str, str] | None = None) -> Deployment:
    tables = [
        f'[rotators.{name}]\nparameter_name = "/{name}/token"\n{(per_stack or {}).get(name, "")}\n'
        for name in names(count)
    ]
    file = tmp_path / "rotators.toml"
    file.write_text('[stack]\nname = "tokens"\n' + "".join(tables))
    return load(file)


def test_a_full_stack_of_the_largest_rotators_stays_below_every_limit():
    rotators = {
        f"a-name-as-long-as-it-may-be-{name}": a_rotator(
            parameter_name=f"/{'p' * (MAX_PARAMETER_NAME_LENGTH - 5)}/{name}",
            log_retention_days=3653,
            expiration_grace_minutes=1440,
            share_with=("111122223333",),
        )
        for name in names(MAX_ROTATORS)
    }
    emails = tuple(f"somebody-{number}@example.com" for number in range(MAX_EMAILS))

    stack = a_stack(
        name="s" * 128,
        alarm_emails=emails,
        reader_layer=True,
        log_key=True,
        secret_access_alerts=True,
        permissions_boundary="arn:aws:iam::111122223333:policy/boundary",
    )

    document = template(stack, **rotators)

    assert len(document["Resources"]) <= 500
    assert len(document["Outputs"]) <= 200
    assert len(json.dumps(document, indent=1)) <= MAX_TEMPLATE_BYTES
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    assert len(widgets(document)) <= 500
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    assert len(widgets(document, "log")) <= 100, "queries that run at once when it is opened"


def test_a_stack_that_is_too_full_is_refused_with_the_number_that_fits(tmp_path):
    assert len(a_file(tmp_path, MAX_ROTATORS).by_stack()) == 1

    with pytest.raises(ConfigurationIssues) as caught:
        a_file(tmp_path, MAX_ROTATORS + 3)

    (issue,) = caught.value.issues
    first = names(MAX_ROTATORS + 1)[-1]
    assert str(issue) == (
        f'[rotators.{first}] stack = "tokens": 18 rotators fit into a stack, and this one has 21: '
        'set another stack, such as "tokens-2", in this table and 2 more'
    )


def test_two_mistakes_of_different_kinds_are_named_at_once(tmp_path):
    *full, one_more, elsewhere = names(MAX_ROTATORS + 2)
    places = dict.fromkeys([*full, one_more], 'stack = "full"') | {elsewhere: "memory_mb = 1"}

    with pytest.raises(ConfigurationIssues) as caught:
        a_file(tmp_path, len(full) + 2, per_stack=places)

    assert [(issue.table, issue.key) for issue in caught.value.issues] == [
        (("rotators", elsewhere), "memory_mb"),
        (("rotators", one_more), "stack"),
    ]


def test_names_of_stacks_that_differ_in_capitals_only_are_taken_for_a_slip(tmp_path):
    with pytest.raises(ConfigurationIssues, match='stack = "Tokens": write "tokens", or a name'):
        a_file(tmp_path, 2, per_stack={"rab": 'stack = "Tokens"'})


def test_a_template_that_came_out_too_long_is_refused_with_the_number_that_fits():
    deployment = Deployment(stack=a_stack(), rotators={name: named(name) for name in names(10)})

    assert [*too_large(deployment, {"tokens": MAX_TEMPLATE_BYTES})] == []
    (issue,) = too_large(deployment, {"tokens": MAX_TEMPLATE_BYTES * 5 // 4})

    assert (issue.table, issue.key) == (("rotators", "rai"), "stack")
    assert "8 rotators fit into a stack, and this one has 10" in issue.fix
    assert "shorter tags" in issue.fix


def test_every_rotator_is_in_the_stack_that_it_names_whatever_the_others_do():
    stack = a_stack(region="eu-west-1", tags={"team": "data"})
    others = {"c": named("c"), "d": named("d", "other")}

    parts = a_deployment(stack, a=named("a"), b=named("b", "other"), **others).by_stack()

    assert {part.stack.name: [*part.rotators] for part in parts} == {
        "tokens": ["a", "c"],
        "other": ["b", "d"],
    }
    assert all(part.stack.model_copy(update={"name": "tokens"}) == stack for part in parts)


def test_a_stack_needs_nothing_of_another_one():
    (first, second) = a_deployment(a=named("a"), b=named("b", "other")).by_stack()

    documents = [template_of(part) for part in (first, second)]

    for document in documents:
        assert "Fn::ImportValue" not in str(document)
        assert not any("Export" in output for output in document["Outputs"].values())
    environment, other = (variables(document) for document in documents)
    assert environment["ROTATOR"] == "tokens/a"
    assert other["ROTATOR"] == "other/b"


def test_more_addresses_than_a_stack_has_room_for_are_refused(tmp_path):
    emails = ", ".join(f'"a{number}@example.com"' for number in range(MAX_EMAILS + 1))
    file = tmp_path / "rotators.toml"
    file.write_text(
        f'[stack]\nname = "tokens"\nalarm_emails = [{emails}]\n'
        '[rotators.a]\nparameter_name = "/a"\n'
    )

    with pytest.raises(
        ConfigurationIssues, match=f"write at most {MAX_EMAILS}, a mailing list, or alarm_"
    ):
        load(file)


def named(name: str, stack: str | None = None) -> RotatorConfig:
    return a_rotator(parameter_name=f"/{name}/token", stack=stack)


def variables(document) -> dict[str, str]:
    (function,) = (
        resource["Properties"]
        for resource in document["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    )
    return dict(function["Environment"]["Variables"])
