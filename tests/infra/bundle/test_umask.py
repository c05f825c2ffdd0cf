"""Whoever builds, Lambda gets the same zip files: the umask decides nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from local import ROOT
from tests.support.tiny_wheel import a_tiny_wheel, pinning
from token_rotator_cdk.bundle.build import reader_bundle
from token_rotator_cdk.bundle.cache import VARIABLE
from token_rotator_cdk.bundle.sources import INSTALLED, modules
from token_rotator_cdk.constructs.reader_layer import ReaderLayer

UMASKS = ("000", "022", "027", "077")

BUILD = """
import hashlib, json, os, shutil, sys, zipfile
from pathlib import Path

os.umask(int(sys.argv[1], 8))

from token_rotator_cdk.bundle.build import function_bundle, reader_bundle
from token_rotator_cdk.bundle.sources import INSTALLED, Sources
from token_rotator_cdk.bundle.targets import THIS_MACHINE

# a checkout that was made under this umask, with a file that somebody made executable
checkout = Path("checkout")
for package in (INSTALLED.function, INSTALLED.reader):
    for file in (path for path in package.rglob("*") if path.is_file()):
        copy = checkout / package.name / file.relative_to(package)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
        shutil.copyfile(file, copy)
(checkout / "token_rotator" / "handler.py").chmod(0o777 & ~int(sys.argv[1], 8))
sources = Sources(
    function=checkout / "token_rotator",
    reader=checkout / "token_reader",
    pins=Path(sys.argv[2]),
    builder=INSTALLED.builder,
)
bundles = {"function": function_bundle(THIS_MACHINE, sources), "reader": reader_bundle(sources)}

def seen(file):
    with zipfile.ZipFile(file) as packed:
        modes = {entry.filename: f"{entry.external_attr >> 16:o}" for entry in packed.infolist()}
    return {"bytes": hashlib.sha256(file.read_bytes()).hexdigest(), "modes": modes}

print(json.dumps({
    "built": {name: seen(bundle.file) for name, bundle in bundles.items()},
    "hashes": {name: bundle.asset_hash for name, bundle in bundles.items()},
    "cached": sorted(f"{file.stat().st_mode & 0o777:o}" for file in Path("cache").iterdir()),
    "loose": f"{(checkout / 'token_reader' / '__init__.py').stat().st_mode & 0o777:o}",
}))
"""


@pytest.fixture
def narrow_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def by_umask(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Lambda would see of a build under each umask; nothing is shared but the wheel."""
    pins = pinning(a_tiny_wheel(tmp_path_factory.mktemp("wheels") / "mirror")).pins
    building = {}
    for umask in UMASKS:
        place = tmp_path_factory.mktemp(f"umask-{umask}")
        building[umask] = subprocess.Popen(
            [sys.executable, "-c", BUILD, umask, pins],
            cwd=place,
            env={
                **os.environ,
                VARIABLE: "cache",
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_FIND_LINKS": str(pins.parent),
                "PIP_NO_INDEX": "1",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
    outputs = {umask: process.communicate()[0] for umask, process in building.items()}
    return {umask: json.loads(output) for umask, output in outputs.items()}


def test_the_checkouts_have_the_modes_of_their_umasks(by_umask: dict[str, Any]):
    assert {umask: one["loose"] for umask, one in by_umask.items()} == {
        "000": "666", "022": "644", "027": "640", "077": "600"
    }  # fmt: skip


def test_the_function_and_the_layer_are_the_same_bytes_with_the_same_hash(by_umask: dict[str, Any]):
    for key in ("built", "hashes"):
        assert len({json.dumps(one[key]) for one in by_umask.values()}) == 1, key


@pytest.mark.parametrize("umask", UMASKS)
def test_lambda_can_read_every_entry_and_none_is_a_directory(by_umask: dict[str, Any], umask: str):
    built = by_umask[umask]["built"]

    assert {mode for one in built.values() for mode in one["modes"].values()} == {"100644"}
    assert {"tiny.py", "token_rotator/handler.py"} < built["function"]["modes"].keys()
    assert [name for name in built["function"]["modes"] if name.endswith(".pyc")]
    assert {*built["reader"]["modes"]} == {
        f"python/token_reader/{file.name}" for file in modules(INSTALLED.reader)
    }


def test_what_the_cdk_uploads_is_the_file_that_was_built(narrow_umask: None, tmp_path: Path):
    app = cdk.App(outdir=str(tmp_path))
    ReaderLayer(cdk.Stack(app, "Tokens"), "Layer")
    app.synth()

    (staged,) = tmp_path.glob("asset.*")
    assert staged.suffix == ".zip"
    assert staged.read_bytes() == reader_bundle().file.read_bytes()


@pytest.mark.parametrize("umask", UMASKS)
def test_another_user_can_read_the_files_of_a_cache_that_is_shared(
    by_umask: dict[str, Any], umask: str
):
    # the packages, the function and the layer
    assert by_umask[umask]["cached"] == ["644"] * 3


def test_the_example_packs_no_file_whose_mode_the_umask_would_decide(tmp_path: Path):
    given = ("parameter_name", "reader_policy_arn", "reader_layer_arn", "api_url")

    subprocess.run(
        [sys.executable, ROOT / "examples" / "consumer" / "app.py"],
        env={
            **os.environ,
            "CDK_OUTDIR": str(tmp_path),
            "CDK_CONTEXT_JSON": json.dumps(dict.fromkeys(given, "arn:aws:a:b:c:d:e:f")),
        },
        check=True,
    )

    (template,) = tmp_path.glob("*.template.json")
    assert "def handle(" in template.read_text(encoding="utf-8")
    assert [*tmp_path.glob("asset.*")] == []
