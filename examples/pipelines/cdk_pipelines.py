"""CDK Pipelines: a pipeline in AWS that deploys the rotators to one account after the other.

``npx cdk deploy --app ".venv/bin/python examples/pipelines/cdk_pipelines.py"`` creates it, once.
From then on it deploys every commit, changes of itself included. See docs/deploy/pipelines.md.
"""

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import pipelines
from constructs import Construct

from token_rotator_cdk.config.load import load
from token_rotator_cdk.stack import TokenRotatorStack

CHECKOUT = Path(__file__).parents[2]
REPOSITORY, BRANCH = "example/token-rotator", "main"
CONNECTION = (
    "arn:aws:codeconnections:eu-west-1:111122223333:connection/00000000-0000-0000-0000-000000000000"
)
TOOLS = cdk.Environment(account="111122223333", region="eu-west-1")
"""Where the pipeline itself is."""

APP = ".venv/bin/python examples/pipelines/cdk_pipelines.py"
SYNTH = f'npx --no-install cdk synth --quiet --app "{APP}"'


class Rotators(cdk.Stage):
    """The stacks of one ``rotators.toml``; its ``account`` and ``region`` say where they go."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Path) -> None:
        super().__init__(scope, construct_id)
        for deployment in load(config).by_stack():
            TokenRotatorStack(self, deployment=deployment)


class Pipeline(cdk.Stack):
    """The account for tests first, and production after somebody has approved it."""

    def __init__(self, scope: Construct, *, configs: Path = CHECKOUT / "pipeline") -> None:
        super().__init__(scope, "TokenRotatorPipeline", env=TOOLS)
        versions = json.loads((CHECKOUT / "package.json").read_text(encoding="utf-8"))
        languages = {"python": "3.13", "nodejs": "22"}
        pipeline = pipelines.CodePipeline(
            self,
            "Pipeline",
            cross_account_keys=True,  # other accounts read the artifacts
            cli_version=versions["devDependencies"]["aws-cdk"],
            synth=pipelines.ShellStep(
                "Synth",
                input=pipelines.CodePipelineSource.connection(
                    REPOSITORY, BRANCH, connection_arn=CONNECTION
                ),
                commands=["make tools", SYNTH],
            ),
            code_build_defaults=pipelines.CodeBuildOptions(
                build_environment=codebuild.BuildEnvironment(
                    build_image=codebuild.LinuxBuildImage.STANDARD_7_0, privileged=False
                ),
                partial_build_spec=codebuild.BuildSpec.from_object(
                    {"phases": {"install": {"runtime-versions": languages}}}
                ),
            ),
        )
        pipeline.add_stage(Rotators(self, "Test", config=configs / "test.toml"))
        pipeline.add_stage(
            Rotators(self, "Production", config=configs / "production.toml"),
            pre=[pipelines.ManualApprovalStep("Approve")],
        )


if __name__ == "__main__":
    app = cdk.App()
    Pipeline(app)
    app.synth()
