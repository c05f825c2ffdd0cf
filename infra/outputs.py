"""Under which names do people and commands find what was deployed? Standard library only."""

from enum import StrEnum


class StackOutput(StrEnum):
    """Outputs of the stack; all but the first exist once per rotator."""

    ALARM_TOPIC_ARN = "AlarmTopicArn"
    FUNCTION_NAME = "FunctionName"
    PARAMETER_NAME = "ParameterName"
    READER_POLICY_ARN = "ReaderPolicyArn"
    SECRET_ARN = "SecretArn"


def output_of(rotator: str, output: str = "") -> str:
    """A rotator's output: ``marketing-data`` and SECRET_ARN make ``MarketingDataSecretArn``."""
    return "".join(part.capitalize() for part in rotator.split("-")) + output
