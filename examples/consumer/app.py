"""A CDK app with one function that reads the token and calls the API with it.

Its four settings come from context (-c name=value): three outputs of the rotator's stack, and the
URL of the API.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

HANDLER = Path(__file__).parent / "function" / "handler.py"


class Consumer(cdk.Stack):
    """A function whose role has the rotator's reader policy and may write its own log group."""

    def __init__(self, scope: cdk.App, name: str) -> None:
        super().__init__(scope, name)
        log_group = logs.LogGroup(
            self,
            "LogGroup",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_managed_policy_arn(
                    self, "ReaderPolicy", self._given("reader_policy_arn")
                )
            ],
        )
        log_group.grant_write(role)
        function = lambda_.Function(
            self,
            "Function",
            # in the template, as index.py: a directory would be packed with the modes that it has,
            # and after a clone under umask 077 Lambda could not read it
            code=lambda_.Code.from_inline(HANDLER.read_text(encoding="utf-8")),
            handler="index.handle",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            timeout=cdk.Duration.seconds(30),
            role=role,
            log_group=log_group,
            layers=[
                lambda_.LayerVersion.from_layer_version_arn(
                    self, "ReaderLayer", self._given("reader_layer_arn")
                )
            ],
            environment={
                "TOKEN_PARAMETER": self._given("parameter_name"),
                "API_URL": self._given("api_url"),
            },
        )
        cdk.CfnOutput(self, "FunctionName", value=function.function_name)

    def _given(self, name: str) -> str:
        value = self.node.try_get_context(name)
        if not value:
            raise SystemExit(f"The context value {name} is missing: pass -c {name}=... (README.md)")
        return str(value)


app = cdk.App()
Consumer(app, "token-consumer")
app.synth()
