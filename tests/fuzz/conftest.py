"""Hypothesis profiles: "short" for `make test`, "long" for `make fuzz`."""

from datetime import timedelta

from hypothesis import HealthCheck, settings

settings.register_profile("short", max_examples=150, deadline=timedelta(seconds=2))
settings.register_profile(
    "long",
    max_examples=20_000,
    deadline=timedelta(seconds=10),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("short")
