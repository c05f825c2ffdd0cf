"""The S3 location of a package's zip files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.config.rules.bootstrap import AssetsBucket, AssetsPrefix
from token_rotator_cdk.config.rules.rule import rule_of

BUCKET_PARAMETER: Final = "AssetsBucketName"
BUCKET_DESCRIPTION: Final = "Bucket with the zip files, in the stack's region."
ACCOUNT: Final = "${AWS::AccountId}"
REGION: Final = "${AWS::Region}"
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePlace:
    """A bucket, and the prefix of the zip files' keys."""

    bucket: str
    """May contain ``${AWS::AccountId}`` and ``${AWS::Region}``."""
    prefix: str = ""

    @property
    def bucket_is_a_parameter(self) -> bool:
        """False for a name with placeholders, which a parameter's default cannot contain."""
        return "${" not in self.bucket

    def key(self, name: str) -> str:
        """The key of a file in the bucket."""
        return f"{self.prefix}{name}"

    def issues(self) -> Iterator[ConfigIssue]:
        """Issues that S3 or CloudFormation would report."""
        fix = rule_of(AssetsBucket).fix(self.bucket)
        if fix or set(_PLACEHOLDER.findall(self.bucket)) - {ACCOUNT, REGION}:
            fix = (
                f"write the bucket's name, not its ARN: lowercase letters, digits, . -, {ACCOUNT} "
                f"and {REGION}"
            )
            yield ConfigIssue(key="--bucket", value=shown(self.bucket), fix=fix)
        if self.prefix and (rule_of(AssetsPrefix).fix(self.prefix) or "${" in self.prefix):
            fix = "write a prefix such as token-rotator/, without a leading slash"
            yield ConfigIssue(key="--prefix", value=shown(self.prefix), fix=fix)
