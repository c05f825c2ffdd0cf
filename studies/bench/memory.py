"""The function's memory setting: required memory, and speed."""

from typing import Final

from studies.bench.page import table
from studies.bench.running import measure, median
from token_rotator_cdk.config.models.rotator import RotatorConfig

ONE_PROCESSOR_MB: Final = 1769
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""

SETTINGS: Final = (128, 256, 512, 1024, ONE_PROCESSOR_MB)


def section() -> str:
    """The table: measured CPU time divided by each setting's share of a processor."""
    ours = measure()["ours"]
    cold, warm = median(ours.init_cpu) + median(ours.first_cpu), median(ours.warm_cpu)
    peak = median(ours.peak_megabytes)
    rows: list[tuple[object, ...]] = [
        ("memory_mb", "share of a processor", "cold start and rotation, s", "warm rotation, ms",
         "computing, GB-s a cold start", "free at the peak, MB"),
    ]  # fmt: skip
    for setting in SETTINGS:
        share = setting / ONE_PROCESSOR_MB
        rows.append(
            (
                f"**{setting}** (default)" if setting == _default() else setting,
                f"{share:.2f}",
                f"{cold / share / 1e3:.1f}",
                f"{warm / share:.0f}",
                f"{cold / share / 1e3 * setting / 1024:.2f}",
                f"{setting - peak:.0f}",
            )
        )
    return (
        f"From the same run: a cold start with its first rotation computes for {cold:.0f} ms, "
        f"a warm rotation for {warm:.1f} ms, and the process peaks at {peak:.0f} MB."
        f"\n\n{table(*rows)}"
    )


def _default() -> object:
    return RotatorConfig.model_fields["memory_mb"].default
