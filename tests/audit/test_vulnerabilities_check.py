"""A known vulnerability is a miss, and a package that nobody was asked about is not a pass."""

from tests.audit.checks.supply_vulnerabilities import weighed

GOOD = {"name": "pyjwt", "version": "2.15.1", "vulns": []}
BAD = {"name": "urllib3", "version": "1.26.0", "vulns": [{"id": "PYSEC-2023-192"}]}
SKIPPED = {"name": "tenacity", "skip_reason": "Dependency not found on PyPI"}


def test_a_known_vulnerability_is_a_miss():
    evidence = weighed([GOOD, BAD])

    assert evidence.cases == 2
    assert evidence.misses == ("urllib3 1.26.0: PYSEC-2023-192",)
    assert evidence.result.startswith("1 missed")


def test_what_was_skipped_is_not_checked():
    evidence = weighed([GOOD, SKIPPED])

    assert evidence.cases == 1
    assert not evidence.holds
    assert evidence.result == "not checked: the service knows nothing of tenacity"


def test_a_package_without_a_known_vulnerability_holds():
    assert weighed([GOOD]).holds
