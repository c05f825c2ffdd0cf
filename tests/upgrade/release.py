"""The last release, as it was recorded: what it deploys, what it runs, and what it promises.

released/
  rotators.toml       what is deployed
  template.json       the packaged template of that
  lambda_src.zip      the function, the consumers' library, and the pins of what they import
  contract.json       names, types, defaults and rules
"""

import json
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from tests.support.infra_templates import Resource
from tests.upgrade.contract import Contract, contract
from token_rotator_cdk.bundle.sources import INSTALLED, Sources, modules
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.package.place import PackagePlace
from token_rotator_cdk.package.write import Package, write_package

RELEASED: Final = Path(__file__).with_name("released")
CONFIG: Final = RELEASED / "rotators.toml"
BUCKET: Final = "releases-of-token-rotator"
FUNCTION_KEY: Final = "function.zip"
LAYER_KEY: Final = "layer.zip"
_TEMPLATE: Final = "template.json"
_SOURCES: Final = "lambda_src.zip"
_CONTRACT: Final = "contract.json"
_PINS: Final = "requirements.txt"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version that somebody may have deployed."""

    template: Resource
    """Its zip files are FUNCTION_KEY and LAYER_KEY in BUCKET."""
    contract: Contract
    sources: Path
    """A zip file of the packages ``token_rotator`` and ``token_reader``, which Python imports."""

    @classmethod
    def recorded(cls) -> Self:
        """The last release."""
        return cls(
            template=json.loads((RELEASED / _TEMPLATE).read_text(encoding="utf-8")),
            contract=json.loads((RELEASED / _CONTRACT).read_text(encoding="utf-8")),
            sources=RELEASED / _SOURCES,
        )

    def unpack(self, directory: Path) -> Sources:
        """What the zip files of the release are built from, by the builder of this checkout."""
        with zipfile.ZipFile(self.sources) as packed:
            packed.extractall(directory)
        return replace(
            INSTALLED,
            function=directory / INSTALLED.function.name,
            reader=directory / INSTALLED.reader.name,
            pins=directory / _PINS,
        )


def deployment() -> Deployment:
    """The released file, read by this checkout."""
    return load(CONFIG, to_deploy=True)


def package(directory: Path, *, prefix: str = "") -> Package:
    """What this checkout makes of the released file."""
    place = PackagePlace(bucket=BUCKET, prefix=prefix)
    return write_package([deployment()], CONFIG, place, directory)


def record() -> None:
    """Writes what ``Release.recorded`` reads, for the version of this checkout."""
    with tempfile.TemporaryDirectory() as directory:
        (template,) = package(Path(directory)).templates.values()
        document = json.loads(template.read_text(encoding="utf-8"))
    # a hash in the name depends on whether a Python 3.13 was there to compile
    for one in document["Resources"].values():
        match one:
            case {"Type": "AWS::Lambda::Function", "Properties": {"Code": code}}:
                code["S3Key"] = FUNCTION_KEY
            case {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": content}}:
                content["S3Key"] = LAYER_KEY
    _write(RELEASED / _TEMPLATE, document)
    _write(RELEASED / _CONTRACT, contract())
    _pack(RELEASED / _SOURCES)


def _pack(file: Path) -> None:
    """Stored, so that the bytes are the same whatever the machine's zlib."""
    entries = {
        f"{package.name}/{path.relative_to(package).as_posix()}": path
        for package in (INSTALLED.function, INSTALLED.reader)
        for path in modules(package)
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for name, path in {**entries, _PINS: INSTALLED.pins}.items():
            packed.writestr(zipfile.ZipInfo(name, date_time=_LONG_AGO), path.read_bytes())


def _write(file: Path, document: dict[str, Any]) -> None:
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
