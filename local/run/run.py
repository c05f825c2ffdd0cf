"""The steps of `make run`: start the servers, deploy the stack, show the rotator's work."""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from local import ROOT
from local.aws.deployment import Deployment, DeploymentFailed, Rotator, deployed_rotators
from local.aws.emulator import LocalAws, LocalAwsFailed
from local.idp.identity_provider import IdentityProvider
from local.process import ports
from local.process.environment import CREDENTIALS, REGION
from local.process.ports import PortSetting, PortTaken, PortUnusable
from local.run.consumer import Consumer
from local.run.state import Observer, Snapshot
from local.run.view import View
from token_rotator_cli.deployment.rotation_log import RotationLog

CONFIG: Final = ROOT / "local" / "rotators.toml"
ONCE_SECONDS: Final = 180
_INTERVAL_SECONDS: Final = 1.0


class Failed(Exception):
    """The run failed. The message is for people, instead of a traceback."""


class Run:
    """One run of `make run`."""

    def __init__(
        self,
        console: Console,
        environment: Mapping[str, str],
        *,
        once: bool,
        seconds: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._console = console
        self._environment = environment
        self._once = once
        self._seconds, self._sleep = seconds, sleep
        self._started = seconds()

    def run(self) -> None:
        """Runs until Ctrl-C, or with ``once`` until a consumer has used a token.

        Raises Failed. All started processes have ended when it returns or raises.
        """
        with ExitStack() as stack:
            # a second Ctrl-C must not interrupt the cleanup after the first one
            stack.callback(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))
            try:
                self._run(stack)
            except (PortUnusable, DeploymentFailed, LocalAwsFailed) as error:
                raise Failed(str(error)) from error
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _run(self, stack: ExitStack) -> None:
        aws_port = ports.LOCAL_AWS.read(self._environment)
        idp_port = ports.IDENTITY_PROVIDER.read(self._environment)
        with _naming(ports.IDENTITY_PROVIDER):
            idp = stack.enter_context(IdentityProvider(port=idp_port))
        self._say(f"The stand-in identity provider is at {idp.issuer}.")
        directory = Path(tempfile.mkdtemp(prefix="token-rotator-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        with _naming(ports.LOCAL_AWS):
            aws = stack.enter_context(LocalAws(directory=directory, port=aws_port))
        self._say(f"The local AWS is at {aws.endpoint_url}.")

        rotator = self._deploy(aws, directory / "cdk")
        stored_at = datetime.now(UTC)
        account = idp.new_service_account()
        aws.client("secretsmanager").put_secret_value(
            SecretId=rotator.secret_arn, SecretString=account.as_downloaded()
        )
        self._say("The service account is stored; that event alone makes the function run.")
        observer = Observer(
            consumer=Consumer(
                aws.client("ssm"),
                parameter_name=rotator.parameter_name,
                resource=idp.api("reports"),
            ),
            log=RotationLog(aws.client("logs"), log_group=rotator.log_group),
            key_stored_at=stored_at,
        )
        if self._once:
            self._await_first_use(observer, rotator)
            return
        self._console.print(_hint(aws, rotator), markup=False, highlight=False, soft_wrap=True)
        with suppress(KeyboardInterrupt):  # the usual way to end it
            View(self._console, parameter_name=rotator.parameter_name).show(
                _snapshots(observer, aws)
            )
        self._say("Stopping everything.")

    def _deploy(self, aws: LocalAws, directory: Path) -> Rotator:
        deployment = Deployment(
            aws, config=CONFIG, directory=directory, remaining_seconds=self._remaining_seconds
        )
        self._say("cdk bootstrap, cdk synth (longer the first time) ...")
        deployment.prepare()
        self._say("cdk deploy ...")
        outputs = deployment.deploy()
        return next(deployed_rotators(aws, config=CONFIG, outputs=outputs))

    def _await_first_use(self, observer: Observer, rotator: Rotator) -> None:
        while self._elapsed() < ONCE_SECONDS:
            seen = observer.observe(datetime.now(UTC))
            if seen.published is not None and seen.reads_that_worked:
                self._console.print(
                    f"A consumer read {rotator.parameter_name} (version {seen.published.version}) "
                    f"and used the token {seen.published.token_fingerprint} on the protected "
                    f"resource, {self._elapsed():.1f} seconds after the start.",
                    soft_wrap=True,
                    highlight=False,
                )
                return
            self._sleep(0.2)
        raise Failed(
            f"No working token was in {rotator.parameter_name} within {ONCE_SECONDS} seconds. "
            f"{observer.reason_for_no_token()}"
        )

    def _remaining_seconds(self) -> float | None:
        return max(0.0, ONCE_SECONDS - self._elapsed()) if self._once else None

    def _elapsed(self) -> float:
        return self._seconds() - self._started

    def _say(self, text: str) -> None:
        self._console.print(
            f"{self._elapsed():5.1f} s  {text}", markup=False, highlight=False, soft_wrap=True
        )


def _snapshots(observer: Observer, aws: LocalAws) -> Iterator[Snapshot]:
    while aws.alive():
        yield observer.observe(datetime.now(UTC))
        time.sleep(_INTERVAL_SECONDS)
    raise Failed("The local AWS ended unexpectedly.")


@contextmanager
def _naming(setting: PortSetting) -> Iterator[None]:
    try:
        yield
    except PortTaken as taken:
        raise Failed(
            f"Port {taken.port}, for the {setting.serves}, is in use; "
            f"choose another one: {setting.name}={taken.port + 1} make run"
        ) from taken


def _hint(aws: LocalAws, rotator: Rotator) -> str:
    return (
        "\nTo inspect the system:\n"
        f"  export AWS_ENDPOINT_URL={aws.endpoint_url} AWS_REGION={REGION}\n"
        f"  export AWS_ACCESS_KEY_ID={CREDENTIALS} AWS_SECRET_ACCESS_KEY={CREDENTIALS}\n"
        f"  aws ssm get-parameter --with-decryption --name {rotator.parameter_name}\n"
        f"  aws logs tail {rotator.log_group}\n"
        f"  .venv/bin/token-rotator check --config {CONFIG.relative_to(ROOT)}\n"
    )
