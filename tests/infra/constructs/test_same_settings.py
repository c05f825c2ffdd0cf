"""Every setting of the file has its argument of the construct, and the other way round."""

import inspect
from dataclasses import fields
from typing import get_type_hints

from token_rotator_cdk import IdentityProvider, TokenRotator
from token_rotator_cdk.config.document.nesting import nested_table, tables
from token_rotator_cdk.config.models.bootstrap import BootstrapConfig
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.constructs.arguments import SETTINGS
from token_rotator_cdk.constructs.identity_provider import (
    ClientSettings,
    GrantSettings,
    ServiceSettings,
)

OF_THE_STACK = {
    ("stack", "alarm_topic_arn"): "alarm_topic",
    ("stack", "alarm_actions_enabled"): "alarm_actions_enabled",
    ("stack", "role_path"): "role_path",
    ("stack", "role_name_prefix"): "role_name_prefix",
    ("stack", "key_arn"): "encryption_key",
    ("stack", "log_key"): "log_encryption_key",
    ("stack", "secret_access_alerts"): "secret_access_alerts",
    ("stack", "runbook_url"): "runbook_url",
    ("stack", "code_signing_config_arn"): "code_signing_config",
    ("stack", "architecture"): "architecture",
    ("stack", "fips"): "fips",
    ("stack", "tags"): "parameter_tags",
}
"""Settings that the rotators of a stack share: each of them is given the same argument."""

OF_THE_CDK: dict[tuple[str, ...], str] = {
    ("stack", "name"): "the stack's id",
    ("stack", "account"): "the stack's env",
    ("stack", "region"): "the stack's env",
    **dict.fromkeys(
        (("stack", "bootstrap", key) for key in BootstrapConfig.model_fields),
        "the stack's or the app's synthesizer",
    ),
    ("stack", "alarm_emails"): "alarm_topic.add_subscription",
    ("stack", "permissions_boundary"): "PermissionsBoundary.of(scope)",
    ("stack", "dashboard"): "RotatorsDashboard",
    ("stack", "reader_layer"): "ReaderLayer",
    ("rotators", "NAME", "stack"): "the scope",
}
"""Settings for which a CDK app has means of its own, or another construct of this library."""

NOT_IN_A_FILE = {
    "rotator_name": "<stack name>/<rotator name>",
    "vpc": "the subnets'",
    "code": "for tests",
}
"""Arguments that are settled by what a file is."""


def arguments() -> set[str]:
    parameters = inspect.signature(TokenRotator.__init__).parameters
    return {*parameters} - {"self", "scope", "construct_id", "identity_provider"}


def settings() -> set[tuple[str, ...]]:
    return {
        (*path, key)
        for path, model in tables(Deployment, name="NAME")
        for key in model.model_fields
        if not nested_table(model, key)
    }


def test_every_setting_can_be_said_to_the_construct():
    of_rotators = {("rotators", "NAME", *path) for path in SETTINGS.values()}

    assert settings() == of_rotators | OF_THE_STACK.keys() | OF_THE_CDK.keys()


def test_every_argument_can_be_said_in_the_file():
    of_rotators = {name for name in SETTINGS if "." not in name}

    assert arguments() == of_rotators | {*OF_THE_STACK.values()} | NOT_IN_A_FILE.keys()


def test_an_identity_provider_has_the_fields_of_its_table():
    said = {SETTINGS[f"identity_provider.{field.name}"][1] for field in fields(IdentityProvider)}

    (table,) = (
        model for path, model in tables(RotatorConfig, name="") if path == ("identity_provider",)
    )
    assert said == {*table.model_fields}


def test_the_named_constructors_take_what_their_profile_has():
    whole = {field.name for field in fields(IdentityProvider)} - {"profile"}

    assert {*GrantSettings.__annotations__} == whole
    of_clients = whole - {"subject", "scope_in"}
    assert {*ClientSettings.__annotations__} == of_clients
    assert {*ServiceSettings.__annotations__} == of_clients - {
        *("algorithm", "key_id", "scope", "claims", "headers"),
    }
    for name, takes in {
        "jwt_bearer": GrantSettings,
        "rfc7523": ClientSettings,
        "intelligence": ServiceSettings,
    }.items():
        (settings,) = get_type_hints(getattr(IdentityProvider, name))["settings"].__args__
        assert settings is takes
