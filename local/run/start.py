"""Starts the servers of `make run` and deploys the rotator."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from local import ROOT
from local.aws.deployment import Deployment, Rotator, deployed_rotators
from local.aws.emulator import LocalAws
from local.aws.fault_proxy import FaultProxy
from local.idp.identity_provider import IdentityProvider
from local.process import ports
from local.process.ports import LOOPBACK, PortSetting, PortTaken, claim
from local.run.system import LocalSystem

CONFIG: Final = ROOT / "local" / "rotators.toml"


class Failed(Exception):
    """The run failed. The message is for people, instead of a traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The start of a system, which ends with the exit stack."""

    stack: ExitStack
    environment: Mapping[str, str]
    say: Callable[[str], None]
    remaining_seconds: Callable[[], float | None]
    """For a command of the CDK. None: as long as it takes."""

    def system(self) -> LocalSystem:
        """Starts everything and stores a service account. Raises Failed and the parts' errors."""
        idp_port = ports.IDENTITY_PROVIDER.read(self.environment)
        aws_port = ports.LOCAL_AWS.read(self.environment)
        idp = self._identity_provider(idp_port)
        directory = Path(tempfile.mkdtemp(prefix="token-rotator-"))
        self.stack.callback(shutil.rmtree, directory, ignore_errors=True)
        aws, proxy = self._aws(aws_port, directory)
        rotator, template = self._deploy(aws, directory / "cdk")
        stored_at = datetime.now(UTC)
        account = idp.new_service_account()
        aws.client("secretsmanager").put_secret_value(
            SecretId=rotator.secret_arn, SecretString=account.as_downloaded()
        )
        self.say("The service account is stored. That event invokes the function.")
        return LocalSystem(
            idp=idp,
            aws=aws,
            proxy=proxy,
            rotator=rotator,
            template=template,
            account=account,
            key_stored_at=stored_at,
        )

    def _identity_provider(self, port: int) -> IdentityProvider:
        with explain_port_taken(ports.IDENTITY_PROVIDER):
            idp = self.stack.enter_context(IdentityProvider(port=port))
        self.say(f"The stand-in identity provider is at {idp.issuer}.")
        return idp

    def _aws(self, port: int, directory: Path) -> tuple[LocalAws, FaultProxy]:
        proxy_port = claim(0)
        through_proxy = f"http://{LOOPBACK}:{proxy_port}"
        with explain_port_taken(ports.LOCAL_AWS):
            aws = self.stack.enter_context(
                LocalAws(directory=directory, port=port, function_endpoint_url=through_proxy)
            )
        self.say(f"The local AWS is at {aws.endpoint_url}.")
        proxy = FaultProxy(port=proxy_port, upstream_url=aws.endpoint_url, directory=directory)
        return aws, self.stack.enter_context(proxy)

    def _deploy(self, aws: LocalAws, directory: Path) -> tuple[Rotator, Mapping[str, Any]]:
        deployment = Deployment(
            aws, config=CONFIG, directory=directory, remaining_seconds=self.remaining_seconds
        )
        self.say("cdk bootstrap, cdk synth (longer the first time) ...")
        deployment.prepare()
        self.say("cdk deploy ...")
        outputs = deployment.deploy()
        rotator = next(deployed_rotators(aws, config=CONFIG, outputs=outputs))
        return rotator, deployment.template()


@contextmanager
def explain_port_taken(setting: PortSetting) -> Iterator[None]:
    """Names the variable that chooses another port. Raises Failed."""
    try:
        yield
    except PortTaken as error:
        raise Failed(
            f"Port {error.port}, for the {setting.service}, is in use; "
            f"choose another one: {setting.name}={error.port + 1} make run"
        ) from error
