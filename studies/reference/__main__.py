"""Rewrites what is generated: ``make generate``."""

from studies.reference.generated import generated

for file, text in generated().items():
    file.write_text(text, encoding="utf-8")
