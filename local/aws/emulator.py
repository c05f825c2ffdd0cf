"""The local AWS: ministack, which runs in its own virtual environment."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import botocore.session
from botocore.config import Config

from local import ROOT
from local.aws import certificate
from local.process import environment
from local.process.ports import LOOPBACK, claim
from local.process.tethered import Tethered

INTERPRETER: Final = ROOT / ".venv-local-aws" / "bin" / "python"
MAIN: Final = Path(__file__).with_name("ministack_main.py")


class LocalAwsFailed(Exception):
    """The local AWS did not start. The message ends with its last output."""


class LocalAws:
    """A running local AWS. Its state is in memory and in one directory, which is removed."""

    def __init__(
        self,
        *,
        directory: Path,
        port: int = 0,
        schedule_speedup: float = 1,
        function_endpoint_url: str | None = None,
        record_calls: bool = False,
        enforce_iam: bool = False,
    ) -> None:
        """Starts the local AWS.

        ``directory`` is created, and removed at the end in any case. Port 0 means any free port.
        Functions call AWS at ``function_endpoint_url`` (default: this one). With ``record_calls``,
        CloudTrail's LookupEvents returns the calls. With ``enforce_iam``, functions have the
        permissions of their roles, ``client`` has all permissions, and connections use TLS.
        Raises PortTaken and LocalAwsFailed.
        """
        self._port = claim(port)
        self._clients: dict[str, Any] = {}
        if not INTERPRETER.exists():
            raise LocalAwsFailed("The local AWS is not installed; run `make setup`.")
        directory.mkdir(parents=True, exist_ok=True)
        tls = certificate.for_loopback(directory) if enforce_iam else None
        self.endpoint_url: Final = f"{'https' if tls else 'http'}://{LOOPBACK}:{self._port}"
        self.trusted: Final = tls.certificate if tls else None
        """The certificate that clients have to trust. None without TLS."""
        self._process = Tethered(
            [INTERPRETER, "-P", MAIN],
            environment={
                **environment.minimal(os.environ, temporary=directory),
                "BIND_HOST": LOOPBACK,
                "GATEWAY_PORT": str(self._port),
                "MINISTACK_HOST": LOOPBACK,
                "MINISTACK_REGION": environment.REGION,
                "MINISTACK_ACCOUNT_ID": environment.ACCOUNT,
                "IOT_MTLS_ENABLED": "0",
                "SFTP_ENABLED": "0",
                "S3_DATA_DIR": str(directory / "s3"),
                "STATE_DIR": str(directory / "state"),
                "DOCKER_HOST": f"unix://{directory}/no-docker",
                "LOG_LEVEL": "INFO",
                "PYTHONDONTWRITEBYTECODE": "1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "SCHEDULE_SPEEDUP": str(schedule_speedup),
                "CLOUDTRAIL_RECORDING": str(int(record_calls)),
                # Lambda sets this for functions, and SDKs send it in the user agent
                "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
                **(environment.iam_enforcement(*tls) if tls else {}),
                # ministack passes this to the functions
                "AWS_ENDPOINT_URL": function_endpoint_url or self.endpoint_url,
            },
            output=directory / "ministack.log",
            working_directory=directory,
            owned_directory=directory,
        )
        try:
            self._await_health()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the local AWS and its child processes, and removes its directory."""
        self._process.stop()

    def client(self, service: str) -> Any:
        """A client of the local AWS. The developer's AWS settings have no effect on it."""
        if service not in self._clients:  # creating a client takes longer than most calls
            self._clients[service] = self.new_client(service)
        return self._clients[service]

    def new_client(
        self,
        service: str,
        *,
        access_key: str = environment.CREDENTIALS,
        secret_key: str = environment.CREDENTIALS,
        session_token: str | None = None,
    ) -> Any:
        """A client with the given credentials."""
        session = botocore.session.Session(
            # keys of botocore.configprovider; a profile that does not exist would be an error
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        return session.create_client(
            service,
            region_name=environment.REGION,
            endpoint_url=self.endpoint_url,
            verify=str(self.trusted) if self.trusted else None,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=session_token,
            # an invocation may last as long as contract.FUNCTION_TIMEOUT_SECONDS, after its start
            config=Config(proxies={}, connect_timeout=10, read_timeout=120),
        )

    def client_environment(self) -> dict[str, str]:
        """Variables with which AWS clients in a subprocess use this AWS, with all permissions."""
        return environment.aws_client(self.endpoint_url, trusted=self.trusted)

    def is_running(self) -> bool:
        """Whether the process is running."""
        return self._process.exit_code() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _await_health(self) -> None:
        url = f"{self.endpoint_url}/_ministack/health"
        if not self._process.wait_until_serving(url, trusted=self.trusted):
            raise LocalAwsFailed(f"The local AWS did not start:\n{self._process.last_output()}")
