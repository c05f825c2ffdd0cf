"""The ARNs of each rotator in a template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.audit.iam.intrinsics import Place
from token_rotator.contract import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotator:
    """A rotator's function and its resources, by ARN unless stated otherwise."""

    place: Place
    function: str
    role: str
    log_group: str
    """The log group's name."""
    parameter: str
    parameter_key: str
    secret: str
    secret_key: str | None
    """None if the secret is encrypted with `aws/secretsmanager`, which needs no permission."""
    invoke_role: str
    """The schedules' role."""
    schedules: tuple[str, ...]
    topics: tuple[str, ...]
    """What alarms of the template publish to."""
    rules: tuple[str, ...]
    """The EventBridge rules that invoke the function."""
    subnets: tuple[str, ...]
    """The subnets that the function is attached to, if it is in a VPC."""
    security_groups: tuple[str, ...]
    """The security groups of its network interfaces, likewise."""


def rotators(
    template: Mapping[str, Any], place: Place, *, secret_keys: Mapping[str, str]
) -> Iterator[Rotator]:
    """The rotators of a template.

    ``secret_keys`` are the KMS keys of secrets outside of the template, by the secrets' ARNs.
    """
    keys = dict(secret_keys)
    for logical_id, secret in of_type(template, "AWS::SecretsManager::Secret").items():
        keys[place.arn_of(template, logical_id)] = place.resolved(template, secret["KmsKeyId"])
    targets = {
        place.arn_of(template, logical_id): place.resolved(template, schedule["Target"])
        for logical_id, schedule in of_type(template, "AWS::Scheduler::Schedule").items()
    }
    topics = {
        topic
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        for topic in place.resolved(template, alarm.get("AlarmActions", []))
    }
    rules = {
        place.arn_of(template, logical_id): place.resolved(template, rule["Targets"])
        for logical_id, rule in of_type(template, "AWS::Events::Rule").items()
    }
    for logical_id, function in of_type(template, "AWS::Lambda::Function").items():
        variables = place.resolved(template, function.get("Environment", {}).get("Variables", {}))
        if Variable.PARAMETER_NAME not in variables:
            continue
        arn = place.arn_of(template, logical_id)
        vpc = place.resolved(template, function.get("VpcConfig", {}))
        ours = {one: target for one, target in targets.items() if target["Arn"] == arn}
        (invoke_role,) = {target["RoleArn"] for target in ours.values()}
        yield Rotator(
            place=place,
            function=arn,
            role=place.resolved(template, function["Role"]),
            log_group=place.resolved(template, function["LoggingConfig"]["LogGroup"]),
            parameter=place.arn(f"ssm:parameter/{variables[Variable.PARAMETER_NAME].lstrip('/')}"),
            parameter_key=variables[Variable.PARAMETER_KEY_ARN],
            secret=variables[Variable.SECRET_ARN],
            secret_key=keys.get(variables[Variable.SECRET_ARN]),
            invoke_role=invoke_role,
            schedules=tuple(ours),
            topics=tuple(sorted(topics)),
            rules=tuple(
                rule for rule, sent_to in rules.items() if arn in [one["Arn"] for one in sent_to]
            ),
            subnets=tuple(place.arn(f"ec2:subnet/{one}") for one in vpc.get("SubnetIds", ())),
            security_groups=tuple(
                place.arn(f"ec2:security-group/{one}") for one in vpc.get("SecurityGroupIds", ())
            ),
        )


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The properties of the resources of a type, by logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind
    }
