"""Check: cdk-nag's packs AWS Solutions and NIST 800-53 R5, except for acknowledged findings."""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aws_cdk import App, CfnResource, Stack, Validations
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from constructs import IConstruct

from tests.audit.acknowledged import Finding, weighed
from tests.audit.deployments import DEPLOYMENTS, template_of
from tests.audit.evidence import Check, Evidence
from tests.support.infra_templates import synthesized
from token_rotator_cdk.config.models.deployment import Deployment


def run() -> Evidence:
    """Checks every resource of every deployment with both packs."""
    findings = [one for deployment in DEPLOYMENTS.values() for one in _findings(deployment)]
    cases = sum(len(template_of(name)["Resources"]) for name in DEPLOYMENTS)
    return weighed("cdk-nag", findings, cases=cases)


def _findings(deployment: Deployment) -> Iterator[Finding]:
    stack = synthesized(deployment)
    app = stack.node.root
    assert isinstance(app, App)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    with _quiet(), contextlib.suppress(RuntimeError):  # the findings are in the report
        app.synth()
    report = json.loads((Path(app.outdir) / "validation-report.json").read_text(encoding="utf-8"))
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                resource = _resource(app, stack, construct["constructPath"])
                yield Finding(violation["ruleName"], resource, violation["description"])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hides jsii's output of findings, which goes to the file descriptor, not to `sys.stderr`."""
    stderr = os.dup(2)
    try:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 2)
        yield
        time.sleep(0.1)  # a thread of jsii writes the rest
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def _resource(app: App, stack: Stack, path: str) -> str:
    found: IConstruct = app
    for name in path.split("/"):
        found = found.node.find_child(name)
    assert isinstance(found, CfnResource)
    return f"{found.cfn_resource_type}.{stack.resolve(found.logical_id)}"


CHECK: Final = Check(
    says="cdk-nag (AWS Solutions, NIST 800-53 R5): nothing that is not acknowledged", run=run
)
