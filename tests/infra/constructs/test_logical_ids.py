"""The logical ids that a deployment may not change: CloudFormation would replace what they name.

A secret, a key, a policy that consumers have attached or a topic that people have subscribed to
is lost with its logical id. ``logical_ids.json`` holds them. A change of it is a breaking change.
"""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.audit.deployments import EVERYTHING
from tests.support.infra_templates import a_deployment, rendered, synthesized
from token_rotator_cdk.config.models.deployment import Deployment

HELD: Final = Path(__file__).with_name("logical_ids.json")
KINDS: Final = {
    "AWS::CloudWatch::Alarm",
    "AWS::IAM::ManagedPolicy",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
}
"""What holds something, or what others name."""

DEPLOYMENTS: Final = {"the defaults": a_deployment(), "everything set": EVERYTHING}


def ids_of(deployment: Deployment) -> dict[str, str]:
    document = rendered(synthesized(deployment))
    resources = {
        name: resource["Type"]
        for name, resource in document["Resources"].items()
        if resource["Type"] in KINDS
        or resource.get("Properties", {}).get("Description", "").endswith("for other accounts")
    }
    return resources | dict.fromkeys(document["Outputs"], "Output")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_holds_something_keeps_its_logical_id(name: str):
    held = json.loads(HELD.read_text(encoding="utf-8"))[name]

    assert ids_of(DEPLOYMENTS[name]) == held


if __name__ == "__main__":
    found = {name: ids_of(deployment) for name, deployment in DEPLOYMENTS.items()}
    HELD.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
