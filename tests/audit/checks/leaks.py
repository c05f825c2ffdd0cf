"""Check: no key, assertion or token leaks, and the harness finds leaks that are planted."""

from typing import Final

from tests.audit.evidence import Check, of_tests

CHECK: Final = Check(
    says="no key, assertion or token gets out on any failure path, and a planted one is found",
    run=of_tests(
        "tests/unit/test_leaks.py",
        "tests/unit/test_leak_harness.py",
        "tests/unit/cli/test_leaks.py",
        "tests/fuzz",
    ),
    by_make_test=False,
)
