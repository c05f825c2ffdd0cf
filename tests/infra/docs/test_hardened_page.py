"""The page for hardened accounts: its tables of tags and statements, its policies."""

import json
import re
import subprocess
from typing import Any

from local import ROOT
from tests.support.headings import anchors
from tests.support.infra_templates import a_deployment, a_rotator, a_stack, template_of
from token_rotator_cdk.config.key_policy import (
    CLOUDWATCH,
    PUBLISH,
    StackPlace,
    statements_for_roles,
    statements_for_services,
)
from token_rotator_cdk.config.rules.iam import RoleKind
from token_rotator_cli.check.alarm_steps import GUIDE
from token_rotator_cli.deployment.resource_policy import Decision, Request, decide

PAGE = ROOT / "docs" / "security" / "hardened.md"
TEXT = PAGE.read_text(encoding="utf-8")
EVERYTHING = a_deployment(
    a_stack(
        tags={"team": "data"},
        log_key=True,
        secret_access_alerts=True,
        reader_layer=True,
        alarm_emails=("ops@example.com",),
    ),
    a_rotator(share_with=("444455556666",)),
)


def schemas(kinds: set[str]) -> dict[str, bool]:
    """Whether CloudFormation can tag resources of these types."""
    program = (
        "import json, sys; from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as all_of\n"
        "print(json.dumps({kind: all_of.get_resource_schema('eu-west-1', kind)"
        ".schema['tagging']['taggable'] for kind in sys.argv[1:]}))"
    )
    done = subprocess.run(
        [ROOT / ".venv-audit" / "bin" / "python", "-c", program, *sorted(kinds)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, bool] = json.loads(done.stdout)
    return found


def test_everything_that_can_have_tags_has_them_and_the_page_names_the_rest():
    resources = template_of(EVERYTHING)["Resources"].values()
    tag = {"Key": "team", "Value": "data"}

    taggable = schemas({one["Type"] for one in resources})
    untagged = {one["Type"] for one in resources if tag not in one["Properties"].get("Tags", [])}

    assert untagged == {kind for kind, can in taggable.items() if not can}
    table = TEXT.split("### Resources without tags")[1]
    assert {*re.findall("`(AWS::[A-Za-z]+::[A-Za-z]+)`", table)} == untagged


def test_the_guide_of_the_command_is_on_the_page():
    assert GUIDE.partition("#")[2] in anchors(TEXT)


def test_every_statement_has_its_row():
    place = StackPlace(partition="aws", region="r", account="1", dns_suffix="amazonaws.com")
    made = [*statements_for_services(EVERYTHING, place), *statements_for_roles(EVERYTHING, place)]

    part = TEXT.split("### Statements of the key's policy")[1].split("###")[0]
    assert re.findall(r"^\| `(\w+)`", part, re.M) == [one["Sid"] for one in made]


def test_what_a_role_is_for_is_named_as_in_the_names():
    (listed,) = re.findall(r"the purpose of the role \((.*?)\)", TEXT)

    assert {*re.findall(r"`(\w+)`", listed)} == {*RoleKind}


def test_the_statements_of_topic_and_key_let_alarms_of_this_account_through_and_no_others():
    topic, key = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.S))

    def said(statement: dict[str, Any], action: str, account: str) -> Decision:
        asked = Request(
            principals=frozenset({CLOUDWATCH}),
            action=action,
            resource=statement["Resource"],
            context={
                "aws:sourceaccount": account,
                "aws:sourcearn": f"arn:aws:cloudwatch:eu-west-1:{account}:alarm:any",
            },
        )
        return decide(json.dumps({"Statement": [statement]}), asked)

    for statement, action in ((topic, "sns:Publish"), *((key, one) for one in PUBLISH)):
        assert said(statement, action, "111122223333") is Decision.ALLOWED
        assert said(statement, action, "444455556666") is Decision.REFUSED
