"""From ``rotators.toml`` to stacks. Context: ``config`` (path of the file), ``local`` (true)."""

import sys
from pathlib import Path

import aws_cdk as cdk

from infra import ROOT
from infra.asset import function_code
from infra.bundling import BundlingFailed
from infra.config_reading import load
from infra.distribution import too_large
from infra.mistakes import ConfigurationMistakes
from infra.stack import TokenRotatorStack
from infra.targets import LAMBDA, THIS_MACHINE


def main() -> int:
    """Synthesizes; 1 if the deployment's file is wrong or the bundle cannot be made."""
    app = cdk.App()
    path = Path(app.node.try_get_context("config") or ROOT / "rotators.toml")
    # -c gives texts, cdk.json gives values
    local = app.node.try_get_context("local") in (True, "true")
    try:
        deployment = load(path)
        for stack in deployment.by_stack():
            # CDK ties a code object to one stack; the asset is the same, and made once
            code = function_code(THIS_MACHINE if local else LAMBDA)
            TokenRotatorStack(app, deployment=stack, code=code)
    except (ConfigurationMistakes, BundlingFailed) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    template_bytes = {
        stack.stack_name: Path(stack.template_full_path).stat().st_size
        for stack in app.synth().stacks
    }
    if mistakes := [*too_large(deployment, template_bytes)]:
        print(ConfigurationMistakes(path, mistakes), file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
