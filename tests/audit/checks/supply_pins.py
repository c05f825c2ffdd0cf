"""Is everything that is installed pinned by hash, and every wheel of the bundle by name?"""

import re
from typing import Final

from tests.audit.evidence import ROOT, Check, Evidence
from token_rotator_cdk.bundle.bundling import fetch
from token_rotator_cdk.bundle.targets import LAMBDA

LOCKS: Final = (
    "lambda_src/requirements.txt",
    "local/setup/requirements.txt",
    "local/requirements.txt",
    "tests/audit/requirements.txt",
    "requirements.txt",
)
_PIN: Final = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+", re.M)


def look() -> Evidence:
    """Every requirement of every lock, and that nothing but wheels is in the bundle."""
    cases, misses = 0, []
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        found = entries(text)
        cases += len(found)
        misses += [f"{lock}: {one.splitlines()[0]}" for one in found if not is_pinned(one)]
    files = [one.name for one in fetch(LAMBDA).iterdir() if one.name != "complete"]
    cases += len(files)
    misses += [f"{name} is no wheel" for name in files if not name.endswith(".whl")]
    return Evidence(cases=cases, misses=tuple(misses))


def entries(lock: str) -> list[str]:
    """One text for each requirement, its hashes with it."""
    without_comments = re.sub(r"^\s*#.*\n", "", lock, flags=re.M)
    return re.split(r"\n(?=\S)", without_comments.strip())


def is_pinned(entry: str) -> bool:
    """An exact version, with a hash; no URL, no path, no option."""
    return bool(_PIN.match(entry)) and "--hash=sha256:" in entry


CHECK: Final = Check(
    says="every requirement is pinned to a version by hash, and the bundle is made of wheels",
    look=look,
)
