"""Rewrites what is generated: ``make generate``."""

from local import ROOT
from studies.reference.generated import generated

for name, text in generated().items():
    (ROOT / name).write_text(text(), encoding="utf-8")
