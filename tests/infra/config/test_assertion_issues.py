"""Mistakes in the claims and headers of the assertion, and in whom it is for."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest

from tests.support.config_files import GOOD, issues, written
from token_rotator_cdk.config.issues import keys_in_lines, keys_in_values
from token_rotator_cdk.config.load import load

WHERE = "[rotators.marketing.identity_provider]"
GRANT = f'{GOOD}identity_provider.profile = "jwt-bearer"\n'


def thumbprints() -> Iterator[str]:
    """Thumbprints in base64url that look as random as a key."""
    for number in range(1000):
        digest = hashlib.sha256(str(number).encode()).digest()
        text = urlsafe_b64encode(digest).decode().rstrip("=")
        if text.isalnum():
            yield text


THUMBPRINT = next(thumbprints())


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ('claims = { iss = "a" }', "leave out iss: it is always the secret's serviceAccountId"),
        ('claims = { sub = "a" }', "leave out sub: set subject"),
        ('claims = { aud = "a" }', "leave out aud: set audience"),
        (
            "claims = { iat = 1 }",
            "leave out iat: it is the current time; assertion_backdate_seconds",
        ),
        ("claims = { exp = 1 }", "leave out exp: set assertion_lifetime_seconds"),
        ('claims = { jti = "a" }', "leave out jti: it is a new UUID in every assertion"),
        ('claims = { scope = "a" }', 'leave out scope: set scope and scope_in = "claim"'),
        ("claims = { level = 1.5 }", "a whole number, true or false (level)"),
        ('claims = { roles = ["a"] }', "write a string in quotes, a whole number, true or"),
        ('claims = { tenant = { id = "a" } }', "write a string in quotes, a whole number"),
        ('claims = { tenant = "" }', "printable characters (tenant)"),
        ('claims = { tenant = "a\\tb" }', "printable characters (tenant)"),
        ('claims = { "" = "a" }', "write every name in 1 to"),
        ("claims = { level = 9007199254740992 }", "up to 9007199254740991 (level)"),
        ('claims = "tenant"', 'write a table of strings: { name = "value" }'),
        ('headers = { alg = "RS512" }', "leave out alg: set algorithm"),
        ('headers = { kid = "one" }', "leave out kid: set key_id"),
        ('headers = { crit = "exp" }', "leave out crit: the assertion uses no extensions"),
        ('headers = { b64 = "false" }', "leave out b64: the assertion uses no extensions"),
        ("headers = { typ = 1 }", "write a string in quotes (typ)"),
        ('headers = { x5c = ["a"] }', "write a string in quotes (x5c)"),
        ('subject = ""', "printable characters"),
        ('scope_in = "body"', 'write one of "parameter", "claim"'),
        ('scope_in = "claim"', "set scope too"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(tmp_path, line, fix):
    said = issues(tmp_path, f"{GRANT}identity_provider.{line}\n")

    assert f"\n  rotators.toml: {WHERE} {line.split(' = ')[0]}" in said
    assert fix in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    ("profile", "line", "others"),
    [
        ("intelligence", 'claims = { tenant = "a" }', '"rfc7523" and "jwt-bearer" do'),
        ("intelligence", 'headers = { typ = "JWT" }', '"rfc7523" and "jwt-bearer" do'),
        ("intelligence", 'key_id = "one"', '"rfc7523" and "jwt-bearer" do'),
        ("intelligence", 'subject = "a@example.com"', '"jwt-bearer" does'),
        ("rfc7523", 'subject = "a@example.com"', '"jwt-bearer" does'),
        ("rfc7523", 'scope = "a"\nidentity_provider.scope_in = "claim"', '"jwt-bearer" does'),
    ],
)
def test_a_setting_that_the_profile_does_not_have_names_those_that_do(
    tmp_path, profile, line, others
):
    text = f'{GOOD}identity_provider.profile = "{profile}"\nidentity_provider.{line}\n'

    said = issues(tmp_path, text)

    assert f'leave it out: profile "{profile}" does not support it; {others}' in said
    assert len(said.splitlines()) == 2


def test_claims_and_headers_are_read_with_their_types(tmp_path):
    text = (
        f"{GRANT}[rotators.marketing.identity_provider.claims]\n"
        'tenant = "acme corp"\nlevel = 3\nstrict = true\n'
        f'[rotators.marketing.identity_provider.headers]\n"x5t#S256" = "{THUMBPRINT}"\n'
    )

    provider = load(written(tmp_path / "r.toml", text)).rotators["marketing"].identity_provider

    assert provider.claims == {"tenant": "acme corp", "level": 3, "strict": True}
    assert provider.headers == {"x5t#S256": THUMBPRINT}


@pytest.mark.parametrize("line", ['key_id = "{}"', 'headers = {{ "x5t#S256" = "{}" }}'])
def test_a_thumbprint_is_no_key(tmp_path, line):
    load(written(tmp_path / "r.toml", f"{GRANT}identity_provider.{line.format(THUMBPRINT)}\n"))


def test_a_mistake_beside_a_thumbprint_is_named(tmp_path):
    line = f'headers = {{ alg = "RS512", "x5t#S256" = "{THUMBPRINT}" }}'

    said = issues(tmp_path, f"{GRANT}identity_provider.{line}\n")

    assert "leave out alg: set algorithm" in said
    assert "(not shown" not in said


def test_a_mistake_of_a_thumbprint_itself_is_named(tmp_path):
    said = issues(tmp_path, f'{GRANT}identity_provider.key_id = ["{THUMBPRINT}"]\n')

    assert 'write a string in quotes: "..."' in said


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        (("identity_provider", "key_id"), THUMBPRINT, False),
        (("identity_provider", "headers", "x5t#S256"), THUMBPRINT, False),
        (("identity_provider", "headers", "x"), THUMBPRINT, True),
        (("identity_provider", "claims", "key_id"), THUMBPRINT, True),
        (("identity_provider", "subject"), THUMBPRINT, True),
        (("identity_provider", "key_id"), THUMBPRINT + "A", True),
        (("identity_provider", "key_id"), THUMBPRINT * 2, True),
    ],
)
def test_a_thumbprint_is_one_by_its_place_and_its_length(path, text, found):
    assert [issue.key for issue in keys_in_values(text, path)] == [path[-1]] * found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('key_id = "{}"', False),
        ("headers = {{ 'x5t#S256' = '{}', typ = 'JWT' }}", False),
        ('subject = "{}"', True),
        ('key_id = "{}A"', True),
        ('key_id = "{}" # {}', True),
    ],
)
def test_a_line_with_a_thumbprint_may_hold_no_other(line, found):
    assert bool([*keys_in_lines(line.format(THUMBPRINT, THUMBPRINT))]) == found


@pytest.mark.parametrize(
    "line",
    [
        *('claims = {{ tenant = "{}" }}', 'headers = {{ x = "{}" }}', 'subject = "{}"'),
        *('headers = {{ "x5t#S256" = "{}{}" }}', 'key_id = "{}{}"', 'claims = {{ "{}" = 1 }}'),
    ],
)
def test_what_looks_like_a_key_is_one_anywhere_else(tmp_path, line):
    said = issues(tmp_path, f"{GRANT}identity_provider.{line.format(THUMBPRINT, THUMBPRINT)}\n")

    assert "remove the key from this file and revoke it" in said
    assert THUMBPRINT[:20] not in said
