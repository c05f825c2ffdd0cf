"""Findings without a reason, and reasons without a finding, are failures."""

from tests.audit import acknowledged
from tests.audit.acknowledged import Finding, weighed


def the_file(monkeypatch, tmp_path, text: str) -> None:
    file = tmp_path / "acknowledged.toml"
    file.write_text(text)
    monkeypatch.setattr(acknowledged, "FILE", file)


ON_THE_FUNCTION = Finding("RULE-1", "AWS::Lambda::Function.Marketing", "not nice")


def test_a_finding_with_a_reason_is_no_failure(monkeypatch, tmp_path):
    the_file(monkeypatch, tmp_path, '[pack]\nRULE-1."AWS::Lambda::Function" = "meant"')

    assert weighed("pack", [ON_THE_FUNCTION], cases=1).misses == ()


def test_a_reason_applies_to_one_rule_and_one_resource_type(monkeypatch, tmp_path):
    the_file(monkeypatch, tmp_path, '[pack]\nRULE-1."AWS::Lambda::Function" = "meant"')
    others = [
        ON_THE_FUNCTION._replace(rule="RULE-2"),
        ON_THE_FUNCTION._replace(resource="AWS::Lambda::FunctionUrl.Marketing"),
    ]

    misses = weighed("pack", [ON_THE_FUNCTION, *others], cases=3).misses

    assert len(misses) == 2


def test_a_reason_without_a_finding_is_a_failure(monkeypatch, tmp_path):
    the_file(monkeypatch, tmp_path, '[pack]\nRULE-1."AWS::Lambda::Function" = "meant"')

    (miss,) = weighed("pack", [], cases=1).misses

    assert miss == "RULE-1 AWS::Lambda::Function is acknowledged but was not found"


def test_a_rule_is_a_pattern_in_which_an_asterisk_can_stand_for_itself(monkeypatch, tmp_path):
    reasons = """\
        [pack]
        "IAM[[]*:subnet/subnet-?*]"."AWS::IAM::Role" = "one subnet"
        "IAM[[]Resource::[*]]"."AWS::IAM::Role" = "all"
    """
    the_file(monkeypatch, tmp_path, reasons)
    findings = [
        Finding(f"IAM[Resource::{one}]", "AWS::IAM::Role.Marketing", "not nice")
        for one in ("arn:subnet/subnet-1", "*", "arn:subnet/*", "arn:secret/*")
    ]

    misses = weighed("pack", findings, cases=4).misses

    assert [miss.partition(" ")[0] for miss in misses] == [
        "IAM[Resource::arn:subnet/*]",
        "IAM[Resource::arn:secret/*]",
    ]
