"""Does the real CDK CLI synthesize, with no credentials, no Docker and no network?"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local import ROOT
from token_rotator_cdk.bundle.bundling import fetch
from token_rotator_cdk.bundle.targets import LAMBDA

DEAD_END = "http://127.0.0.1:9"


def offline(tmp_path: Path) -> dict[str, str]:
    """An environment from which nothing but this machine can be reached."""
    proxies = {
        name: DEAD_END
        for proxy in ("http_proxy", "https_proxy", "all_proxy")
        for name in (proxy, proxy.upper())
    }
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_EC2_METADATA_DISABLED": "true",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "DOCKER_HOST": DEAD_END,
        "PIP_INDEX_URL": DEAD_END,
        **proxies,
    }


def synth(
    output: Path, *context: str, tmp_path: Path, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    settings = [argument for pair in context for argument in ("-c", pair)]
    return subprocess.run(
        ["npx", "--no-install", "cdk", "synth", "--quiet", "--output", str(output), *settings],
        cwd=cwd,
        env=offline(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )


def assets(output: Path) -> set[str]:
    return {path.name for path in output.glob("asset.*")}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project, so that its files can be touched."""
    fetch(LAMBDA)
    copy: Path = tmp_path_factory.mktemp("project")
    for name in ("app.py", "cdk.json", "rotators.toml", "package.json"):
        shutil.copy(ROOT / name, copy)
    for name in ("infra", "lambda_src", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "build" / "wheels", copy / "build" / "wheels")
    for name in (".venv", "node_modules"):
        (copy / name).symlink_to(ROOT / name)
    return copy


def test_synth_is_offline_and_follows_the_function_but_not_its_tests(project, tmp_path):
    first = synth(tmp_path / "first", tmp_path=tmp_path, cwd=project)
    assert first.returncode == 0, first.stderr
    with (project / "tests" / "infra" / "test_synth.py").open("a") as file:
        file.write("# touched\n")
    second = synth(tmp_path / "second", tmp_path=tmp_path, cwd=project)
    assert second.returncode == 0, second.stderr

    assert len(assets(tmp_path / "first")) == 1
    assert assets(tmp_path / "second") == assets(tmp_path / "first")
    (template,) = (tmp_path / "first").glob("*.template.json")
    assert template.read_bytes() == (tmp_path / "second" / template.name).read_bytes()

    with (project / "lambda_src" / "token_rotator" / "handler.py").open("a") as file:
        file.write("# touched\n")
    third = synth(tmp_path / "first", tmp_path=tmp_path, cwd=project)
    assert third.returncode == 0, third.stderr
    assert len(assets(tmp_path / "first")) == 2


def test_a_second_synth_makes_no_second_bundle(tmp_path):
    first = synth(tmp_path / "out", "local=true", tmp_path=tmp_path)
    second = synth(tmp_path / "out", "local=true", tmp_path=tmp_path)

    assert (first.returncode, second.returncode) == (0, 0)
    assert "Bundling asset" in first.stderr
    assert "Bundling asset" not in second.stderr


def test_the_local_template_differs_in_nothing_but_the_bundle(tmp_path):
    assert synth(tmp_path / "aws", tmp_path=tmp_path).returncode == 0
    assert synth(tmp_path / "local", "local=true", tmp_path=tmp_path).returncode == 0

    def template(output: Path) -> str:
        (asset,) = assets(output)
        (file,) = output.glob("*.template.json")
        return file.read_text().replace(asset.removeprefix("asset."), "ASSET")

    assert json.loads(template(tmp_path / "aws")) == json.loads(template(tmp_path / "local"))
    assert assets(tmp_path / "aws") != assets(tmp_path / "local")


def test_a_wrong_file_is_explained_without_a_traceback(tmp_path):
    config = tmp_path / "wrong.toml"
    config.write_text('[stack]\nname = "1"\n[rotators.a]\nparameter_name = "a"\n')

    failed = synth(tmp_path / "out", f"config={config}", tmp_path=tmp_path)

    assert failed.returncode == 1
    assert 'wrong.toml: [stack] name = "1": write' in failed.stderr
    assert 'wrong.toml: [rotators.a] parameter_name = "a": start it with a slash' in failed.stderr
    assert "Traceback" not in failed.stderr
