"""Check: cfn-lint accepts the templates, with AWS's resource schemas."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.audit.acknowledged import Finding, weighed
from tests.audit.deployments import template_of, write_templates
from tests.audit.evidence import ROOT, Check, Evidence

CFN_LINT: Final = ROOT / ".venv-audit" / "bin" / "cfn-lint"


def run() -> Evidence:
    """Runs cfn-lint on the templates of all deployments."""
    with tempfile.TemporaryDirectory() as directory:
        files = write_templates(Path(directory))
        done = subprocess.run(
            [CFN_LINT, *files.values(), "--format", "json"],
            capture_output=True,
            text=True,
            check=False,
        )
    templates = {str(file): template_of(name)["Resources"] for name, file in files.items()}
    cases = sum(len(resources) for resources in templates.values())
    if not done.stdout:
        return Evidence(cases=cases, misses=(done.stderr,))
    return weighed("cfn-lint", _findings(json.loads(done.stdout), templates), cases=cases)


def _findings(answer: list[Any], templates: dict[str, Any]) -> Iterator[Finding]:
    for one in answer:
        path = [str(part) for part in one["Location"]["Path"]]
        resource = templates[one["Filename"]][path[1]] if path[0] == "Resources" else None
        where = f"{resource['Type']}.{path[1]}" if resource else ".".join(path[:2])
        yield Finding(one["Rule"]["Id"], where, one["Message"])


CHECK: Final = Check(
    says="cfn-lint finds nothing in the template that is not acknowledged", run=run
)
