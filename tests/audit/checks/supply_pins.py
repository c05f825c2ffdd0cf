"""Check: all requirements are pinned by hash, and the bundle consists of pinned wheels."""

import re
import zipfile
from typing import Final

from tests.audit.evidence import ROOT, Check, Evidence
from token_rotator_cdk.bundle.build import packages
from token_rotator_cdk.bundle.sources import INSTALLED
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE

LOCKS: Final = (
    "infra/token_rotator_cdk/bundle/requirements.txt",
    "local/setup/requirements.txt",
    "local/requirements.txt",
    "tests/audit/requirements.txt",
    "studies/site/requirements.txt",
    "requirements.txt",
)
_PIN: Final = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+", re.M)


def run() -> Evidence:
    """Checks every requirement of every lock file, and every distribution in the bundle."""
    cases, misses = 0, []
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        found = entries(text)
        cases += len(found)
        misses += [f"{lock}: {one.splitlines()[0]}" for one in found if not is_pinned(one)]
    pins = INSTALLED.pins.read_text(encoding="utf-8")
    for target in BY_ARCHITECTURE.values():
        with zipfile.ZipFile(packages(target)) as packed:
            names = set(packed.namelist())
        distributions = {name.split("/")[0] for name in names if ".dist-info/" in name}
        cases += len(distributions)
        for one in sorted(distributions):
            name, version = one.removesuffix(".dist-info").split("-")
            if f"{one}/WHEEL" not in names:
                misses.append(f"{target.name}: {one} was no wheel")
            if f"\n{name.replace('_', '-')}=={version} " not in pins:
                misses.append(f"{target.name}: {one} is not pinned")
    return Evidence(cases=cases, misses=tuple(misses))


def entries(lock: str) -> list[str]:
    """The requirements of a lock file, each with its hashes."""
    without_comments = re.sub(r"^\s*#.*\n", "", lock, flags=re.M)
    return re.split(r"\n(?=\S)", without_comments.strip())


def is_pinned(entry: str) -> bool:
    """Whether an entry has an exact version and a hash, and is no URL, path or option."""
    return bool(_PIN.match(entry)) and "--hash=sha256:" in entry


CHECK: Final = Check(
    says="every requirement is pinned to a version by hash, and the bundle is made of wheels",
    run=run,
)
