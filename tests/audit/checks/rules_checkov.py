"""Check: checkov's rules for CloudFormation, except for acknowledged findings."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.audit.acknowledged import Finding, weighed
from tests.audit.deployments import write_templates
from tests.audit.evidence import ROOT, Check, Evidence

CHECKOV: Final = ROOT / ".venv-audit" / "bin" / "checkov"


def run() -> Evidence:
    """Runs all of checkov's CloudFormation rules offline on the templates of all deployments."""
    with tempfile.TemporaryDirectory() as directory:
        write_templates(Path(directory))
        done = subprocess.run(
            [CHECKOV, "--directory", directory, "--framework", "cloudformation",
             "--skip-download", "--compact", "--output", "json"],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    if not done.stdout:
        return Evidence(cases=0, misses=(done.stderr,))
    answer = json.loads(done.stdout)
    findings = [
        Finding(one["check_id"], one["resource"], one["check_name"])
        for one in answer["results"]["failed_checks"]
    ]
    summary = answer["summary"]
    evidence = weighed("checkov", findings, cases=summary["passed"] + summary["failed"])
    unread = (f"{summary['parsing_errors']} templates not read",) * bool(summary["parsing_errors"])
    return Evidence(cases=evidence.cases, misses=evidence.misses + unread)


CHECK: Final = Check(says="checkov finds nothing in the template that is not acknowledged", run=run)
