"""Does the comparison of two builds notice a difference?"""

from tests.audit.checks.supply_reproducible import X86_64, differences
from token_rotator_cdk.bundle.targets import LAMBDA


def test_a_byte_a_mode_and_a_file_too_many_are_differences():
    first = {"a.py": "100644 aa", "b.py": "100644 bb", "c.py": "100644 cc"}

    second = {"a.py": "100644 ab", "b.py": "100755 bb", "c.py": "100644 cc", "d.py": "100644 dd"}

    assert differences(first, first) == set()
    assert differences(first, second) == {"a.py", "b.py", "d.py"}


def test_the_other_processors_bundle_differs_in_its_wheels_only():
    assert len(X86_64.pip_arguments) == len(LAMBDA.pip_arguments)
    assert not [one for one in X86_64.pip_arguments if "aarch64" in one]
