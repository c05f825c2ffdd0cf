"""The comparison of two builds finds differences."""

from tests.audit.checks.supply_reproducible import differences


def test_a_byte_a_mode_and_a_file_too_many_are_differences():
    first = {"a.py": "100644 aa", "b.py": "100644 bb", "c.py": "100644 cc"}

    second = {"a.py": "100644 ab", "b.py": "100755 bb", "c.py": "100644 cc", "d.py": "100644 dd"}

    assert differences(first, first) == set()
    assert differences(first, second) == {"a.py", "b.py", "d.py"}
