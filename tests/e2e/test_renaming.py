"""A table with another name: what `token-rotator plan` says, and the recipe that keeps all."""

import json
import subprocess
from pathlib import Path

from local.aws.deployment import Deployment
from tests.e2e.test_operating import COMMAND
from tests.support.system import System

CONFIG = """\
[stack]
name = "renamed"

[rotators.{table}]
parameter_name = "/renamed/access-token"
{secret}
"""


def test_a_renamed_rotator_keeps_parameter_and_secret_by_the_line_that_plan_prints(
    system: System, tmp_path: Path
) -> None:
    config = tmp_path / "rotators.toml"
    deployment = Deployment(system.aws, config=config, directory=tmp_path)

    def plan() -> tuple[int, str]:
        done = subprocess.run(
            [COMMAND, "plan", "--config", config],
            env=system.aws.client_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout or done.stderr

    def deploy() -> dict[str, str]:
        deployment.synthesize()
        return deployment.deploy()

    config.write_text(CONFIG.format(table="before", secret=""))
    first = plan()
    before = deploy()
    system.aws.client("secretsmanager").put_secret_value(
        SecretId=before["BeforeSecretArn"],
        SecretString=system.idp.new_service_account().as_downloaded(),
    )
    config.write_text(CONFIG.format(table="after", secret=""))
    refused = plan()
    line = refused[1].partition("into [rotators.after]: ")[2].partition("}")[0] + "}"
    config.write_text(CONFIG.format(table="after", secret=line))
    accepted = plan()
    after = deploy()
    answer = system.aws.client("lambda").invoke(
        FunctionName=after["AfterFunctionName"], Payload=b"{}"
    )
    outcome = json.loads(answer["Payload"].read())
    policies = system.aws.client("iam").list_policies(Scope="Local")["Policies"]
    deployment.destroy()

    nothing_lost = (0, "No consumer of what is deployed loses its token.\n")
    assert first == accepted == nothing_lost
    assert refused[0] == 1
    assert "renamed/before becomes renamed/after, with a new and empty secret" in refused[1]
    assert after["AfterSecretArn"] == before["BeforeSecretArn"]
    assert outcome["outcome"] in ("published", "kept", "superseded"), outcome
    assert before["BeforeReaderPolicyArn"] in {policy["Arn"] for policy in policies}
