"""Every combination of what a hardened account asks for, not only those that have every pair."""

from typing import Final

from tests.audit.evidence import Check, of_tests

CHECK: Final = Check(
    says="cfn-lint accepts every combination of region, FIPS, architecture, VPC and key",
    run=of_tests("tests/infra/constructs/test_matrix.py", "-m", "audit or not audit"),
    by_make_test=False,
)
