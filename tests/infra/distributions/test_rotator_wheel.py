"""The rotator's wheel: a CDK app and the command work where nothing else of this repository is."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from local import ROOT
from local.idp.identity_provider import IdentityProvider
from tests.infra.distributions.conftest import build
from tests.support.config_files import GOOD
from tests.support.offline import offline
from token_rotator_cdk.bundle import cache
from token_rotator_cdk.bundle.build import function_hash, packages, reader_bundle
from token_rotator_cdk.bundle.targets import LAMBDA

BUNDLES = """
from token_rotator_cdk.bundle.build import reader_bundle
print(reader_bundle().asset_hash)
"""


@pytest.fixture(scope="module")
def offline_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose cache has the function's packages, so that no index is needed."""
    place = tmp_path_factory.mktemp("cache")
    shutil.copy(packages(LAMBDA), place)
    home = tmp_path_factory.mktemp("home")
    return offline(home) | {cache.VARIABLE: str(place)}


def run(*command: str | Path, cwd: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [*command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_teams_app_synthesizes_from_the_wheel_alone(
    with_rotator: Path,
    rotator_wheel: Path,
    offline_environment: dict[str, str],
    tmp_path: Path,
):
    app = Path(shutil.copytree(ROOT / "examples" / "existing_app", tmp_path / "app"))
    # what the CDK's command line takes from there
    context = json.dumps(json.loads((app / "cdk.json").read_text())["context"])

    environment = {"CDK_OUTDIR": str(tmp_path / "out"), "CDK_CONTEXT_JSON": context}
    run(with_rotator, "app.py", cwd=app, environment=offline_environment | environment)

    # the function and the layer are files, the app's own program is a directory
    assets = Counter(asset.suffix == ".zip" for asset in (tmp_path / "out").glob("asset.*"))
    assert assets == {True: 2, False: 1}
    assert f"./{rotator_wheel.name}\n" in (app / "requirements.txt").read_text()
    # the wheel's sources are the checkout's
    assert [one.name for one in Path(offline_environment[cache.VARIABLE]).glob("function-*")] == [
        f"function-{LAMBDA.name}-{function_hash(LAMBDA)}.zip"
    ]


def test_it_packages_in_an_empty_directory_the_bytes_that_the_checkout_packages(
    with_rotator: Path, offline_environment: dict[str, str], tmp_path: Path
):
    (packages,) = Path(offline_environment[cache.VARIABLE]).glob("packages-*")
    written: list[dict[str, bytes]] = []
    for python in (with_rotator, Path(sys.executable)):
        directory = tmp_path / str(len(written))
        directory.mkdir()
        (directory / "rotators.toml").write_text(GOOD)
        # each builds its zip file
        empty = directory / "cache"
        empty.mkdir()
        shutil.copy(packages, empty)
        run(
            *(python.with_name("token-rotator"), "package", "--bucket", "acme-artifacts"),
            cwd=directory,
            environment=offline_environment | {cache.VARIABLE: str(empty)},
        )
        files = (directory / "package").iterdir()
        written.append({one.name: one.read_bytes() for one in files})

    assert len(written[0]) == 2
    assert written[0] == written[1]


def test_the_layer_with_the_reader_is_built_from_the_wheel(
    with_rotator: Path, offline_environment: dict[str, str], tmp_path: Path
):
    built = run(with_rotator, "-c", BUNDLES, cwd=tmp_path, environment=offline_environment)

    assert built.strip() == reader_bundle().asset_hash


def test_the_environment_has_pip_which_the_bundle_is_built_with(
    with_rotator: Path, offline_environment: dict[str, str], tmp_path: Path
):
    assert "pip" in run(
        with_rotator, "-m", "pip", "--version", cwd=tmp_path, environment=offline_environment
    )


def test_the_command_works(with_rotator: Path, offline_environment: dict[str, str], tmp_path: Path):
    command = with_rotator.with_name("token-rotator")

    shown = run(command, "--help", cwd=tmp_path, environment=offline_environment)
    costs = run(command, "costs", cwd=tmp_path, environment=offline_environment)

    assert "usage: token-rotator" in shown
    assert "each rotator" in costs


def test_a_downloaded_file_is_tried_in_an_empty_directory(
    with_rotator: Path, offline_environment: dict[str, str], tmp_path: Path
):
    command = with_rotator.with_name("token-rotator")
    with IdentityProvider() as idp:
        file = tmp_path.parent / "downloaded.txt"
        file.write_text(idp.new_service_account().as_downloaded())

        shown = run(command, "try", file, cwd=tmp_path, environment=offline_environment)

        assert "The key works." in shown
        assert [request.status for request in idp.requests] == [200, 200]
    assert list(tmp_path.iterdir()) == []


def test_it_holds_three_packages_with_types_and_no_second_distribution(rotator_wheel: Path):
    with zipfile.ZipFile(rotator_wheel) as packed:
        names = set(packed.namelist())

    assert "token_rotator_cdk/py.typed" in names
    tops = {name.split("/")[0] for name in names}
    assert {name for name in tops if not name.endswith(".dist-info")} == {
        "token_rotator",
        "token_rotator_cdk",
        "token_rotator_cli",
    }


def test_a_second_build_is_the_same_bytes(rotator_wheel: Path, tmp_path: Path):
    assert build(ROOT, tmp_path).read_bytes() == rotator_wheel.read_bytes()
