"""The stack of a package: no bootstrap stack, and parameters for unset settings."""

from pathlib import Path
from typing import Final

from aws_cdk import (
    Aws,
    CfnCondition,
    CfnParameter,
    CfnResource,
    CliCredentialsStackSynthesizer,
    Fn,
    ICfnRuleConditionExpression,
    IStackSynthesizer,
    Token,
)
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from token_rotator_cdk.config import key_policy
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.config.parameters import (
    ALARM_EMAIL,
    ALARM_TOPIC_ARN,
    KEY_ARN,
    PERMISSIONS_BOUNDARY_ARN,
    SECURITY_GROUP_IDS,
    SUBNET_IDS,
    Parameter,
    open_parameters,
)
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.function import allow_logs_to_use_key
from token_rotator_cdk.constructs.monitoring.alarm_topic import allow_alarms_to_publish
from token_rotator_cdk.constructs.token_rotator import TokenRotator
from token_rotator_cdk.package.place import BUCKET_DESCRIPTION, BUCKET_PARAMETER, PackagePlace
from token_rotator_cdk.stack import TokenRotatorStack

_BUCKET: Final = f"${{{BUCKET_PARAMETER}}}"
"""A placeholder that the CDK passes to Fn::Sub."""


class PackagedStack(TokenRotatorStack):
    """A stack that can be deployed to any account with CloudFormation alone."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        directory: Path,
        place: PackagePlace,
        code: lambda_.Code | None = None,
    ) -> None:
        self._place = place
        self._parameters: dict[Parameter, CfnParameter] = {}
        self._open_parameters = frozenset(open_parameters(deployment))
        super().__init__(scope, deployment=deployment, directory=directory, code=code)
        if place.bucket_is_a_parameter:
            CfnParameter(
                self,
                BUCKET_PARAMETER,
                description=BUCKET_DESCRIPTION,
                default=place.bucket,
            )
        if KEY_ARN in self._open_parameters:
            self._add_own_key_statements(deployment)
        if PERMISSIONS_BOUNDARY_ARN in self._open_parameters:
            unset = self._all_empty(PERMISSIONS_BOUNDARY_ARN)
            self._apply_permissions_boundary(
                _choose(unset, Aws.NO_VALUE, self._value(PERMISSIONS_BOUNDARY_ARN))
            )
        if SUBNET_IDS in self._open_parameters:
            for name, rotator in self.rotators.items():
                if deployment.rotators[name].vpc is None:
                    self._attach_to_vpc(rotator)

    def _synthesizer(self, config: StackConfig) -> IStackSynthesizer:  # noqa: ARG002 - no bootstrap
        return CliCredentialsStackSynthesizer(
            file_assets_bucket_name=(
                _BUCKET if self._place.bucket_is_a_parameter else self._place.bucket
            ),
            bucket_prefix=self._place.prefix,
        )

    def _key(self, config: StackConfig) -> kms.IKey:
        if KEY_ARN not in self._open_parameters or self._own_key is None:
            return super()._key(config)
        unset = self._all_empty(KEY_ARN)
        _only_if(unset, self._own_key)
        arn = _choose(unset, self._own_key.key_arn, self._value(KEY_ARN))
        return kms.Key.from_key_arn(self, "OwnOrExistingKey", arn)

    def _alarm_topic(self, config: StackConfig) -> sns.ITopic:
        own_topic = super()._alarm_topic(config)
        if ALARM_TOPIC_ARN not in self._open_parameters:
            return own_topic
        # the rotators receive an imported topic, whose policy they do not change
        allow_alarms_to_publish(own_topic, self)
        unset = self._all_empty(ALARM_TOPIC_ARN)
        _only_if(unset, own_topic)
        subscription = sns.Subscription(
            self,
            "AlarmEmailSubscription",
            topic=own_topic,
            endpoint=self._value(ALARM_EMAIL),
            protocol=sns.SubscriptionProtocol.EMAIL,
        )
        has_email = Fn.condition_not(self._is_empty(ALARM_EMAIL))
        sends_email = Fn.condition_and(self._is_empty(ALARM_TOPIC_ARN), has_email)
        _only_if(CfnCondition(self, "MailsAlarms", expression=sends_email), subscription)
        return sns.Topic.from_topic_attributes(
            self,
            "OwnOrExistingTopic",
            topic_arn=_choose(unset, own_topic.topic_arn, self._value(ALARM_TOPIC_ARN)),
            # needed to publish to the stack's own topic, harmless for an existing one
            key_arn=self.key.key_arn,
        )

    def _add_own_key_statements(self, deployment: Deployment) -> None:
        """Adds the statements that constructs do not add to an imported key."""
        assert self._own_key is not None  # noqa: S101 - narrows the type
        if deployment.stack.log_key:
            for name, rotator in self.rotators.items():
                group = deployment.rotators[name].log_group_name
                allow_logs_to_use_key(rotator, self._own_key, group, stack_name=Aws.STACK_NAME)
        if deployment.stack.alarm_topic_arn is None:
            statement = key_policy.alarms_may_publish(self.account)
            self._own_key.add_to_resource_policy(iam.PolicyStatement.from_json(statement))

    def _attach_to_vpc(self, rotator: TokenRotator) -> None:
        """Attaches a function to the VPC that the parameters specify, if any."""
        # Lambda requires both subnets and security groups
        unset = self._all_empty(SUBNET_IDS, SECURITY_GROUP_IDS)
        subnets, groups = (
            self._parameter(one).value_as_list for one in (SUBNET_IDS, SECURITY_GROUP_IDS)
        )
        vpc = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        _cfn(rotator.function).add_property_override("VpcConfig", _unless(unset, vpc))
        statements = permissions.attach_to_listed_vpc(
            self, subnet_ids=subnets, security_group_ids=groups
        )
        policy = {
            "PolicyName": "AttachToVpc",
            "PolicyDocument": iam.PolicyDocument(statements=statements),
        }
        role = _cfn(rotator.node.find_child("Role"))
        role.add_property_override("Policies.1", _unless(unset, policy))

    def _parameter(self, parameter: Parameter) -> CfnParameter:
        """Creates the parameter on first use."""
        if parameter not in self._parameters:
            self._parameters[parameter] = CfnParameter(
                self,
                parameter.name,
                type="CommaDelimitedList" if parameter.is_list else "String",
                description=parameter.description,
                default="",
                allowed_pattern=parameter.allowed_pattern,
            )
        return self._parameters[parameter]

    def _value(self, parameter: Parameter) -> str:
        return self._parameter(parameter).value_as_string

    def _all_empty(self, *parameters: Parameter) -> CfnCondition:
        """The condition that all parameters are empty."""
        name = f"No{parameters[0].name}"
        if isinstance(existing := self.node.try_find_child(name), CfnCondition):
            return existing
        empty = [*map(self._is_empty, parameters)]
        expression = empty[0] if len(empty) == 1 else Fn.condition_and(*empty)
        return CfnCondition(self, name, expression=expression)

    def _is_empty(self, parameter: Parameter) -> ICfnRuleConditionExpression:
        # conditions cannot compare lists
        text = (
            Fn.join("", self._parameter(parameter).value_as_list)
            if parameter.is_list
            else self._value(parameter)
        )
        return Fn.condition_equals(text, "")


def _choose(condition: CfnCondition, one: str, other: str) -> str:
    return Token.as_string(Fn.condition_if(condition.logical_id, one, other))


def _unless(condition: CfnCondition, value: object) -> ICfnRuleConditionExpression:
    return Fn.condition_if(condition.logical_id, Aws.NO_VALUE, value)


def _only_if(condition: CfnCondition, construct: IConstruct) -> None:
    for one in construct.node.find_all():
        if isinstance(one, CfnResource):
            one.cfn_options.condition = condition


def _cfn(construct: IConstruct) -> CfnResource:
    resource = construct.node.default_child
    assert isinstance(resource, CfnResource)  # noqa: S101 - narrows the type
    return resource
