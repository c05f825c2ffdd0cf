"""What `token-rotator try --probe` writes for five identity providers, deployed as one stack."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from local.aws.deployment import Deployment, deployed_rotators
from local.observation.consumer import Consumer
from local.process import environment
from tests.support.certified_provider import needs_oidc_provider
from tests.support.probed_servers import SERVERS, Case
from tests.support.system import System, eventually

pytestmark = needs_oidc_provider

COMMAND: Final = Path(sys.executable).with_name("token-rotator")
STACK: Final = "probed"
TABLES: Final = {name: name.replace(",", "").replace(" ", "-") for name in SERVERS}
"""Provider → the name of its rotator."""


def before_the_probe() -> str:
    """What a person knows who has the key, and nothing else."""
    named = "".join(
        f'[rotators.{one}]\nparameter_name = "/{STACK}/{one}/access-token"\n'
        for one in TABLES.values()
    )
    return f'[stack]\nname = "{STACK}"\n{named}'


def probed(case: Case, table: str, directory: Path) -> str:
    """The file that the command writes, without the table of the stack."""
    file = directory / f"{table}.txt"
    file.write_text(case.account.as_downloaded())
    done = subprocess.run(
        [COMMAND, "try", file, table, "--config", directory / "before.toml", "--probe"],
        env=environment.minimal(os.environ, temporary=directory),
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, table_of_rotators, rotator = done.stdout.partition("[rotators.")
    assert tomllib.loads(before) == {"stack": {"name": STACK}}
    return table_of_rotators + rotator


@pytest.fixture(scope="module")
def consumers(
    deployed: System, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Consumer]]:
    """One for each provider. It reads the parameter, and asks the provider's own API."""
    aws, directory = deployed.aws, tmp_path_factory.mktemp("probed")
    (directory / "before.toml").write_text(before_the_probe())
    with ExitStack() as stack:
        cases = {table: SERVERS[name](stack) for name, table in TABLES.items()}
        written = [probed(case, table, directory) for table, case in cases.items()]
        config = directory / "rotators.toml"
        config.write_text("\n".join([f'[stack]\nname = "{STACK}"\n', *written]))
        deployment = Deployment(aws, config=config, directory=directory)
        deployment.synthesize()
        outputs = deployment.deploy()
        rotators = {one.name: one for one in deployed_rotators(aws, config=config, outputs=outputs)}
        for table, case in cases.items():
            aws.client("secretsmanager").put_secret_value(
                SecretId=rotators[table].secret_arn, SecretString=case.account.as_downloaded()
            )
        yield {
            name: Consumer(
                aws.client("ssm"),
                parameter_name=rotators[table].parameter_name,
                resource=cases[table].server.api("reports"),
            )
            for name, table in TABLES.items()
        }
        aws.client("cloudformation").delete_stack(StackName=STACK)  # quicker than the CDK


@pytest.mark.parametrize("name", SERVERS)
def test_a_consumer_uses_a_token_of_the_deployed_function(
    consumers: Mapping[str, Consumer], name: str
) -> None:
    eventually(lambda: consumers[name].use().worked or None, what="the first token")
