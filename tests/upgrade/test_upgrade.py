"""The last release on a local AWS becomes this checkout and goes back, while consumers read.

CloudFormation alone deploys both: the templates are packages, which hold what the CDK deploys. The
released zip file is built of the recorded sources and pins. IAM is enforced.
"""

import json
from collections.abc import Iterator

import pytest

from local.aws.emulator import LocalAws
from local.followed_log import FollowedLog
from local.idp.identity_provider import IdentityProvider
from local.observation.consumer import Consumer
from local.process import environment
from tests.e2e.conftest import SPEEDUP
from tests.support.principals import workload
from tests.support.system import eventually
from tests.upgrade.polling import Polling
from tests.upgrade.release import BUCKET, FUNCTION_KEY, LAYER_KEY, Release, package
from tests.upgrade.stack import Stack, Version
from token_rotator.contract import Outcome, StackOutput
from token_rotator_cdk.bundle.build import function_bundle, reader_bundle
from token_rotator_cdk.bundle.targets import THIS_MACHINE
from token_rotator_cli.deployment.rotation_log import LoggedRotation


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    directory = tmp_path_factory.mktemp("upgraded-aws")
    with LocalAws(directory=directory, schedule_speedup=SPEEDUP, enforce_iam=True) as running:
        running.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": environment.REGION}
        )
        yield running


def put(aws: LocalAws, key: str, content: bytes) -> str:
    """The address of the object."""
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
    return f"{aws.endpoint_url}/{BUCKET}/{key}"


@pytest.fixture(scope="module")
def released(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Version:
    release = Release.recorded()
    sources = release.unpack(tmp_path_factory.mktemp("released"))
    function = function_bundle(THIS_MACHINE, sources).file
    put(aws, FUNCTION_KEY, function.read_bytes())
    put(aws, LAYER_KEY, reader_bundle(sources).file.read_bytes())
    url = put(aws, "released.json", json.dumps(release.template).encode())
    return Version(template=release.template, url=url, function=function)


@pytest.fixture(scope="module")
def checkout(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Version:
    written = package(tmp_path_factory.mktemp("package"), prefix="checkout/")
    (file,) = written.templates.values()
    template = json.loads(file.read_text(encoding="utf-8"))
    function = function_bundle(THIS_MACHINE).file
    of_functions = {
        one["Properties"]["Code"]["S3Key"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Lambda::Function"
    }
    for one in written.zip_files:
        key = f"checkout/{one.name}"
        put(aws, key, (function if key in of_functions else one).read_bytes())
    url = put(aws, "checkout.json", file.read_bytes())
    return Version(template=template, url=url, function=function)


@pytest.fixture(scope="module")
def stack(aws: LocalAws, idp: IdentityProvider, released: Version) -> Stack:
    """The release, with a key."""
    deployed = Stack(aws, released)
    aws.client("secretsmanager").put_secret_value(
        SecretId=deployed.output(StackOutput.SECRET_ARN),
        SecretString=idp.new_service_account().as_downloaded(),
    )
    eventually(deployed.rotates, what="the first token")
    return deployed


@pytest.fixture(scope="module")
def consumer(aws: LocalAws, idp: IdentityProvider, stack: Stack) -> Consumer:
    """With a role that has the reader policy of the release, and nothing else."""
    policy = stack.output(StackOutput.READER_POLICY_ARN)
    ssm = workload(aws, "consumer-over-the-upgrade", policy_arn=policy)("ssm")
    return Consumer(
        ssm, parameter_name=stack.output(StackOutput.PARAMETER_NAME), resource=idp.api("reports")
    )


def failed(log: FollowedLog) -> list[LoggedRotation]:
    return [one for one in log.new_rotations() if one.outcome == Outcome.FAILED]


def become(version: Version, stack: Stack, consumer: Consumer) -> Polling:
    """Updates the stack while the consumer uses tokens, at last one of the other version."""
    with Polling(consumer=consumer) as polling:
        polling.use_some()
        stack.become(version)
        polling.use_some()
        before = polling.version()
        eventually(stack.rotates, what="a token of the other version")
        eventually(lambda: polling.version() > before or None, what="that token for consumers")
        polling.use_some()
    return polling


def test_consumers_have_a_valid_token_all_the_time_and_nothing_that_is_held_is_lost(
    released: Version, checkout: Version, stack: Stack, consumer: Consumer
):
    """On the way to this checkout, and then on the way back."""
    held_before, stored_before = stack.held(released), stack.stored()
    layer_before = stack.outputs[StackOutput.READER_LAYER_ARN]
    log = stack.log()

    for version in (checkout, released):
        log.new_rotations()
        polling = become(version, stack, consumer)

        assert polling.without_a_valid_token == []
        assert failed(log) == []
        assert stack.code_sha256() == version.code_sha256
        assert stack.held(released) == held_before
        assert stack.stored() == stored_before
        assert stack.has_layer(layer_before)
