"""Deployment of CDK apps to the local AWS with the CDK CLI."""

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from local import ROOT
from local.aws.emulator import LocalAws
from local.process import environment
from local.process.tethered import Tethered
from token_rotator.contract import StackOutput, output_of
from token_rotator_cdk import jsii
from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.cache import BundlingFailed
from token_rotator_cdk.bundle.targets import THIS_MACHINE

CDK: Final = ROOT / "node_modules" / ".bin" / "cdk"
_QUIET: Final = ("--no-notices", "--no-version-reporting", "--no-color")


class DeploymentFailed(Exception):
    """A CDK command failed. The message ends with the command's last output."""


class Deployment:
    """A configuration or another CDK app that is deployed to the local AWS and destroyed again."""

    def __init__(
        self,
        aws: LocalAws,
        *,
        config: Path | None = None,
        app: Path = ROOT,
        command: str | None = None,
        context: Mapping[str, str | Path] = MappingProxyType({}),
        directory: Path,
        remaining_seconds: Callable[[], float | None] = lambda: None,
        bootstrap: Sequence[str] = (),
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Does not run a command yet.

        ``directory`` is for the cloud assembly and the commands' output, ``config`` is a
        `rotators.toml`, and ``app`` is a directory with a cdk.json, whose command ``command``
        replaces. ``bootstrap`` are options of `cdk bootstrap`, and ``variables`` are added to the
        environment of all commands.
        """
        self._aws = aws
        self._app = app
        self._command = ("--app", command) if command else ()
        self._context = {**context, **({"local": "true", "config": config} if config else {})}
        self._directory = directory
        self._remaining_seconds = remaining_seconds
        self._bootstrap = bootstrap
        self._variables = variables
        self._assembly = directory / "cdk.out"

    def prepare(self) -> None:
        """Bootstraps the account and synthesizes the stacks, in parallel."""
        target = f"aws://{environment.ACCOUNT}/{environment.REGION}"
        with self._start("bootstrap", target, *self._bootstrap) as bootstrap:
            self.synthesize()
            self._finish("bootstrap", bootstrap)

    def synthesize(self) -> None:
        """Writes the cloud assembly. Use it instead of ``prepare`` in a bootstrapped account."""
        if self._context.get("local") == "true":
            # here, because pip may need settings of the developer that the CDK does not get
            try:
                function_bundle(THIS_MACHINE)
            except BundlingFailed as error:
                raise DeploymentFailed(str(error)) from None
        given = [
            word for name, value in self._context.items() for word in ("-c", f"{name}={value}")
        ]
        self._run("synth", "--quiet", *self._command, *given, "--output", self._assembly)

    def template(self) -> dict[str, Any]:
        """The synthesized template of an app with one stack."""
        (file,) = self._assembly.glob("*.template.json")
        template: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return template

    def deploy(self) -> dict[str, str]:
        """Deploys and returns the outputs of all stacks. Equal names get the last stack's value."""
        outputs = self._directory / "outputs.json"
        self._run(
            "deploy", "--all", "--app", self._assembly, "--require-approval", "never",
            "--method", "direct", "--progress", "events", "--outputs-file", outputs,
        )  # fmt: skip
        by_stack = json.loads(outputs.read_text(encoding="utf-8"))
        return {
            str(name): str(value)
            for by_output in by_stack.values()
            for name, value in by_output.items()
        }

    def diff(self) -> None:
        """Compares the stacks with what is deployed."""
        self._run("diff", "--app", self._assembly)

    def destroy(self) -> None:
        """Destroys the stacks."""
        self._run("destroy", "--all", "--force", "--app", self._assembly)

    def _run(self, verb: str, *arguments: str | Path) -> None:
        with self._start(verb, *arguments) as command:
            self._finish(verb, command)

    def _start(self, verb: str, *arguments: str | Path) -> Tethered:
        if not CDK.exists():
            raise DeploymentFailed("The CDK command line is not installed; run `make setup`.")
        self._directory.mkdir(parents=True, exist_ok=True)
        return Tethered(
            [CDK, verb, *arguments, *_QUIET],
            environment={
                **environment.minimal(os.environ, temporary=self._directory),
                **self._aws.client_environment(),
                # so that `python3` in a cdk.json has the CDK library
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "CDK_HOME": str(self._directory / "home"),
                "CDK_DISABLE_CLI_TELEMETRY": "true",
                "CDK_DISABLE_VERSION_CHECK": "true",
                # half of the time of a synthesis; `make synth` and `make deploy` do validate
                "CDK_VALIDATION": "false",
                **jsii.ENVIRONMENT,
                "NODE_NO_WARNINGS": "1",
                "CI": "true",
                **self._variables,
            },
            output=self._directory / f"{verb}.log",
            # other commands run outside of the app: `bootstrap` would synthesize it again
            working_directory=self._app if verb == "synth" else self._directory,
        )

    def _finish(self, verb: str, command: Tethered) -> None:
        started = time.monotonic()
        try:
            code = command.wait(self._remaining_seconds())
        except subprocess.TimeoutExpired:
            waited = time.monotonic() - started
            raise DeploymentFailed(
                f"`cdk {verb}` did not end within {waited:.0f} seconds. Its last output:\n"
                f"{command.last_output()}"
            ) from None
        if code != 0:
            raise DeploymentFailed(f"`cdk {verb}` failed:\n{command.last_output()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotator:
    """The names of a deployed rotator's resources."""

    name: str
    function_name: str
    parameter_name: str
    secret_arn: str
    log_group: str


def deployed_rotators(
    aws: LocalAws, *, config: Path, outputs: Mapping[str, str]
) -> Iterator[Rotator]:
    """The deployed rotators, in the order of the configuration file."""
    functions = aws.client("lambda")
    for name in tomllib.loads(config.read_text(encoding="utf-8"))["rotators"]:
        function_name = outputs[output_of(name, StackOutput.FUNCTION_NAME)]
        function = functions.get_function_configuration(FunctionName=function_name)
        yield Rotator(
            name=name,
            function_name=function_name,
            parameter_name=outputs[output_of(name, StackOutput.PARAMETER_NAME)],
            secret_arn=outputs[output_of(name, StackOutput.SECRET_ARN)],
            log_group=function["LoggingConfig"]["LogGroup"],
        )
