"""The policy of the role that deploys: the bootstrap stack's roles, and what preflight reads."""

import json

from local import ROOT
from token_rotator_cli.preflight.preflight import STEPS

POLICY = ROOT / "examples" / "pipelines" / "deploying-role.json"


def test_it_allows_what_preflight_reads_and_nothing_else() -> None:
    statements = json.loads(POLICY.read_text(encoding="utf-8"))["Statement"]
    named = [statement["Action"] for statement in statements]
    allowed = [one for each in named for one in ([each] if isinstance(each, str) else each)]

    assert sorted(allowed) == sorted({action for step in STEPS for action in step.actions})


def test_it_reads_no_parameter_but_the_bootstraps_version_and_those_of_aws() -> None:
    statements = json.loads(POLICY.read_text(encoding="utf-8"))["Statement"]
    reads = {
        resource
        for statement in statements
        if statement["Action"] in ("ssm:GetParameter", "ssm:GetParameters")
        for resource in statement["Resource"]
    }

    assert reads == {
        "arn:aws:ssm:eu-west-1:111122223333:parameter/cdk-bootstrap/hnb659fds/version",
        "arn:aws:ssm:eu-west-1::parameter/aws/service/global-infrastructure/regions/*",
    }
