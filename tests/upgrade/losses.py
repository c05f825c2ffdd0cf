"""What an upgrade would take from the people who hold something of the version before."""

from collections.abc import Iterator
from typing import Any, Final

from tests.support.infra_templates import Resource
from tests.support.replacement import replacements
from tests.upgrade.contract import Contract
from token_rotator.contract import Variable

HELD: Final = {
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

_FOR_OTHER_ACCOUNTS: Final = "for other accounts"
"""The end of the description of a role that others name; the other roles are the stack's own."""

_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy")

_INITIAL_VALUE: Final = ("SecretString", "GenerateSecretString")
"""CloudFormation overwrites a secret's value when one of them changes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

_CONSUMERS_DEPEND_ON: Final = (
    *(Variable.PARAMETER_NAME, Variable.SECRET_ARN, Variable.VALUE_FORMAT),
    Variable.PARAMETER_KEY_ARN,
)


def held(template: Resource) -> dict[str, Resource]:
    """The resources of a template that hold something or that others name, by logical id."""
    return {
        name: one
        for name, one in template["Resources"].items()
        if one["Type"] in HELD
        or one.get("Properties", {}).get("Description", "").endswith(_FOR_OTHER_ACCOUNTS)
    }


def losses_in_template(released: Resource, now: Resource) -> Iterator[str]:
    """What CloudFormation would delete, replace or overwrite; outputs and parameters."""
    before = held(released)
    for name, one in before.items():
        after = now["Resources"].get(name)
        if after is None or after["Type"] != one["Type"]:
            yield f"{one['Type']} {name} is deleted"
            continue
        for policy in _POLICIES:
            if one.get(policy) != after.get(policy):
                yield f"{name} has {policy} {after.get(policy)} instead of {one.get(policy)}"
        yield from _changed_values(name, one["Properties"], after["Properties"])
    for replaced in replacements(released, now):
        if replaced.logical_id in before:
            yield f"{replaced.kind} {replaced.logical_id} is replaced, because of {replaced.what}"
    for name, output in released["Outputs"].items():
        if now["Outputs"].get(name, {}).get("Value") != output["Value"]:
            yield f"output {name} is gone or names something else"
    yield from _changed_parameters(released.get("Parameters", {}), now.get("Parameters", {}))


def losses_in_contract(released: Contract, now: Contract) -> Iterator[str]:
    """Names that are gone, other types and defaults, and what is newly required."""
    for name, kind in released["record"].items():
        if now["record"].get(name) != kind:
            yield f"field {name} of the record is gone or is no {kind}"
    for kind, names in released["names"].items():
        for name in names:
            if name not in now["names"].get(kind, ()):
                yield f"{kind} {name} is gone"
    for path, setting in released["settings"].items():
        if path not in now["settings"]:
            yield f"setting {path} is gone"
        else:
            yield from _narrower(path, setting, now["settings"][path])
    yield from _demanded(released["settings"], now["settings"])
    yield from _demanded_arguments(released["required arguments"], now["required arguments"])


def _changed_parameters(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """CloudFormation keeps the values of the parameters that both templates have."""
    for name, one in before.items():
        if name not in after:
            yield f"parameter {name} is gone"
        elif after[name]["Type"] != one["Type"]:
            yield f"parameter {name} is no {one['Type']}"
    for name, one in after.items():
        if "Default" in before.get(name, {"Default": None}) and "Default" not in one:
            yield f"parameter {name} has to be given"


def _changed_values(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for one in _INITIAL_VALUE:
        if before.get(one) != after.get(one):
            yield f"the value of the secret {name} is overwritten, because of {one}"
    old, new = (one.get("Environment", {}).get("Variables", {}) for one in (before, after))
    for variable in _CONSUMERS_DEPEND_ON:
        if old.get(variable) != new.get(variable):
            yield f"the function {name} has another {variable}"


def _narrower(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for rule in sorted({*before, *after} - {"enum", "required"}):
        if _refuses_more(rule, before.get(rule), after.get(rule)):
            yield f"setting {path} has another {rule}"
    if gone := {*before.get("enum", ())} - {*after.get("enum", before.get("enum", ()))}:
        yield f"setting {path} cannot be {sorted(gone)}"
    if after["required"] and not before["required"]:
        yield f"setting {path} is required"


def _refuses_more(rule: str, before: Any, after: Any) -> bool:
    """Whether another value of a JSON Schema keyword may refuse what was accepted."""
    if not rule.startswith(("min", "max")):
        return bool(before != after)
    if before is None or after is None:
        return after is not None
    return bool(after > before if rule.startswith("min") else after < before)


def _demanded(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """New settings that tables of today do not have."""
    tables = {path.rpartition(".")[0] for path in before}
    for path, setting in after.items():
        if path not in before and setting["required"] and path.rpartition(".")[0] in tables:
            yield f"setting {path} is required, and new"


def _demanded_arguments(before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[str]:
    for called, required in before.items():
        for name in after.get(called, ()):
            if name not in required:
                yield f"argument {name} of {called} is required"
