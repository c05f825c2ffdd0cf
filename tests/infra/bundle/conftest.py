"""The function's zip files: as Lambda gets it, and unpacked for the interpreter at hand."""

import zipfile
from pathlib import Path

import pytest

from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE, THIS_MACHINE


@pytest.fixture(scope="session", params=BY_ARCHITECTURE)
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def for_lambda(architecture: str) -> Path:
    return function_bundle(BY_ARCHITECTURE[architecture]).file


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(function_bundle(THIS_MACHINE).file) as packed:
        packed.extractall(directory)
    return directory
