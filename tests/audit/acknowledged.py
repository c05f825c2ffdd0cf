"""Comparison of the rule packs' findings with the reasons in acknowledged.toml."""

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

from tests.audit.evidence import Evidence

FILE: Final = Path(__file__).with_suffix(".toml")


class Finding(NamedTuple):
    """A finding of a rule pack."""

    rule: str
    resource: str
    """Type and logical id: ``AWS::Lambda::Function.MarketingRotatorFunction4965C166``."""
    message: str


def weighed(pack: str, findings: Iterable[Finding], *, cases: int) -> Evidence:
    """The evidence of a rule pack: every finding needs a reason, and every reason a finding."""
    reasons = tomllib.loads(FILE.read_text(encoding="utf-8"))[pack]
    unused = {(rule, kind) for rule, kinds in reasons.items() for kind in kinds}
    misses = []
    for finding in findings:
        found = {
            (rule, kind)
            for rule, kinds in reasons.items()
            for kind in kinds
            if fnmatchcase(finding.rule, rule) and fnmatchcase(finding.resource, f"{kind}.*")
        }
        if not found:
            misses.append(f"{finding.rule} {finding.resource}: {finding.message}")
        unused -= found
    misses += [f"{rule} {kind} is acknowledged but was not found" for rule, kind in sorted(unused)]
    return Evidence(cases=cases, misses=tuple(dict.fromkeys(misses)))
