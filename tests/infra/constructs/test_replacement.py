"""No setting replaces a resource: what consumers have attached and what people store in stays.

CloudFormation replaces a resource whose create-only property changes, and deletes the old one. The
schemas of the resource types say which those are; cfn-lint has them.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from pydantic import BaseModel

from tests.support.infra_templates import (
    NAMED_KEY,
    NAMED_SECRET,
    Resource,
    a_deployment,
    a_rotator,
    a_stack,
    resources,
    template_of,
)
from tests.support.replacement import replaced
from token_rotator_cdk.config.document.nesting import nested_table

REGION: Final = "us-east-1"
"""One that has FIPS endpoints."""

BEFORE: Final = a_deployment(
    a_stack(alarm_emails=("ops@example.com",), region=REGION),
    a_rotator(share_with=("444455556666",)),
)
AFTER: Final = a_deployment(
    a_stack(
        region=REGION,
        alarm_topic_arn=f"arn:aws:sns:{REGION}:111122223333:alarms",
        dashboard=False,
        reader_layer=True,
        tags={"team": "data"},
        permissions_boundary="arn:aws:iam::111122223333:policy/boundary",
        log_key=True,
        secret_access_alerts=True,
        runbook_url="https://wiki.example.com/runbook",
        alarm_actions_enabled=False,
        code_signing_config_arn=f"arn:aws:lambda:{REGION}:111122223333:"
        "code-signing-config:csc-0123456789abcdef0",
        architecture="x86_64",
        fips=True,
        bootstrap={
            "qualifier": "platform",
            "file_assets_bucket_name": "platform-assets",
            "bucket_prefix": "rotator/",
            "file_asset_publishing_role_arn": "arn:aws:iam::111122223333:role/publish",
            "deploy_role_arn": "arn:aws:iam::111122223333:role/deploy",
            "cloud_formation_execution_role": "arn:aws:iam::111122223333:role/cloudformation",
            "lookup_role_arn": "arn:aws:iam::111122223333:role/lookup",
            "bootstrap_stack_version_ssm_parameter": "/platform/version",
        },
    ),
    a_rotator(
        parameter_name="/elsewhere/token",
        token_lifetime_seconds=1200,
        interval_minutes=10,
        watchdog_min_remaining_seconds=200,
        value_format="token",
        share_with=("777788889999",),
        expiration_grace_minutes=10,
        memory_mb=512,
        reserve_concurrency=False,
        log_retention_days=90,
        secret={
            "arn": NAMED_SECRET.replace("eu-west-1", REGION),
            "key_arn": NAMED_KEY.replace("eu-west-1", REGION),
        },
        vpc={
            "subnet_ids": ("subnet-0123456789abcdef0",),
            "security_group_ids": ("sg-0123456789abcdef0",),
            "allow_ipv6_for_dual_stack": True,
        },
        identity_provider={
            "profile": "jwt-bearer",
            "discovery_endpoint": "https://idp.example.com/.well-known/openid-configuration",
            "allowed_token_hosts": ("tokens.example.com",),
            "allow_private_addresses": True,
            "audience": "https://idp.example.com",
            "request_style": "form",
            "assertion_lifetime_seconds": 90,
            "assertion_backdate_seconds": 5,
            "algorithm": "PS256",
            "key_id": "key-1",
            "scope": "reports.read",
            "scope_in": "claim",
            "subject": "integration@example.com",
            "claims": {"tenant": "acme"},
            "headers": {"typ": "authorization-grant+jwt"},
        },
    ),
)
NAMES: Final = {
    *(("stack", "name"), ("stack", "account"), ("stack", "region")),
    ("rotators", "marketing", "stack"),
}
"""Settings that say which rotator it is: with another one there, it is another rotator."""

MOVES: Final = {
    ("stack", "role_path"): "/teams/data/",
    ("stack", "role_name_prefix"): "acme-",
    ("stack", "key_arn"): "arn:aws:kms:us-east-1:111122223333:key/mrk-" + "1234abcd" * 4,
    ("rotators", "marketing", "log_group_name"): "/acme/tokens/marketing",
}
"""Settings that move something: docs/deploy/renaming.md says what, ``token-rotator preflight``
whom it costs a token."""

INSTEAD_OF_ROLES: Final = ("stack", "bootstrap", "cli_credentials")
"""Not beside the roles of the bootstrap stack. No property of a resource depends on it."""

INSTEAD_OF_DISCOVERY: Final = ("rotators", "marketing", "identity_provider", "token_endpoint")
"""Not beside a discovery_endpoint. Both are variables of the function's environment."""

