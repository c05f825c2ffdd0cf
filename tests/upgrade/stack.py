"""A stack that CloudFormation deploys from one version and updates to another one."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.aws.emulator import LocalAws
from local.followed_log import FollowedLog
from tests.support.infra_templates import Resource
from tests.upgrade.losses import held
from token_rotator.contract import Outcome, StackOutput, output_of

STACK: Final = "upgraded"
ROTATOR: Final = "marketing"
"""The rotator whose token is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version whose files are in the bucket."""

    template: Resource
    url: str
    """Of the template."""
    function: Path
    """The zip file that runs on this machine."""

    @property
    def code_sha256(self) -> str:
        """As Lambda tells it, in hexadecimal."""
        return hashlib.sha256(self.function.read_bytes()).hexdigest()


class Stack:
    """The deployed stack."""

    def __init__(self, aws: LocalAws, version: Version) -> None:
        self._aws = aws
        self._cloudformation = aws.client("cloudformation")
        self._cloudformation.create_stack(**self._asked(version))
        self._wait("stack_create_complete")
        self.outputs = self._outputs()

    def output(self, output: StackOutput) -> str:
        """An output of ROTATOR."""
        return self.outputs[output_of(ROTATOR, output)]

    def become(self, version: Version) -> None:
        self._cloudformation.update_stack(**self._asked(version))
        self._wait("stack_update_complete")

    def _physical_ids(self) -> dict[str, str]:
        answer = self._cloudformation.list_stack_resources(StackName=STACK)
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in answer["StackResourceSummaries"]
        }

    def held(self, version: Version) -> dict[str, str]:
        """The names of what holds something or what others name.

        Not of the layer, which has a new version; consumers keep the one that they name.
        """
        names, outputs = self._physical_ids(), self._outputs()
        del outputs[StackOutput.READER_LAYER_ARN]
        return {one: names[one] for one in held(version.template)} | outputs

    def stored(self) -> tuple[str, str]:
        """The current version of the secret, and its value."""
        answer = self._aws.client("secretsmanager").get_secret_value(
            SecretId=self.output(StackOutput.SECRET_ARN)
        )
        return answer["VersionId"], answer["SecretString"]

    def code_sha256(self) -> str:
        """Of the deployed function, in hexadecimal."""
        return base64.b64decode(self._function()["CodeSha256"]).hex()

    def has_layer(self, arn: str) -> bool:
        """Whether functions can still be deployed with this version of the layer."""
        functions = self._aws.client("lambda")
        try:
            functions.get_layer_version_by_arn(Arn=arn)
        except functions.exceptions.ResourceNotFoundException:
            return False
        return True

    def rotates(self) -> bool | None:
        functions = self._aws.client("lambda")
        try:
            answer = functions.invoke(
                FunctionName=self.output(StackOutput.FUNCTION_NAME), Payload=b"{}"
            )
        except functions.exceptions.TooManyRequestsException:
            return None
        return json.loads(answer["Payload"].read()).get("outcome") == Outcome.PUBLISHED or None

    def log(self) -> FollowedLog:
        group = self._function()["LoggingConfig"]["LogGroup"]
        return FollowedLog(self._aws.client("logs"), log_group=group)

    def _function(self) -> dict[str, Any]:
        answer = self._aws.client("lambda").get_function_configuration(
            FunctionName=self.output(StackOutput.FUNCTION_NAME)
        )
        return dict(answer)

    def _asked(self, version: Version) -> dict[str, Any]:
        return {
            "StackName": STACK,
            "TemplateURL": version.url,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }

    def _outputs(self) -> dict[str, str]:
        (stack,) = self._cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    def _wait(self, status: str) -> None:
        self._cloudformation.get_waiter(status).wait(
            StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
        )
