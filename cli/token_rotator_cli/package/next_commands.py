"""The commands to run next: upload, deploy, store a key."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from token_rotator_cdk.config.places import Place
from token_rotator_cdk.package.place import ACCOUNT, REGION, PackagePlace
from token_rotator_cli.package.files import TemplateFile, ZipFile

_SHELL: Final = {
    ACCOUNT: "$(aws sts get-caller-identity --query Account --output text)",
    REGION: "$AWS_REGION",
}
"""Shell replacements for placeholders that the file does not set."""


def next_commands(
    templates: Sequence[TemplateFile], zip_files: Sequence[ZipFile], place: PackagePlace
) -> list[str]:
    """The commands in order, for POSIX shells."""
    buckets = dict.fromkeys(_bucket(place, one.place) for one in templates)
    return [
        *(
            f'aws s3 cp {shlex.quote(str(one.file))} "s3://{bucket}/{place.key(one.file.name)}"'
            for bucket in buckets
            for one in zip_files
        ),
        *(" ".join(_deploy(one, place)) for one in templates),
        *(f"token-rotator upload downloaded.txt --stack {one.stack}" for one in templates),
    ]


def _deploy(template: TemplateFile, place: PackagePlace) -> Iterator[str]:
    yield from ("aws", "cloudformation", "deploy", "--stack-name", template.stack)
    yield from ("--template-file", shlex.quote(str(template.file)))
    yield from ("--capabilities", template.capability)
    if not template.fits_inline:
        yield from ("--s3-bucket", f'"{_bucket(place, template.place)}"')
        if place.prefix:
            # the AWS CLI appends a slash
            yield from ("--s3-prefix", shlex.quote(place.prefix.rstrip("/")))
    if template.place.region:
        yield from ("--region", template.place.region)


def _bucket(place: PackagePlace, target: Place) -> str:
    bucket = place.bucket
    for placeholder, known in ((ACCOUNT, target.account), (REGION, target.region)):
        bucket = bucket.replace(placeholder, known or _SHELL[placeholder])
    return bucket
