"""The deployed rotators, from the stack's outputs and the functions' configuration."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.aws.emulator import LocalAws
from token_rotator.contract import StackOutput, output_of


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
