"""boto3's own clients take what the steps ask for, and answer what they read."""

import json
from pathlib import Path

import pytest
from moto import mock_aws

from tests.unit.cli.preflight.conftest import written
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws

POLICY = {"Effect": "Allow", "Action": "*", "Resource": "*"}

MOTO_LACKS = {"concurrency", "code_storage"}
"""It has no GetAccountSettings; tests/e2e has."""


def test_the_walk_is_one_of_boto3(
    clients: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = Aws(region="eu-west-1")
        vars(aws).update(clients)
        key = aws.keys.create_key()["KeyMetadata"]["Arn"]
        topic = aws.topics.create_topic(Name="alarms")["TopicArn"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [POLICY]})
        boundary = aws.iam.create_policy(PolicyName="boundary", PolicyDocument=document)
        secret = aws.secrets.create_secret(Name="theirs", SecretString="{}", KmsKeyId=key)
        aws.parameters.put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
        )
        aws.parameters.put_parameter(
            Name="/marketing/token",
            Value="x",
            Type="SecureString",
            Tags=[{"Key": "token-rotator", "Value": "tokens/marketing"}],
        )
        file = written(
            tmp_path,
            f"""
            [stack]
            name = "tokens"
            alarm_topic_arn = "{topic}"
            permissions_boundary = "{boundary["Policy"]["Arn"]}"

            [rotators.marketing]
            parameter_name = "/marketing/token"
            secret = {{ arn = "{secret["ARN"]}", key_arn = "{key}" }}

            [rotators.sales]
            parameter_name = "/sales/token"
            """,
        )

        code = main(["preflight", "--json", "--config", str(file)], connect=lambda **_: aws)

    steps = json.loads(capsys.readouterr().out)["steps"]
    assert code == 0
    assert {one["step"]: one["message"] for one in steps if one["result"] != "ok"}.keys() == (
        MOTO_LACKS
    )
