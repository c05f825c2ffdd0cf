"""Check: assertions reach the token endpoint only, over TLS and at an allowed address."""

from typing import Final

from tests.audit.evidence import Check, of_tests

CHECK: Final = Check(
    says="an assertion goes to the pinned host only: TLS 1.2, no redirect, proxy or address inside",
    run=of_tests(
        "tests/unit/identity_provider/test_http.py",
        "tests/unit/identity_provider/test_addresses.py",
        "tests/unit/identity_provider/test_discovery.py",
    ),
    by_make_test=False,
)