IN_THE_BUNDLE: Final = ("rotators", "marketing", "identity_provider", "extra_ca_certificates")
"""Names a file. What it changes is the code, and a variable of the environment."""


def settings(table: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key in type(table).model_fields:
        value = getattr(table, key)
        inner = nested_table(type(table), key)
        if inner is None or value is None:
            yield (*path, key), value
        elif inner.named:
            for name, one in value.items():
                yield from settings(one, (*path, key, name))
        else:
            yield from settings(value, (*path, key))


@pytest.fixture(scope="module")
def templates() -> tuple[Resource, Resource]:
    """Before and after."""
    return template_of(BEFORE), template_of(AFTER)


def test_no_setting_changes_what_cloudformation_can_only_create(
    templates: tuple[Resource, Resource],
):
    assert replaced(*templates) == set()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("role_path", {("AWS::IAM::Role", "Path"), ("AWS::IAM::ManagedPolicy", "Path")}),
        (
            "role_name_prefix",
            {("AWS::IAM::Role", "RoleName"), ("AWS::IAM::ManagedPolicy", "ManagedPolicyName")},
        ),
        ("log_group_name", {("AWS::Logs::LogGroup", "LogGroupName")}),
        ("key_arn", set()),
    ],
)
def test_what_moves_replaces_this_and_nothing_else(
    templates: tuple[Resource, Resource], setting: str, expected: set[tuple[str, str]]
):
    (value,) = (value for path, value in MOVES.items() if path[-1] == setting)
    stack, rotator = BEFORE.stack, BEFORE.rotators["marketing"]
    if setting in type(stack).model_fields:
        stack = stack.model_copy(update={setting: value})
    else:
        rotator = rotator.model_copy(update={setting: value})

    assert replaced(templates[0], template_of(a_deployment(stack, rotator))) == expected


def test_where_a_path_or_a_prefix_is_chosen_a_change_of_the_one_changes_every_name():
    """CloudFormation creates before it deletes: a name that stays would be taken."""

    def named(**settings: Any) -> Resource:
        both = {"role_path": "/a/", "role_name_prefix": "a-", **settings}
        stack = BEFORE.stack.model_copy(update=both)
        return template_of(BEFORE.model_copy(update={"stack": stack}))

    roles = {("AWS::IAM::Role", "RoleName"), ("AWS::IAM::ManagedPolicy", "ManagedPolicyName")}
    moved = replaced(named(), named(role_path="/b/"))
    assert moved - roles == {("AWS::IAM::Role", "Path"), ("AWS::IAM::ManagedPolicy", "Path")}
    assert moved >= roles


def test_what_consumers_have_attached_keeps_its_place(templates: tuple[Resource, Resource]):
    before, after = templates

    for kind in ("AWS::IAM::ManagedPolicy", "AWS::KMS::Key"):
        kept = resources(before, kind).keys()
        assert kept
        assert kept == resources(after, kind).keys()
    (role,) = (name for name in before["Resources"] if "SharedReaderRole" in name)
    assert role in after["Resources"]
    attached = ("ReaderPolicyArn", "OperatorPolicyArn", "SharedReaderRoleArn")
    for output in (*attached, "ParameterName", "SecretArn"):
        assert f"Marketing{output}" in before["Outputs"].keys() & after["Outputs"].keys()


def test_every_setting_was_changed():
    before, after = dict(settings(BEFORE)), dict(settings(AFTER))
    tables = {("rotators", "marketing", table) for table in ("secret", "vpc")}

    same = {path for path in after if after[path] == before.get(path)}
    assert same == NAMES | MOVES.keys() | {INSTEAD_OF_DISCOVERY, INSTEAD_OF_ROLES, IN_THE_BUNDLE}
    assert before.keys() - tables == {path for path in after if path[:-1] not in tables}
