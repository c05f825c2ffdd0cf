"""The IAM policy for operators of a rotator."""

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cdk.constructs import permissions
from token_rotator_cdk.constructs.function import RotatorFunction
from token_rotator_cdk.constructs.naming import RoleNames
from token_rotator_cdk.constructs.triggers import Triggers


class OperatorPolicy(iam.ManagedPolicy):
    """Allows ``check``, ``status`` and ``rotate``, without access to the secret or the token."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: RotatorFunction,
        triggers: Triggers,
        parameter_arn: str,
        key: kms.IKey,
        topic: sns.ITopic | None,
        names: RoleNames,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            path=names.path,
            managed_policy_name=names.name(scope, RoleKind.OPERATE),
            description="Operates a token rotator",
            statements=permissions.operate(
                function_arn=function.function_arn,
                log_group_arn=function.log_group.log_group_arn,
                parameter_arn=parameter_arn,
                key_arn=key.key_arn,
                topic_arns=[] if topic is None else [topic.topic_arn],
                role_arns=[function.execution_role.role_arn, triggers.role.role_arn],
                schedule_arns=[one.schedule_arn for one in triggers.schedules],
                rule_arns=[one.rule_arn for one in triggers.rules],
                stack_arn=_stack_arn(Stack.of(scope)),
            ),
        )
        # retained: IAM does not delete a policy that is still attached to users or roles
        self.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def _stack_arn(stack: Stack) -> str:
    """The stack's ARN without its id, which IAM checks if the caller names the stack.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
    """
    return stack.format_arn(
        service="cloudformation", resource="stack", resource_name=f"{Aws.STACK_NAME}/*"
    )
