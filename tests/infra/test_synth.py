"""The CDK command line synthesizes without credentials, Docker or network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local import ROOT
from tests.support.offline import offline
from token_rotator_cdk.bundle import cache
from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.targets import LAMBDA, THIS_MACHINE


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without credentials and settings."""
    return tmp_path_factory.mktemp("home")


def synth(output: Path, *context: str, home: Path, validation: str = "false") -> None:
    settings = [argument for pair in context for argument in ("-c", pair)]
    done = subprocess.run(
        ["npx", "--no-install", "cdk", "synth", "--quiet", "--output", str(output), *settings],
        cwd=ROOT,
        env=offline(home) | {"CDK_VALIDATION": validation},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def app(context: dict[str, str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The app as the CDK command line starts it."""
    return subprocess.run(
        [sys.executable, ROOT / "app.py"],
        cwd=ROOT,
        env=environment | {"CDK_CONTEXT_JSON": json.dumps(context)},
        capture_output=True,
        text=True,
        check=False,
    )


def template(output: Path) -> str:
    (file,) = output.glob("*.template.json")
    return file.read_text(encoding="utf-8")


def asset(output: Path) -> Path:
    (file,) = output.glob("asset.*.zip")
    return file


@pytest.fixture(scope="module")
def assembly(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthesis of ``rotators.toml`` with the CDK's own validation of the template."""
    function_bundle(LAMBDA)
    output = tmp_path_factory.mktemp("assembly") / "out"
    synth(output, home=home, validation="true")
    return output


def test_synth_is_offline_and_the_same_the_next_time(assembly: Path, home: Path, tmp_path: Path):
    synth(tmp_path / "out", home=home)

    assert template(tmp_path / "out") == template(assembly)
    assert asset(tmp_path / "out").name == asset(assembly).name


def test_the_asset_is_the_cached_bundle(assembly: Path):
    assert asset(assembly).read_bytes() == function_bundle(LAMBDA).file.read_bytes()


def test_the_local_template_differs_in_nothing_but_the_bundle(
    assembly: Path, home: Path, tmp_path: Path
):
    bundle = function_bundle(THIS_MACHINE)

    synth(tmp_path / "out", "local=true", home=home)

    assert asset(tmp_path / "out").read_bytes() == bundle.file.read_bytes()

    def with_any_asset(output: Path) -> object:
        name = asset(output).stem.removeprefix("asset.")
        return json.loads(template(output).replace(name, "ASSET"))

    assert with_any_asset(tmp_path / "out") == with_any_asset(assembly)


def test_a_bundle_that_cannot_be_built_is_explained_without_a_traceback(home: Path, tmp_path: Path):
    failed = app({}, offline(home) | {cache.VARIABLE: str(tmp_path / "empty")})

    assert failed.returncode == 1
    assert "packages (lambda-arm64-cp313) could not be downloaded" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_wrong_file_is_explained_without_a_traceback(home: Path, tmp_path: Path):
    config = tmp_path / "wrong.toml"
    config.write_text('[stack]\nname = "1"\n[rotators.a]\nparameter_name = "a"\n')

    failed = app({"config": str(config)}, offline(home))

    assert failed.returncode == 1
    assert 'wrong.toml: [stack] name = "1": write' in failed.stderr
    assert 'wrong.toml: [rotators.a] parameter_name = "a": start it with a slash' in failed.stderr
    assert "Traceback" not in failed.stderr
