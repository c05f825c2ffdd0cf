"""Parameters of a packaged template: what differs between accounts, and no setting fixes."""

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
    """A CloudFormation parameter that may be left empty."""

    name: str
    description: str
    """What the template, the consoles and docs/deploy/packaging.md say of it."""
    settings: tuple[str, ...]
    """What fixes the same in ``rotators.toml``. Where one is set, there is no such parameter."""
    rule: Rule
    """That of a value, or of each entry of a list."""
    is_open: Callable[[Deployment], bool]
    """Whether a file leaves it open."""
    is_list: bool = False

    @property
    def allowed_pattern(self) -> str:
        """What CloudFormation accepts: what the rule does, or nothing.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
        """
        return f"^$|{self.rule.json_schema['pattern']}"


def open_parameters(deployment: Deployment) -> Iterator[Parameter]:
    """The parameters that the template of one stack has."""
    return (one for one in PARAMETERS if one.is_open(deployment))


def _alarms_are_open(deployment: Deployment) -> bool:
    return deployment.stack.alarm_topic_arn is None and not deployment.stack.alarm_emails


def _a_network_is_open(deployment: Deployment) -> bool:
    return any(rotator.vpc is None for rotator in deployment.rotators.values())


ALARM_EMAIL: Final = Parameter(
    name="AlarmEmail",
    description="Address that is told when an alarm fires; it has to confirm an email from SNS.",
    settings=("alarm_emails", "alarm_topic_arn"),
    rule=EMAIL,
    is_open=_alarms_are_open,
)
ALARM_TOPIC_ARN: Final = Parameter(
    name="ExistingAlarmTopicArn",
    description="ARN of the SNS topic that alarms go to. Empty: the stack creates a topic.",
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
    description="ARN of the policy that bounds every role. Empty: no boundary.",
    settings=("permissions_boundary",),
    rule=rule_of(PolicyArn),
    is_open=lambda deployment: deployment.stack.permissions_boundary is None,
)
SUBNET_IDS: Final = Parameter(
    name="SubnetIds",
    description="Private subnets for the functions, separated by commas. Empty: the functions are "
    "in no VPC of yours.",
    settings=("rotators.NAME.vpc",),
    rule=SUBNET,
    is_open=_a_network_is_open,
    is_list=True,
)
SECURITY_GROUP_IDS: Final = Parameter(
    name="SecurityGroupIds",
    description="Security groups for the functions, which let HTTPS out. Goes with SubnetIds.",
    settings=("rotators.NAME.vpc",),
    rule=SECURITY_GROUP,
    is_open=_a_network_is_open,
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
"""All of them."""
