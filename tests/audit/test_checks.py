"""All checks hold, and a check with a failed case reports it."""

import pytest

from tests.audit.evidence import Check, Evidence, every_check, of_tests


@pytest.mark.parametrize(
    "check", [check for check in every_check() if check.by_make_test], ids=lambda check: check.says
)
def test_the_evidence_holds(check: Check):
    evidence = (check.in_gate or check.run)()

    assert evidence.misses == ()
    assert evidence.cases > 0


def test_each_check_makes_a_different_statement():
    said = [check.says for check in every_check()]

    assert len(said) == len(set(said))


def test_a_check_without_a_case_shows_nothing():
    assert not Evidence(cases=0).holds
    assert not Evidence(cases=2, misses=("one",)).holds
    assert Evidence(cases=2).holds


def test_failed_tests_are_failures_of_the_check(tmp_path):
    (tmp_path / "test_two.py").write_text(
        "def test_good():\n    pass\n\n\ndef test_bad():\n    assert False\n"
    )

    evidence = of_tests(str(tmp_path))()

    assert evidence.cases == 2
    (miss,) = evidence.misses
    assert miss.endswith("test_two.test_bad")
    assert not of_tests(str(tmp_path / "nothing"))().holds
