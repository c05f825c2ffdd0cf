"""An alarm's text is enough at night, without this repository: meaning, command, what to do."""

import re
import shlex
from typing import Any

import pytest

from local import ROOT
from tests.support.headings import anchors
from tests.support.infra_templates import a_rotator, a_stack, logical_id, resources, template
from token_rotator.contract import ReportField
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.rules.aws import MAX_RUNBOOK_URL_LENGTH
from token_rotator_cdk.constructs.monitoring.texts import MAX_DESCRIPTION_LENGTH, SECRET_READ, TEXTS
from token_rotator_cli.arguments.parser import parser

FUNCTION = "f" * 64
"""Lambda's names are not longer."""
REGION = "ap-southeast-99"
RUNBOOK = "https://wiki.example.com/runbook"
LONGEST = "https://".ljust(MAX_RUNBOOK_URL_LENGTH, "w")


def shown(value: Any, function: str) -> str:
    """A text as AWS shows it, with the longest names."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(shown(part, function) for part in parts)
    names = {function: FUNCTION, "AWS::Region": REGION, "AWS::AccountId": "111122223333"}
    return names[value["Ref"]]


def texts(**stack: Any) -> dict[str, str]:
    """The texts of the alarms and of the alert about the secret."""
    document = template(a_stack(secret_access_alerts=True, **stack), a_rotator())
    function = logical_id(document, "AWS::Lambda::Function")
    found = {
        alarm["AlarmName"].rpartition("/")[2]: shown(alarm["AlarmDescription"], function)
        for alarm in resources(document, "AWS::CloudWatch::Alarm").values()
    }
    (alert,) = (
        rule["Targets"][0]["InputTransformer"]["InputTemplate"]
        for rule in resources(document, "AWS::Events::Rule").values()
        if "InputTransformer" in rule["Targets"][0]
    )
    return {**found, SECRET_READ: shown(alert, function)}


PLAIN = texts()
LINKED = texts(runbook_url=LONGEST)


def test_every_alarm_has_a_text():
    assert PLAIN.keys() == {*TEXTS, SECRET_READ}


@pytest.mark.parametrize("name", TEXTS)
def test_cloudwatch_takes_a_text_with_the_longest_names(name: str):
    assert len(LINKED[name]) <= MAX_DESCRIPTION_LENGTH


@pytest.mark.parametrize("name", PLAIN)
def test_the_commands_of_a_text_are_commands_of_token_rotator(name: str):
    commands = re.findall(r"`(token-rotator [^`]*)`", PLAIN[name])

    assert commands
    assert PLAIN[name].count("token-rotator") == len(commands)
    for command in commands:
        arguments = parser().parse_args(shlex.split(command)[1:])
        assert (arguments.function, arguments.region) == (FUNCTION, REGION)


@pytest.mark.parametrize("name", PLAIN)
def test_a_text_needs_neither_the_repository_nor_a_placeholder_filled_in(name: str):
    assert not re.search(r"make |docs/|\.md|rotators\.toml|[{}]", PLAIN[name].replace("<$", ""))
    assert "#" not in PLAIN[name]
    assert PLAIN[name].rstrip('"').endswith((".", "`"))


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_text_names_is_a_field_of_the_log_or_a_setting(name: str):
    named = {*re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", PLAIN[name])}

    assert named <= {*ReportField, *RotatorConfig.model_fields}
    assert named or name != "TokenMarginLow"


@pytest.mark.parametrize("name", PLAIN)
def test_a_text_links_to_its_part_of_the_runbook_where_the_address_is_known(name: str):
    address, _, anchor = LINKED[name].rstrip('"').rpartition(" More: ")[2].partition("#")

    assert address == LONGEST
    assert anchor in anchors((ROOT / "docs" / "operate" / "runbook.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("wrong", ["wiki/runbook", f"{RUNBOOK}#top", "https://a b", f"{LONGEST}w"])
def test_an_address_that_cannot_be_linked_is_refused(wrong: str):
    with pytest.raises(ValueError, match=r"write a URL of up to 160 characters without #"):
        a_stack(runbook_url=wrong)


if __name__ == "__main__":
    for title, text in texts(runbook_url=RUNBOOK).items():
        print(f"{title} ({len(text)})\n{text}\n")
