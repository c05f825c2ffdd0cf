"""Records this checkout as the last release: ``make record-release``."""

from tests.upgrade.release import record

record()
