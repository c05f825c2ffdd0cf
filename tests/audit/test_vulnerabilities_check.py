"""A known vulnerability is a failure, and a package that was skipped does not count as checked."""

from tests.audit.checks.supply_vulnerabilities import weighed

GOOD = {"name": "pyjwt", "version": "2.15.1", "vulns": []}
BAD = {"name": "urllib3", "version": "1.26.0", "vulns": [{"id": "PYSEC-2023-192"}]}
SKIPPED = {"name": "tenacity", "skip_reason": "Dependency not found on PyPI"}


def test_a_known_vulnerability_is_a_failure():
    evidence = weighed([GOOD, BAD])

    assert evidence.cases == 2
    assert evidence.misses == ("urllib3 1.26.0: PYSEC-2023-192",)
    assert evidence.result.startswith("1 missed")


def test_a_skipped_package_counts_as_not_checked():
    evidence = weighed([GOOD, SKIPPED])

    assert evidence.cases == 1
    assert not evidence.holds
    assert evidence.result == "not checked: the service knows nothing of tenacity"


def test_a_package_without_a_known_vulnerability_holds():
    assert weighed([GOOD]).holds
