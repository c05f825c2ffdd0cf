"""Is a finding weighed against its reason, and a reason against its finding?"""

from tests.audit import acknowledged
from tests.audit.acknowledged import Finding, weighed


def the_file(monkeypatch, tmp_path, text: str) -> None:
    file = tmp_path / "acknowledged.toml"
    file.write_text(text)
    monkeypatch.setattr(acknowledged, "FILE", file)


ON_THE_FUNCTION = Finding("RULE-1", "AWS::Lambda::Function.Marketing", "not nice")


def test_a_finding_with_a_reason_is_no_miss(monkeypatch, tmp_path):
    the_file(monkeypatch, tmp_path, '[pack]\nRULE-1."AWS::Lambda::Function" = "meant"')

    assert weighed("pack", [ON_THE_FUNCTION], cases=1).misses == ()


def test_a_reason_is_for_one_rule_and_one_type_of_resource(monkeypatch, tmp_path):
    the_file(monkeypatch, tmp_path, '[pack]\nRULE-1."AWS::Lambda::Function" = "meant"')
    others = [
        ON_THE_FUNCTION._replace(rule="RULE-2"),
        ON_THE_FUNCTION._replace(resource="AWS::Lambda::FunctionUrl.Marketing"),
    ]

    misses = weighed("pack", [ON_THE_FUNCTION, *others], cases=3).misses

    assert len(misses) == 2


def test_a_reason_that_nothing_needs_is_a_miss(monkeypatch, tmp_path):
    the_file(monkeypatch, tmp_path, '[pack]\nRULE-1."AWS::Lambda::Function" = "meant"')

    (miss,) = weighed("pack", [], cases=1).misses

    assert miss == "RULE-1 AWS::Lambda::Function is acknowledged, and nothing triggers it"
