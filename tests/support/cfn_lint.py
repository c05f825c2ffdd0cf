"""cfn-lint over many templates, each for the region that it goes to, in one process."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.audit.acknowledged import Finding
from tests.audit.evidence import ROOT

_PROGRAM: Final = """
import json, sys
from multiprocessing import get_context
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner, run_template_by_data

# what takes seconds is loaded once, before the workers are forked
rules = Runner(ConfigMixIn(regions=["us-east-1"])).rules

def lint(job):
    name, region, text = job
    template, errors = decode_str(text)
    found = errors or run_template_by_data(template, ConfigMixIn(regions=[region]), rules)
    return [[name, one.rule.id, [*map(str, one.path or [])], one.message] for one in found]

with get_context("fork").Pool() as pool:
    print(json.dumps([one for found in pool.map(lint, json.load(sys.stdin)) for one in found]))
"""


class Linted(NamedTuple):
    """A template and the region that it goes to."""

    document: dict[str, Any]
    region: str


def findings(templates: Mapping[str, Linted]) -> list[Finding]:
    """Everything that cfn-lint says, each with its template's name in front of the message."""
    jobs = [(name, one.region, _known(one.document)) for name, one in templates.items()]
    python = Path(ROOT, ".venv-audit", "bin", "python")
    done = subprocess.run(
        [python, "-c", _PROGRAM],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [
        Finding(rule, _resource(templates[name].document, path), f"{name}: {message}")
        for name, rule, path, message in json.loads(done.stdout)
    ]


def _known(document: dict[str, Any]) -> str:
    # its patterns of principals know three partitions: aws, aws-cn and aws-us-gov
    # (E3512, E3530); what partition an ARN is of, tests/support/partitions.py says
    return json.dumps(document).replace("arn:aws-eusc:", "arn:aws:")


def _resource(document: dict[str, Any], path: list[str]) -> str:
    if path[:1] == ["Resources"]:
        return f"{document['Resources'][path[1]]['Type']}.{path[1]}"
    return ".".join(path[:2])
