"""Existing resources that a deployment refers to. They must exist and be usable."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from token_rotator.contract import Variable
from token_rotator_cdk.config import places
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.deployment.key import key_problem
from token_rotator_cli.errors import CallerError


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind:
    """A kind of existing resource: where it is configured, and how to check it."""

    name: str
    place: places.ResourceKind
    in_file: Callable[[Deployment], Mapping[str, str | None]]
    """The ARNs by setting."""
    in_templates: tuple[str, ...]
    """A resource type, and the path of a property with one or more ARNs."""
    problem: Callable[[Aws, str], str | None]
    """The problem, as the end of a sentence, or None. Raises CallerError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencedResource:
    """An existing resource."""

    kind: ResourceKind
    arn: str
    setting: str = field(compare=False)
    """Its setting or, in a template, its property."""


_NOT_FOUND: Final = (
    "NotFound",
    "NotFoundException",
    "NoSuchEntity",
    "NoSuchEntityException",
    "ResourceNotFoundException",
)
"""Error codes for resources that do not exist."""


def _exists(action: str, read: Callable[[Aws, str], object]) -> Callable[[Aws, str], str | None]:
    """The problem of a resource that only has to exist."""

    def problem(aws: Aws, arn: str) -> str | None:
        try:
            with calling(action):
                read(aws, arn)
        except CallerError as error:
            if error.code not in _NOT_FOUND:
                raise
            return "does not exist: create it, or choose another one"
        return None

    return problem


KINDS: Final = (
    ResourceKind(
        name="topic",
        place=places.TOPIC,
        in_file=lambda file: {"alarm_topic_arn": file.stack.alarm_topic_arn},
        in_templates=("AWS::CloudWatch::Alarm", "AlarmActions"),
        problem=_exists(
            "sns:GetTopicAttributes",
            lambda aws, arn: aws.topics.get_topic_attributes(TopicArn=arn)["Attributes"],
        ),
    ),
    ResourceKind(
        name="permissions boundary",
        place=places.BOUNDARY,
        in_file=lambda file: {"permissions_boundary": file.stack.permissions_boundary},
        in_templates=("AWS::IAM::Role", "PermissionsBoundary"),
        problem=_exists(
            "iam:GetPolicy", lambda aws, arn: aws.iam.get_policy(PolicyArn=arn)["Policy"]
        ),
    ),
    ResourceKind(
        name="code signing config",
        place=places.CODE_SIGNING,
        in_file=lambda file: {"code_signing_config_arn": file.stack.code_signing_config_arn},
        in_templates=("AWS::Lambda::Function", "CodeSigningConfigArn"),
        problem=_exists(
            "lambda:GetCodeSigningConfig",
            lambda aws, arn: aws.function_list.get_code_signing_config(CodeSigningConfigArn=arn)[
                "CodeSigningConfig"
            ],
        ),
    ),
    ResourceKind(
        name="key",
        place=places.KEY,
        in_file=lambda file: {"key_arn": file.stack.key_arn},
        in_templates=(
            *("AWS::Lambda::Function", "Environment", "Variables"),
            Variable.PARAMETER_KEY_ARN,
        ),
        problem=key_problem,
    ),
)
"""Without secrets, which need more checks."""


def references_in_file(file: Deployment) -> Iterator[ReferencedResource]:
    """The existing resources in a file."""
    for kind in KINDS:
        for setting, arn in kind.in_file(file).items():
            if arn is not None:
                yield ReferencedResource(kind=kind, arn=arn, setting=setting)


def references_in_template(resources: Mapping[str, Any]) -> Iterator[ReferencedResource]:
    """The existing resources in a template. Other references are not strings."""
    for kind in KINDS:
        of_type, *path = kind.in_templates
        for resource in resources.values():
            if resource["Type"] != of_type:
                continue
            value: Any = resource.get("Properties", {})
            for key in path:
                value = value.get(key, {}) if isinstance(value, dict) else {}
            for arn in value if isinstance(value, list) else [value]:
                if isinstance(arn, str):
                    yield ReferencedResource(kind=kind, arn=arn, setting=path[-1])
