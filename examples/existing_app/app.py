"""Another team's CDK app: two rotators, and two workloads that read a token each."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from token_rotator_cdk import IdentityProvider, ReaderLayer, TokenRotator

REPORTS = Path(__file__).parent / "reports"


class Reporting(cdk.Stack):
    """A network, a key and a topic of the team, and what needs the tokens."""

    def __init__(self, scope: cdk.App, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        key = kms.Key(self, "Key", enable_key_rotation=True)
        alarms = sns.Topic(self, "Alarms", master_key=key, enforce_ssl=True)
        api_url = self.node.get_context("api_url")

        marketing = TokenRotator(
            self,
            "Marketing",
            parameter_name="/reporting/marketing/access-token",
            encryption_key=key,
            alarm_topic=alarms,
            vpc=vpc,
        )
        sales = TokenRotator(
            self,
            "Sales",
            parameter_name="/reporting/sales/access-token",
            identity_provider=IdentityProvider.rfc7523(scope="reports.read"),
            token_lifetime=cdk.Duration.minutes(15),
            interval=cdk.Duration.minutes(10),
            encryption_key=key,
            alarm_topic=alarms,
            log_retention=logs.RetentionDays.THREE_MONTHS,
        )
        sales.create_schedules_after(marketing)  # so that they do not fire together

        function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(REPORTS)),
            handler="reports.handle",
            runtime=lambda_.Runtime.PYTHON_3_13,
            timeout=cdk.Duration.seconds(30),
            vpc=vpc,
            layers=[ReaderLayer(self, "Reader")],
            environment={"TOKEN_PARAMETER": marketing.parameter_name, "API_URL": api_url},
        )
        marketing.grant_read(function)

        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container(
            "Reports",
            image=ecs.ContainerImage.from_ecr_repository(
                ecr.Repository.from_repository_name(self, "Image", "reports")
            ),
            command=["python", "reports.py"],
            # not secrets=: ECS would read the token once, when the task starts
            environment={
                "TOKEN_PARAMETER": sales.parameter_name,
                "API_URL": api_url,
                "AWS_DEFAULT_REGION": self.region,
            },
            logging=ecs.LogDrivers.aws_logs(stream_prefix="reports"),
        )
        sales.grant_read(task.task_role)


app = cdk.App()
Reporting(app, "reporting")
app.synth()
