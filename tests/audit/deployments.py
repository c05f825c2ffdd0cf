"""The audited deployments: one for each way in which permissions and resources can differ."""

import json
from pathlib import Path
from typing import Final

from tests.support import infra_templates
from tests.support.infra_templates import (
    NAMED_KEY,
    NAMED_SECRET,
    Resource,
    a_deployment,
    a_rotator,
    a_stack,
)

VPC: Final = {
    "subnet_ids": ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
    "security_group_ids": ("sg-0123456789abcdef0",),
}
ANOTHER_VPC: Final = {
    "subnet_ids": ("subnet-0123456789abcdef2",),
    "security_group_ids": ("sg-0123456789abcdef2", "sg-0123456789abcdef3"),
    "allow_ipv6_for_dual_stack": True,
}

EVERYTHING: Final = a_deployment(
    a_stack(
        name="everything",
        reader_layer=True,
        alarm_emails=("ops@example.com",),
        account="111122223333",
        region="eu-west-1",
        tags={"team": "data"},
        permissions_boundary="arn:aws:iam::111122223333:policy/boundary",
        code_signing_config_arn="arn:aws:lambda:eu-west-1:111122223333:"
        "code-signing-config:csc-0123456789abcdef0",
        log_key=True,
        secret_access_alerts=True,
        bootstrap={"qualifier": "platform"},
    ),
    a_rotator(secret={"arn": NAMED_SECRET, "key_arn": NAMED_KEY}, value_format="token", vpc=VPC),
    sales=a_rotator(
        parameter_name="/sales/eu/token",
        stack="everything",
        interval_minutes=3,
        memory_mb=512,
        log_retention_days=90,
        reserve_concurrency=False,
        share_with=("444455556666",),
        vpc=ANOTHER_VPC,
    ),
)

HARDENED: Final = a_deployment(
    a_stack(
        name="hardened",
        key_arn="arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        role_path="/teams/data/",
        role_name_prefix="acme-",
        log_key=True,
        secret_access_alerts=True,
    ),
    a_rotator(log_group_name="/acme/tokens/marketing", share_with=("444455556666",)),
)
"""Names and a key that somebody else has chosen."""

DEPLOYMENTS: Final = {
    "the defaults": a_deployment(),
    "two rotators": a_deployment(
        a_stack(), a_rotator(), sales=a_rotator(parameter_name="/marketing/token2")
    ),
    "a secret of one's own": a_deployment(a_stack(), a_rotator(secret={"arn": NAMED_SECRET})),
    "a topic of one's own": a_deployment(
        a_stack(
            alarm_topic_arn="arn:aws:sns:eu-west-1:111122223333:alarms",
            dashboard=False,
            secret_access_alerts=True,
        ),
        a_rotator(watchdog_min_remaining_seconds=0),
    ),
    "everything set": EVERYTHING,
    "names and a key of others": HARDENED,
    "GovCloud": a_deployment(
        a_stack(
            region="us-gov-west-1",
            account="111122223333",
            log_key=True,
            secret_access_alerts=True,
            permissions_boundary="arn:aws-us-gov:iam::111122223333:policy/boundary",
            architecture="x86_64",
            fips=True,
        ),
        a_rotator(vpc=VPC),
    ),
    "China": a_deployment(
        a_stack(region="cn-north-1", log_key=True),
        a_rotator(
            secret={
                "arn": NAMED_SECRET.replace("aws", "aws-cn", 1).replace("eu-west-1", "cn-north-1"),
                "key_arn": NAMED_KEY.replace("aws", "aws-cn", 1).replace("eu-west-1", "cn-north-1"),
            },
            share_with=("444455556666",),
            vpc=VPC,
        ),
    ),
    "the sovereign cloud": a_deployment(
        a_stack(region="eusc-de-east-1", log_key=True, secret_access_alerts=True)
    ),
}


def template_of(name: str) -> Resource:
    """A copy of the deployment's template. Only the function's code is a stub."""
    return infra_templates.template_of(DEPLOYMENTS[name])


def write_templates(directory: Path) -> dict[str, Path]:
    """Writes one template file for each deployment, and returns the files by name."""
    files = {}
    for number, name in enumerate(DEPLOYMENTS):
        files[name] = directory / f"{number}.template.json"
        files[name].write_text(json.dumps(template_of(name), indent=1))
    return files
