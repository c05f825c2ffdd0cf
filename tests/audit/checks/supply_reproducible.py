"""Check: two builds of the bundle give the same bytes, for each of Lambda's architectures."""

import os
import tempfile
import zipfile
from hashlib import sha256
from typing import Final
from unittest import mock

from tests.audit.evidence import Check, Evidence
from token_rotator_cdk.bundle.build import function_bundle
from token_rotator_cdk.bundle.cache import VARIABLE
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE, Target


def run() -> Evidence:
    """Compares all files of two builds with empty caches, by content and mode."""
    cases, misses = 0, []
    for target in BY_ARCHITECTURE.values():
        first, second = (files(target) for _ in range(2))
        cases += len(first)
        misses += [f"{target.name}: {name}" for name in sorted(differences(first, second))]
    return Evidence(cases=cases, misses=tuple(misses))


def files(target: Target) -> dict[str, str]:
    """Mode and hash of each file in a build with an empty cache, and of the zip file."""
    with (
        tempfile.TemporaryDirectory() as cache,
        mock.patch.dict(os.environ, {VARIABLE: cache}),
    ):
        bundle = function_bundle(target).file
        with zipfile.ZipFile(bundle) as packed:
            found = {
                one.filename: f"{one.external_attr >> 16:o} {sha256(packed.read(one)).hexdigest()}"
                for one in packed.infolist()
            }
        return {bundle.name: sha256(bundle.read_bytes()).hexdigest(), **found}


def differences(first: dict[str, str], second: dict[str, str]) -> set[str]:
    """The names of files that differ or that only one build has."""
    return {name for name, _ in first.items() ^ second.items()}


CHECK: Final = Check(
    says="two builds of the bundle are the same bytes, for arm64 and for x86_64",
    run=run,
    by_make_test=False,
)
