"""Whatever an upgrade could take away is told."""

import copy
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.support.infra_templates import Resource
from tests.upgrade.contract import Contract
from tests.upgrade.losses import held, losses_in_contract, losses_in_template
from tests.upgrade.release import Release


@pytest.fixture(scope="module")
def released() -> Release:
    return Release.recorded()


def secret_of(template: Resource) -> str:
    return next(name for name, one in held(template).items() if one["Type"].endswith("::Secret"))


def rename_the_secret(template: Resource) -> None:
    resources = template["Resources"]
    resources["Another"] = resources.pop(secret_of(template))


def overwrite_the_secret(template: Resource) -> None:
    properties = template["Resources"][secret_of(template)]["Properties"]
    properties["GenerateSecretString"]["SecretStringTemplate"] = '{"waiting": true}'


def delete_the_secret_with_its_stack(template: Resource) -> None:
    template["Resources"][secret_of(template)]["DeletionPolicy"] = "Delete"


def rename_the_policy(template: Resource) -> None:
    for one in held(template).values():
        if one["Type"] == "AWS::IAM::ManagedPolicy":
            one["Properties"]["Description"] += "."


def publish_elsewhere(template: Resource) -> None:
    for one in held(template).values():
        if one["Type"] == "AWS::Lambda::Function":
            one["Properties"]["Environment"]["Variables"]["PARAMETER_NAME"] += "-2"


def name_another_parameter(template: Resource) -> None:
    template["Outputs"]["MarketingParameterName"]["Value"] += "-2"


def take_a_parameter_away(template: Resource) -> None:
    del template["Parameters"]["ExistingKeyArn"]


def change_the_type_of_a_parameter(template: Resource) -> None:
    template["Parameters"]["SubnetIds"]["Type"] = "String"


def demand_a_parameter(template: Resource) -> None:
    del template["Parameters"]["ExistingKeyArn"]["Default"]


def demand_a_new_parameter(template: Resource) -> None:
    template["Parameters"]["New"] = {"Type": "String"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rename_the_secret, "AWS::SecretsManager::Secret MarketingRotatorSecret"),
        (overwrite_the_secret, "is overwritten, because of GenerateSecretString"),
        (delete_the_secret_with_its_stack, "has DeletionPolicy Delete instead of Retain"),
        (rename_the_policy, "is replaced, because of Description"),
        (publish_elsewhere, "has another PARAMETER_NAME"),
        (name_another_parameter, "output MarketingParameterName is gone or names something else"),
        (take_a_parameter_away, "parameter ExistingKeyArn is gone"),
        (change_the_type_of_a_parameter, "parameter SubnetIds is no CommaDelimitedList"),
        (demand_a_parameter, "parameter ExistingKeyArn has to be given"),
        (demand_a_new_parameter, "parameter New has to be given"),
    ],
)
def test_what_a_template_takes_away_is_told(
    released: Release, change: Callable[[Resource], None], told: str
):
    changed = copy.deepcopy(released.template)
    change(changed)

    found = [*losses_in_template(released.template, changed)]

    assert found
    assert any(told in one for one in found), found


def without(*path: str) -> Callable[[Contract], None]:
    def change(one: dict[str, Any]) -> None:
        for step in path[:-1]:
            one = one[step]
        del one[path[-1]]

    return change


def with_(value: object, *path: str) -> Callable[[Contract], None]:
    def change(one: dict[str, Any]) -> None:
        for step in path[:-1]:
            one = one[step]
        one[path[-1]] = value

    return change


INTERVAL: Final = ("settings", "rotators.*.interval_minutes")
SETTING: Final = "setting rotators.*.interval_minutes"
METRICS: Final = "metric of TokenRotator"
PARAMETER: Final = "parameter of a package"
REQUIRED: Final = "required arguments"
MADE: Final = "argument of TokenRotator"
USED: Final = "member of TokenRotator"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without("record", "expires_at"), "field expires_at of the record is gone or is no int"),
        (with_("str", "record", "issued_at"), "field issued_at of the record is gone or is no int"),
        (without(*INTERVAL), f"{SETTING} is gone"),
        (with_("string", *INTERVAL, "type"), f"{SETTING} has another type"),
        (with_(5, *INTERVAL, "default"), f"{SETTING} has another default"),
        (with_(5, *INTERVAL, "minimum"), f"{SETTING} has another minimum"),
        (with_(60, *INTERVAL, "maximum"), f"{SETTING} has another maximum"),
        (with_(1, *INTERVAL, "maxLength"), f"{SETTING} has another maxLength"),
        (with_("^x", *INTERVAL, "pattern"), f"{SETTING} has another pattern"),
        (with_(1, *INTERVAL, "required"), f"{SETTING} is required"),
        (
            with_({"required": True}, "settings", "rotators.*.new"),
            "setting rotators.*.new is required, and new",
        ),
        (
            with_(["record"], "settings", "rotators.*.value_format", "enum"),
            "setting rotators.*.value_format cannot be ['token']",
        ),
        (with_([], "names", "log line"), "log line outcome is gone"),
        (with_([], "names", METRICS), f"{METRICS} TokenPublished is gone"),
        (with_([], "names", "option of check"), "option of check --json is gone"),
        (with_([], "names", "token_reader"), "token_reader TokenReader is gone"),
        (with_([], "names", "token_reader"), "token_reader HttpxAuth is gone"),
        (with_([], "names", "trigger"), "trigger secret-changed is gone"),
        (with_([], "names", "step"), "step exchange is gone"),
        (with_([], "names", "field of a step"), "field of a step duration_ms is gone"),
        (with_([], "names", PARAMETER), f"{PARAMETER} AlarmEmail is gone"),
        (with_([], "names", MADE), f"{MADE} parameter_name is gone"),
        (with_([], "names", USED), f"{USED} grant_read is gone"),
        (with_([], "names", f"{MADE}.metric"), f"{MADE}.metric options is gone"),
        (with_(["new"], REQUIRED, "TokenReader"), "argument new of TokenReader is required"),
        (with_([], "names", "member of TokenReader"), "member of TokenReader refresh is gone"),
        (with_([], "names", "member of AccessToken"), "member of AccessToken expires_at is gone"),
    ],
)  # fmt: skip
def test_what_a_contract_takes_away_is_told(
    released: Release, change: Callable[[Contract], None], told: str
):
    changed = copy.deepcopy(released.contract)
    change(changed)

    assert told in [*losses_in_contract(released.contract, changed)]


def test_a_new_parameter_with_a_default_is_no_loss(released: Release):
    grown = copy.deepcopy(released.template)
    grown["Parameters"]["New"] = {"Type": "String", "Default": ""}

    assert [*losses_in_template(released.template, grown)] == []


def test_what_is_new_and_optional_is_no_loss(released: Release):
    grown = copy.deepcopy(released.contract)
    grown["record"]["scope"] = "str"
    grown["settings"]["rotators.*.interval_minutes"]["maximum"] += 1
    grown["settings"]["rotators.*.interval_minutes"]["minimum"] -= 1
    del grown["settings"]["rotators.*.parameter_name"]["maxLength"]
    grown["settings"]["rotators.*.new"] = {"type": "string", "required": False}
    grown["settings"]["rotators.*.new_table.key"] = {"type": "string", "required": True}
    grown["names"]["log line"] += ["new"]

    assert [*losses_in_contract(released.contract, grown)] == []
