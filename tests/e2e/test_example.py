"""The example consumer works with the reader layer and the reader policy only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local import ROOT
from local.aws.deployment import Deployment
from tests.support.system import System
from token_rotator.contract import StackOutput, output_of

OTHER_PARAMETER = "/another-team/access-token"


@dataclass(frozen=True, kw_only=True)
class Example:
    """The deployed function of examples/consumer."""

    system: System
    function_name: str

    def runs(self) -> dict[str, Any]:
        answer = self.system.aws.client("lambda").invoke(FunctionName=self.function_name)
        payload: dict[str, Any] = json.load(answer["Payload"])
        return payload

    def configured(self, **changed: str) -> None:
        functions = self.system.aws.client("lambda")
        now = functions.get_function_configuration(FunctionName=self.function_name)
        functions.update_function_configuration(
            FunctionName=self.function_name,
            Environment={"Variables": now["Environment"]["Variables"] | changed},
        )


@pytest.fixture(scope="module")
def example(deployed: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    outputs, name = deployed.outputs, deployed.rotator.name
    deployment = Deployment(
        deployed.aws,
        app=ROOT / "examples" / "consumer",
        context={
            "parameter_name": outputs[output_of(name, StackOutput.PARAMETER_NAME)],
            "reader_policy_arn": outputs[output_of(name, StackOutput.READER_POLICY_ARN)],
            "reader_layer_arn": outputs[StackOutput.READER_LAYER_ARN],
            "api_url": deployed.idp.api("reports"),
        },
        directory=tmp_path_factory.mktemp("example"),
    )
    deployment.synthesize()
    yield Example(system=deployed, function_name=deployment.deploy()["FunctionName"])
    deployment.destroy()


def test_it_uses_the_token(example: Example) -> None:
    assert example.runs() == {"status": 200}


def test_its_role_has_the_reader_policy_and_its_own_log_group(
    example: Example, system: System
) -> None:
    iam = system.aws.client("iam")
    function = system.aws.client("lambda").get_function_configuration(
        FunctionName=example.function_name
    )
    role = function["Role"].rpartition("/")[2]

    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    own = [
        statement
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"][
            "Statement"
        ]
    ]

    policy = output_of(system.rotator.name, StackOutput.READER_POLICY_ARN)
    assert [one["PolicyArn"] for one in attached] == [system.outputs[policy]]
    assert {action for one in own for action in one["Action"]} == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_it_may_not_read_another_parameter(example: Example, system: System) -> None:
    ssm = system.aws.client("ssm")
    ssm.put_parameter(
        Name=OTHER_PARAMETER, Value=system.parameter()["Value"], Type="SecureString", Overwrite=True
    )

    example.configured(TOKEN_PARAMETER=OTHER_PARAMETER)
    refused = example.runs()
    example.configured(TOKEN_PARAMETER=system.rotator.parameter_name)

    assert "may not read the parameter" in refused["errorMessage"]  # token_reader.AccessDenied
    assert example.runs() == {"status": 200}
