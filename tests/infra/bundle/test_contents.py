"""The function's zip file holds what the function needs, readable in Lambda, and nothing else."""

import re
import struct
import zipfile
from pathlib import Path

import pytest

from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.sources import INSTALLED, modules
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE, THIS_MACHINE, Target

MACHINES = {"arm64": 183, "x86_64": 62}
"""e_machine in the ELF specification: EM_AARCH64, EM_X86_64."""
IMPORTED = {"token_rotator", "botocore", "cryptography", "jwt", "tenacity", "urllib3"}
IMPORTED_BY_THEM = {"_cffi_backend", "dateutil", "jmespath", "six"}
MOST_BYTES = 9_000_000


@pytest.fixture(scope="module")
def names(for_lambda: Path) -> set[str]:
    with zipfile.ZipFile(for_lambda) as packed:
        return set(packed.namelist())


def test_the_function_and_what_it_imports_are_in_the_bundle_and_nothing_else(names: set[str]):
    tops = {name.split("/")[0] for name in names} - {"__pycache__"}
    packages = {name.split(".")[0] for name in tops if not name.endswith(".dist-info")}

    assert packages == IMPORTED | IMPORTED_BY_THEM
    ours = {name for name in names if name.startswith("token_rotator/") and name.endswith(".py")}
    assert ours == {
        f"token_rotator/{path.relative_to(INSTALLED.function).as_posix()}"
        for path in modules(INSTALLED.function)
    }
    assert {path.suffix for path in modules(INSTALLED.function)} == {".py"}


@pytest.mark.parametrize(
    "target", [*BY_ARCHITECTURE.values(), THIS_MACHINE], ids=lambda target: target.name
)
def test_the_bundle_is_at_most_nine_megabytes_zipped(target: Target):
    size = function_bundle(target).file.stat().st_size

    print(f"{size:,} bytes")
    assert size <= MOST_BYTES


def test_botocore_knows_the_two_services_only(names: set[str]):
    data = {name.removeprefix("botocore/data/") for name in names if "botocore/data/" in name}

    assert {name.split("/")[0] for name in data if "/" in name} == {"secretsmanager", "ssm"}
    assert not [name for name in data if re.search("examples|paginators|waiters", name)]


def test_every_binary_in_the_bundle_is_for_the_functions_processor(
    architecture: str, for_lambda: Path
):
    with zipfile.ZipFile(for_lambda) as packed:
        heads = {name: packed.read(name)[:20] for name in packed.namelist()}
    binaries = {name: head for name, head in heads.items() if head.startswith(b"\x7fELF")}

    assert any(name.startswith("cryptography/") for name in binaries)
    assert {name for name in heads if re.search(r"\.so(\.|$)", name)} == binaries.keys()
    machines = {struct.unpack("<H", head[18:20])[0] for head in binaries.values()}
    assert machines == {MACHINES[architecture]}


def test_the_bundle_holds_licences_and_no_scripts(names: set[str]):
    assert not [name for name in names if name.startswith("bin/") or name.endswith("/RECORD")]
    for package in {name.split("/")[0] for name in names if ".dist-info/" in name}:
        assert [n for n in names if n.startswith(f"{package}/") and "licens" in n.lower()], package


def test_lambda_can_read_every_file(for_lambda: Path):
    with zipfile.ZipFile(for_lambda) as packed:
        modes = {f"{entry.external_attr >> 16:o}" for entry in packed.infolist()}

    assert modes == {"100644"}


def test_pip_may_evaluate_the_pins_on_another_interpreter_than_lambdas():
    # pip reads markers with the interpreter it runs on, whatever --python-version says
    pins = INSTALLED.pins.read_text(encoding="utf-8")

    markers = re.findall(r"^[^#\s][^;\\]*;([^\\]*)", pins, re.M)
    assert markers
    names = set(re.findall(r"\b(?:python_\w+|platform_\w+|sys_\w+|os_name)\b", " ".join(markers)))
    assert names <= {"platform_python_implementation"}
