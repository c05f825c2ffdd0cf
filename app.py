"""From ``rotators.toml`` to stacks. Context: ``config`` (path of the file), ``local`` (true)."""

import sys
from pathlib import Path

import aws_cdk as cdk

from token_rotator_cdk.bundle.cache import BundlingFailed
from token_rotator_cdk.bundle.targets import THIS_MACHINE
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.stack_limits import too_large
from token_rotator_cdk.stack import TokenRotatorStack


def main() -> int:
    """Synthesizes; 1 if the deployment's file is wrong or the bundle cannot be made."""
    app = cdk.App()
    path = Path(app.node.try_get_context("config") or "rotators.toml")
    # -c gives texts, cdk.json gives values
    local = app.node.try_get_context("local") in (True, "true")
    try:
        deployment = load(path, to_deploy=True)
        target = THIS_MACHINE if local else None
        for stack in deployment.by_stack():
            TokenRotatorStack(app, deployment=stack, directory=path.parent, target=target)
    except (ConfigurationIssues, BundlingFailed) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    template_bytes = {
        stack.stack_name: Path(stack.template_full_path).stat().st_size
        for stack in app.synth().stacks
    }
    if issues := [*too_large(deployment, template_bytes)]:
        print(ConfigurationIssues.in_file(path, issues), file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
