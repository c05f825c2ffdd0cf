"""A table with another name: what `token-rotator preflight` says, and the recipe that keeps all."""

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


def test_a_renamed_rotator_keeps_parameter_and_secret_by_the_line_that_is_printed(
    system: System, tmp_path: Path
) -> None:
    config = tmp_path / "rotators.toml"
    deployment = Deployment(system.aws, config=config, directory=tmp_path)

    def preflight() -> tuple[int, str]:
        done = subprocess.run(
            [COMMAND, "preflight", "--config", config],
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
    first = preflight()
    before = deploy()
    system.aws.client("secretsmanager").put_secret_value(
        SecretId=before["BeforeSecretArn"],
        SecretString=system.idp.new_service_account().as_downloaded(),
    )
    config.write_text(CONFIG.format(table="after", secret=""))
    refused = preflight()
    line = refused[1].partition("into [rotators.after]: ")[2].partition("}")[0] + "}"
    config.write_text(CONFIG.format(table="after", secret=line))
    accepted = preflight()
    after = deploy()
    answer = system.aws.client("lambda").invoke(
        FunctionName=after["AfterFunctionName"], Payload=b"{}"
    )
    outcome = json.loads(answer["Payload"].read())
    policies = system.aws.client("iam").list_policies(Scope="Local")["Policies"]
    deployment.destroy()

    assert first[0] == accepted[0] == 0, (first, accepted)
    assert refused[0] == 1
    assert "Wrong: losses." in refused[1]
    assert "renamed/before becomes renamed/after, with a new and empty secret" in refused[1]
    assert after["AfterSecretArn"] == before["BeforeSecretArn"]
    assert outcome["outcome"] in ("published", "kept", "superseded"), outcome
    assert before["BeforeReaderPolicyArn"] in {policy["Arn"] for policy in policies}
