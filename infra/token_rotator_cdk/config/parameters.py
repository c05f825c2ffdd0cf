"""CloudFormation parameters of packaged templates, for settings that the file leaves open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.rules.arns import PolicyArn, StackKeyArn, TopicArn
from token_rotator_cdk.config.rules.aws import EMAIL
from token_rotator_cdk.config.rules.network import SECURITY_GROUP, SUBNET
from token_rotator_cdk.config.rules.rule import Rule, rule_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An optional CloudFormation parameter."""

    name: str
    description: str
    """Shown in the template, the console and docs/deploy/packaging.md."""
    settings: tuple[str, ...]
    """Equivalent settings in ``rotators.toml``. If one is set, the template omits the parameter."""
    rule: Rule
    """The rule for the value, or for each entry of a list."""
    is_open: Callable[[Deployment], bool]
    """Whether a deployment leaves it open."""
    is_list: bool = False

    @property
    def allowed_pattern(self) -> str:
        """The parameter's AllowedPattern: the rule's pattern, or empty.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
        """
        return f"^$|{self.rule.json_schema['pattern']}"


def open_parameters(deployment: Deployment) -> Iterator[Parameter]:
    """The parameters of one stack's template."""
    return (one for one in PARAMETERS if one.is_open(deployment))


def _alarms_are_open(deployment: Deployment) -> bool:
    return deployment.stack.alarm_topic_arn is None and not deployment.stack.alarm_emails


def _vpc_is_open(deployment: Deployment) -> bool:
    return any(rotator.vpc is None for rotator in deployment.rotators.values())


ALARM_EMAIL: Final = Parameter(
    name="AlarmEmail",
    description="Email address that receives alarms. It must confirm an email from SNS.",
    settings=("alarm_emails", "alarm_topic_arn"),
    rule=EMAIL,
    is_open=_alarms_are_open,
)
ALARM_TOPIC_ARN: Final = Parameter(
    name="ExistingAlarmTopicArn",
    description="ARN of the SNS topic that receives alarms. Empty: the stack creates a topic.",
    settings=("alarm_topic_arn", "alarm_emails"),
    rule=rule_of(TopicArn),
    is_open=_alarms_are_open,
)
KEY_ARN: Final = Parameter(
    name="ExistingKeyArn",
    description="ARN of the KMS key that encrypts secrets, tokens and alarms. Empty: the stack "
    "creates a key.",
    settings=("key_arn",),
    rule=rule_of(StackKeyArn),
    is_open=lambda deployment: deployment.stack.key_arn is None,
)
PERMISSIONS_BOUNDARY_ARN: Final = Parameter(
    name="PermissionsBoundaryArn",
    description="ARN of the permissions boundary for every role. Empty: no boundary.",
    settings=("permissions_boundary",),
    rule=rule_of(PolicyArn),
    is_open=lambda deployment: deployment.stack.permissions_boundary is None,
)
SUBNET_IDS: Final = Parameter(
    name="SubnetIds",
    description="Private subnets for the functions, separated by commas. Empty: the functions are "
    "not attached to a VPC.",
    settings=("rotators.NAME.vpc",),
    rule=SUBNET,
    is_open=_vpc_is_open,
    is_list=True,
)
SECURITY_GROUP_IDS: Final = Parameter(
    name="SecurityGroupIds",
    description="Security groups for the functions that allow outbound HTTPS. Requires SubnetIds.",
    settings=("rotators.NAME.vpc",),
    rule=SECURITY_GROUP,
    is_open=_vpc_is_open,
    is_list=True,
)

PARAMETERS: Final = (
    ALARM_EMAIL,
    ALARM_TOPIC_ARN,
    KEY_ARN,
    PERMISSIONS_BOUNDARY_ARN,
    SUBNET_IDS,
    SECURITY_GROUP_IDS,
)
"""All parameters."""
