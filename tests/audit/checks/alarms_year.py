"""Check: the alarms' windows over a simulated year, not only over a month."""

from typing import Final

from tests.audit.evidence import Check, of_tests

CHECK: Final = Check(
    says="alarms: a year of the schedules' jitter rings none",
    run=of_tests("tests/infra/constructs/test_alarm_arithmetic.py", "-m", "audit"),
    by_make_test=False,
)
