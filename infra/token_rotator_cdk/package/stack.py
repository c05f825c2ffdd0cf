"""The stack of a package: no bootstrap stack, and parameters for what the file leaves open."""

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
from token_rotator_cdk.constructs.function import open_to_logs
from token_rotator_cdk.constructs.token_rotator import TokenRotator
from token_rotator_cdk.package.place import BUCKET_DESCRIPTION, BUCKET_PARAMETER, PackagePlace
from token_rotator_cdk.stack import TokenRotatorStack

_BUCKET: Final = f"${{{BUCKET_PARAMETER}}}"
"""As a placeholder, which the CDK passes on to Fn::Sub."""


class PackagedStack(TokenRotatorStack):
    """The same stack for any account that a person with CloudFormation alone deploys to."""

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
        self._open = frozenset(open_parameters(deployment))
        super().__init__(scope, deployment=deployment, directory=directory, code=code)
        if place.bucket_is_a_parameter:
            CfnParameter(
                self,
                BUCKET_PARAMETER,
                description=BUCKET_DESCRIPTION,
                default=place.bucket,
            )
        if KEY_ARN in self._open and deployment.stack.log_key:
            self._open_own_key_to_logs(deployment)
        if PERMISSIONS_BOUNDARY_ARN in self._open:
            given = self._given(PERMISSIONS_BOUNDARY_ARN)
            self._bound_roles(_either(given, self._value(PERMISSIONS_BOUNDARY_ARN), Aws.NO_VALUE))
        if SUBNET_IDS in self._open:
            in_vpc = self._given(SUBNET_IDS, SECURITY_GROUP_IDS)
            for name, rotator in self.rotators.items():
                if deployment.rotators[name].vpc is None:
                    self._attach(rotator, in_vpc)

    def _synthesizer(self, config: StackConfig) -> IStackSynthesizer:  # noqa: ARG002 - no bootstrap
        return CliCredentialsStackSynthesizer(
            file_assets_bucket_name=(
                _BUCKET if self._place.bucket_is_a_parameter else self._place.bucket
            ),
            bucket_prefix=self._place.prefix,
        )

    def _key(self, config: StackConfig) -> kms.IKey:
        if KEY_ARN not in self._open or self._own_key is None:
            return super()._key(config)
        given = self._given(KEY_ARN)
        self._only_if(self._not(given), self._own_key)
        arn = _either(given, self._value(KEY_ARN), self._own_key.key_arn)
        return kms.Key.from_key_arn(self, "GivenOrOwnKey", arn)

    def _alarm_topic(self, config: StackConfig) -> sns.ITopic:
        own = super()._alarm_topic(config)
        if ALARM_TOPIC_ARN not in self._open:
            return own
        given, told = self._given(ALARM_TOPIC_ARN), self._given(ALARM_EMAIL)
        created = self._not(given)
        self._only_if(created, own)
        subscription = sns.Subscription(
            self,
            "AlarmEmailSubscription",
            topic=own,
            endpoint=self._value(ALARM_EMAIL),
            protocol=sns.SubscriptionProtocol.EMAIL,
        )
        both = CfnCondition(self, "MailsAlarms", expression=Fn.condition_and(created, told))
        self._only_if(both, subscription)
        return sns.Topic.from_topic_attributes(
            self,
            "GivenOrOwnTopic",
            topic_arn=_either(given, self._value(ALARM_TOPIC_ARN), own.topic_arn),
            # whoever mails needs it for the stack's topic; for one that is given, it does not hurt
            key_arn=self.key.key_arn,
        )

    def _open_own_key_to_logs(self, deployment: Deployment) -> None:
        assert self._own_key is not None  # noqa: S101 - narrows the type
        for name, rotator in self.rotators.items():
            group = deployment.rotators[name].log_group_name
            open_to_logs(rotator, self._own_key, group, stack_name=Aws.STACK_NAME)

    def _attach(self, rotator: TokenRotator, in_vpc: CfnCondition) -> None:
        """Attaches a function to the network of the parameters, if there is one."""
        subnets, groups = (
            self._parameter(one).value_as_list for one in (SUBNET_IDS, SECURITY_GROUP_IDS)
        )
        _cfn(rotator.function).add_property_override(
            "VpcConfig", _if(in_vpc, {"SubnetIds": subnets, "SecurityGroupIds": groups})
        )
        statements = permissions.attach_to_listed_vpc(
            self, subnet_ids=subnets, security_group_ids=groups
        )
        document = iam.PolicyDocument(statements=statements)
        _cfn(rotator.node.find_child("Role")).add_property_override(
            "Policies.1", _if(in_vpc, {"PolicyName": "AttachToVpc", "PolicyDocument": document})
        )

    def _parameter(self, parameter: Parameter) -> CfnParameter:
        """Made when it is first used."""
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

    def _given(self, *parameters: Parameter) -> CfnCondition:
        """Whether one of them is given. (Lambda refuses subnets without groups, and groups
        without subnets.)"""
        name = f"Given{parameters[0].name}"
        if isinstance(there := self.node.try_find_child(name), CfnCondition):
            return there
        given = [Fn.condition_not(Fn.condition_equals(self._text(one), "")) for one in parameters]
        expression = given[0] if len(given) == 1 else Fn.condition_or(*given)
        return CfnCondition(self, name, expression=expression)

    def _text(self, parameter: Parameter) -> str:
        if parameter.is_list:
            return Fn.join("", self._parameter(parameter).value_as_list)
        return self._value(parameter)

    def _not(self, condition: CfnCondition) -> CfnCondition:
        name = condition.node.id.replace("Given", "No", 1)
        return CfnCondition(self, name, expression=Fn.condition_not(condition))

    def _only_if(self, condition: CfnCondition, construct: IConstruct) -> None:
        for one in construct.node.find_all():
            if isinstance(one, CfnResource):
                one.cfn_options.condition = condition


def _either(condition: CfnCondition, given: str, otherwise: str) -> str:
    return Token.as_string(Fn.condition_if(condition.logical_id, given, otherwise))


def _if(condition: CfnCondition, value: object) -> ICfnRuleConditionExpression:
    return Fn.condition_if(condition.logical_id, value, Aws.NO_VALUE)


def _cfn(construct: IConstruct) -> CfnResource:
    resource = construct.node.default_child
    assert isinstance(resource, CfnResource)  # noqa: S101 - narrows the type
    return resource
