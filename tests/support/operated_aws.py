"""AWS as the command meets it in tests: what moto lacks, and what refuses."""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from token_rotator.errors import RotationError

if TYPE_CHECKING:
    from tests.support.operating import OperatedRotator


STACK = "stack"


def trust(service: str) -> str:
    """A role's trust policy."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Refusing:
    """A client whose every call AWS answers with the same error."""

    def __init__(self, code: str = "AccessDeniedException") -> None:
        self._code = code
        self.meta = SimpleNamespace(endpoint_url="https://aws.example", region_name="eu-west-1")

    def __getattr__(self, operation: str) -> Any:
        def refuse(*_: object, **__: object) -> Any:
            # botocore's message quotes the request; the command must not repeat it
            error = {"Error": {"Code": self._code, "Message": "sentinel-message"}}
            raise ClientError(error, operation)  # type: ignore[arg-type]

        return refuse


class Denying:
    """A client of which AWS refuses one operation."""

    def __init__(self, client: Any, operation: str, code: str = "AccessDeniedException") -> None:
        self._client, self._operation, self._code = client, operation, code
        self.meta = client.meta

    def __getattr__(self, operation: str) -> Any:
        if operation == self._operation:
            return getattr(Refusing(self._code), operation)
        return getattr(self._client, operation)


class FakeStacks:
    """CloudFormation; its error for a stack that does not exist is ValidationError."""

    def __init__(
        self,
        outputs: Mapping[str, str],
        *,
        functions: Sequence[str] = (),
        log_groups: Sequence[str] = (),
        drift: Mapping[str, Any] | None = None,
    ) -> None:
        self.meta = SimpleNamespace(region_name="eu-west-1")
        self._resources = [
            *(("AWS::Lambda::Function", name) for name in functions),
            *(("AWS::Logs::LogGroup", name) for name in log_groups),
        ]
        listed = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
        self._stack = {
            "StackId": f"arn:aws:cloudformation:eu-west-1:123456789012:stack/{STACK}/id",
            "Outputs": listed,
            "DriftInformation": drift or {},
        }

    def describe_stacks(self, StackName: str) -> object:  # noqa: N803
        if StackName != STACK:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        return {"Stacks": [self._stack]}

    def describe_stack_resource_drifts(self, **_: object) -> object:
        gone = {"LogicalResourceId": "Watchdog2", "StackResourceDriftStatus": "DELETED"}
        return {"StackResourceDrifts": [gone]}

    def get_paginator(self, _: str) -> Any:
        found = [
            {
                "ResourceType": kind,
                "LogicalResourceId": name,
                "PhysicalResourceId": name,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for kind, name in self._resources
        ]
        page = {"StackResourceSummaries": found}
        return SimpleNamespace(paginate=lambda **_: iter([page]))


class FakeFunctions:
    """Lambda: invokes the real function. moto keeps the function's configuration."""

    def __init__(self, rotator: "OperatedRotator") -> None:
        self._rotator = rotator
        self._moto = rotator.aws.functions
        self.answer: object = None
        """Replaces the function's own answer."""
        self.tail = True
        """Whether Lambda sends the end of the log along."""
        self.quota = 1000
        """Concurrent executions of the account."""
        self.reserved: int | None = 1
        self.says: dict[str, Any] = {}
        """What Lambda says of the function, besides or instead of what moto says."""
        self.meta = self._moto.meta

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803
        return self._moto.get_function_configuration(FunctionName=FunctionName) | self.says

    def get_account_settings(self) -> dict[str, Any]:
        limits = {
            "ConcurrentExecutions": self.quota,
            "UnreservedConcurrentExecutions": self.quota - (self.reserved or 0),
        }
        return {"AccountLimit": limits}

    def get_function_concurrency(self, FunctionName: str) -> dict[str, int]:  # noqa: N803
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def invoke(self, FunctionName: str, Payload: bytes, LogType: str) -> dict[str, Any]:  # noqa: N803
        assert (Payload, LogType) == (b"{}", "Tail")
        told: dict[str, Any] = {}
        try:
            answer = self.answer or self._rotator.rotate()
        except RotationError as error:
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            told["LogResult"] = base64.b64encode(self._rotator.printed.encode()[-4096:]).decode()
        if not self.tail:
            told = {"ResponseMetadata": {"RequestId": self._rotator.request_id}}
        payload = io.BytesIO(json.dumps(answer).encode())
        failed = isinstance(answer, dict) and "errorType" in answer
        return {"Payload": payload, **told, **({"FunctionError": "Unhandled"} if failed else {})}
