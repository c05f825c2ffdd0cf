"""Key material in a file is named and never shown."""

import pytest

from tests.support.config_files import GOOD, issues
from tests.support.infra_keys import DER_BASE64, JWT, PEM


@pytest.mark.parametrize("key_material", [PEM, PEM.replace("\n", "\\n"), DER_BASE64, JWT])
@pytest.mark.parametrize(
    "place",
    [
        'private_key = """{}"""',
        'parameter_name = """{}"""',
        'identity_provider.audience = """{}"""',
        'identity_provider.allowed_token_hosts = ["""{}"""]',
        'identity_provider.subject = """{}"""',
        'identity_provider.claims.tenant = """{}"""',
        'identity_provider.headers."x5t#S256" = """{}"""',
        "'''{}''' = 1",
        "[rotators.'''{}''']\nmemory_mb = 1",
        "[rotators.'''{}'''.secret]\nkey_arn = 1",
        "# {}",
        'scope = "{}',
    ],
)
def test_a_key_pasted_into_the_file_is_named_and_never_shown(tmp_path, key_material, place):
    if "'''" in place:
        place = place.replace("'''", '"')
        key_material = key_material.replace("\n", "")
    text = GOOD.replace('parameter_name = "/marketing/token"\n', "") if "param" in place else GOOD
    text += place.replace("{}", key_material.replace("\\n", "\\\\n"))
    if place.startswith("#"):
        text = GOOD + "".join(f"# {line}\n" for line in key_material.splitlines())

    said = issues(tmp_path, text)

    assert "remove the key from this file and revoke it" in said
    for start in range(0, len(key_material) - 12, 6):
        assert key_material[start : start + 12].strip("-\n ") not in said.replace("-----", "")


def test_a_password_in_an_address_is_not_shown(tmp_path):
    said = issues(
        tmp_path, GOOD + 'identity_provider.token_endpoint = "https://me:hunter2@idp.example.com/"'
    )

    assert "remove the user name and password" in said
    assert "hunter2" not in said
