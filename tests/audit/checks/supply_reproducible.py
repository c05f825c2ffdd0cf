"""Do two builds of the bundle make the same bytes? For either processor that Lambda has."""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.audit.evidence import Check, Evidence
from token_rotator_cdk.bundle.bundling import bundle
from token_rotator_cdk.bundle.targets import LAMBDA, Target

X86_64: Final = replace(
    LAMBDA,
    name="lambda-x86_64-cp313",
    pip_arguments=tuple(one.replace("aarch64", "x86_64") for one in LAMBDA.pip_arguments),
)


def look() -> Evidence:
    """Every file of both bundles, by content and by mode.

    The times of the files differ and do not count: the CDK zips them all as of 1980. It zips them
    in the order in which it finds them, so that two machines may make two zips of the same files.
    """
    cases, misses = 0, []
    for target in (LAMBDA, X86_64):
        first, second = (files(target) for _ in range(2))
        cases += len(first)
        misses += [f"{target.name}: {name}" for name in sorted(differences(first, second))]
    return Evidence(cases=cases, misses=tuple(misses))


def files(target: Target) -> dict[str, str]:
    """What a fresh build has, by name."""
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory) / "bundle"
        bundle(target, output)
        return {
            path.relative_to(output).as_posix(): (
                f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            )
            for path in output.rglob("*")
            if path.is_file()
        }


def differences(first: dict[str, str], second: dict[str, str]) -> set[str]:
    """Names of files that one of them lacks, or that are not the same."""
    return {name for name, _ in first.items() ^ second.items()}


CHECK: Final = Check(
    says="two builds of the bundle are the same bytes, for arm64 and for x86_64",
    look=look,
    by_make_test=False,
)
