"""The check of the pins finds requirements without a version or hash."""

import pytest

from tests.audit.checks.supply_pins import entries, is_pinned


@pytest.mark.parametrize(
    "loose",
    [
        "urllib3>=2 --hash=sha256:00",
        "urllib3==2.8.0",
        "urllib3",
        "urllib3 @ https://example.com/urllib3.whl --hash=sha256:00",
        "-e .",
        "--extra-index-url https://example.com",
    ],
)
def test_a_loose_requirement_is_found(loose: str):
    lock = f"# made by hand\ntenacity==9 \\\n    --hash=sha256:00\n{loose}\n"

    good, bad = entries(lock)

    assert is_pinned(good)
    assert not is_pinned(bad)
