"""The written files, and whether they are within the limits of CloudFormation and Lambda."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.places import Place
from token_rotator_cdk.config.stack_limits import MAX_TEMPLATE_BYTES
from token_rotator_cdk.package.place import PackagePlace

MAX_INLINE_BYTES: Final = 51_200
"""Maximum size of a template in a request. A longer one must be in S3.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

MAX_UNZIPPED_BYTES: Final = 250 * 1024 * 1024
"""Maximum unzipped size of a function with its layers, the only limit for a zip file in S3.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

_NAMED: Final = frozenset({"RoleName", "ManagedPolicyName"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """The template of one stack."""

    stack: str
    file: Path
    place: Place
    size: int
    capability: str
    parameters: Mapping[str, str]
    """Descriptions of the parameters by name."""

    @classmethod
    def of(cls, deployment: Deployment, file: Path) -> Self:
        """Describes the file written for a stack."""
        content = file.read_bytes()
        template = json.loads(content)
        resources = template["Resources"].values()
        has_names = any(_NAMED & one.get("Properties", {}).keys() for one in resources)
        return cls(
            stack=deployment.stack.name,
            file=file,
            place=deployment.stack.place,
            size=len(content),
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
            capability="CAPABILITY_NAMED_IAM" if has_names else "CAPABILITY_IAM",
            parameters=MappingProxyType(
                {name: one["Description"] for name, one in template.get("Parameters", {}).items()}
            ),
        )

    @property
    def fits_inline(self) -> bool:
        """Whether a request may contain it."""
        return self.size <= MAX_INLINE_BYTES

    @property
    def described(self) -> str:
        """A line for people."""
        limit = (
            f"CloudFormation accepts up to {MAX_INLINE_BYTES:,} without S3"
            if self.fits_inline
            else f"more than {MAX_INLINE_BYTES:,}, so it must be in S3, where CloudFormation "
            f"accepts {MAX_TEMPLATE_BYTES:,}"
        )
        return f"{self.file}: {self.size:,} bytes ({limit}). Deploy it to {_where(self.place)}."

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "stack": self.stack,
            "template": str(self.file),
            "bytes": self.size,
            "fits_inline": self.fits_inline,
            "account": self.place.account,
            "region": self.place.region,
            "capability": self.capability,
            "parameters": dict(self.parameters),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipFile:
    """The function's zip file, or the layer's."""

    file: Path
    size: int
    unpacked: int

    @classmethod
    def of(cls, file: Path) -> Self:
        """A file that was written."""
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        return cls(file=file, size=file.stat().st_size, unpacked=unpacked)

    @property
    def described(self) -> str:
        """A line for people."""
        return (
            f"{self.file}: {self.size:,} bytes, {self.unpacked:,} unzipped (Lambda allows "
            f"{MAX_UNZIPPED_BYTES:,})."
        )

    def as_json(self, place: PackagePlace) -> dict[str, object]:
        """The same for programs."""
        return {
            "file": str(self.file),
            "key": place.key(self.file.name),
            "bytes": self.size,
            "unpacked_bytes": self.unpacked,
        }


def _where(place: Place) -> str:
    """The accounts and regions that a template can be deployed to."""
    if place.region and place.account:
        return f"{place.region} in account {place.account} only, as set in [stack]"
    if place.region:
        return f"{place.region} in any account, as set in [stack]"
    if place.account:
        return f"any region in account {place.account}, as set in [stack]"
    return "any account, region and partition"
