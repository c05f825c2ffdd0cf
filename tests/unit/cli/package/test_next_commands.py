"""The commands that `package` shows, for whoever copies them into a shell."""

from pathlib import Path
from typing import Any

import pytest

from token_rotator_cdk.config.places import Place
from token_rotator_cdk.package.place import PackagePlace
from token_rotator_cli.package.files import TemplateFile, ZipFile
from token_rotator_cli.package.next_commands import next_commands

ANYWHERE = Place(region=None, account=None)
ZIP = ZipFile(file=Path("package/abc.zip"), size=6_000_000, unpacked=18_000_000)


def a_template(**changes: Any) -> TemplateFile:
    given = {
        "stack": "tokens",
        "file": Path("package/tokens.template.json"),
        "place": ANYWHERE,
        "size": 36_000,
        "capability": "CAPABILITY_IAM",
        "parameters": {},
    }
    return TemplateFile(**{**given, **changes})


def shown(template: TemplateFile, bucket: str = "acme", prefix: str = "") -> list[str]:
    return next_commands([template], [ZIP], PackagePlace(bucket=bucket, prefix=prefix))


def test_upload_deploy_and_store_a_key():
    deploy = (
        "aws cloudformation deploy --stack-name tokens "
        "--template-file package/tokens.template.json --capabilities CAPABILITY_IAM"
    )

    assert shown(a_template(), prefix="token-rotator/") == [
        'aws s3 cp package/abc.zip "s3://acme/token-rotator/abc.zip"',
        deploy,
        "token-rotator upload downloaded.txt --stack tokens",
    ]


def test_a_template_that_is_too_long_for_a_request_goes_through_the_bucket():
    template = a_template(size=51_201)

    deploy = shown(template, prefix="token-rotator/")[1]

    assert deploy.endswith('--s3-bucket "acme" --s3-prefix token-rotator')
    assert "more than 51,200" in template.described
    assert "--s3-bucket" not in shown(a_template(size=51_200))[1]


def test_a_region_that_the_file_names_is_the_one_that_is_deployed_to():
    template = a_template(place=Place(region="eu-west-1", account="111122223333"))

    upload, deploy, _ = shown(template, "acme-${AWS::AccountId}-${AWS::Region}")

    assert upload.endswith('"s3://acme-111122223333-eu-west-1/abc.zip"')
    assert deploy.endswith("--region eu-west-1")


def test_what_is_not_known_of_the_bucket_is_asked_of_the_shell():
    upload, *_ = shown(a_template(), "acme-${AWS::AccountId}-${AWS::Region}")

    account = "$(aws sts get-caller-identity --query Account --output text)"
    assert upload.endswith(f'"s3://acme-{account}-$AWS_REGION/abc.zip"')


def test_a_directory_with_a_space_stays_one_word():
    template = a_template(file=Path("my package/tokens.template.json"))

    assert "--template-file 'my package/tokens.template.json'" in shown(template)[1]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (ANYWHERE, "Deploy it to any account, region and partition."),
        (Place(region="eu-west-1", account=None), "eu-west-1 in any account, as set in [stack]"),
        (Place(region=None, account="111122223333"), "any region in account 111122223333"),
        (
            Place(region="eu-west-1", account="111122223333"),
            "eu-west-1 in account 111122223333 only",
        ),
    ],
)
def test_where_a_template_can_go_is_said(place: Place, text: str):
    assert text in a_template(place=place).described
