"""The generated service account file has the format that Intelligence offers for download."""

import json

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local.idp.service_account import ServiceAccount

ENDPOINT = "http://127.0.0.1:8466/us1/.well-known/openid-configuration"


def test_the_file_has_three_fields_and_the_key_on_one_line_with_escaped_line_breaks() -> None:
    account = ServiceAccount.generate(discovery_endpoint=ENDPOINT)

    text = account.as_downloaded()

    fields = json.loads(text)
    assert list(fields) == ["serviceAccountId", "privateKey", "discoveryEndpoint"]
    assert fields["serviceAccountId"] == account.client_id
    assert fields["discoveryEndpoint"] == ENDPOINT
    (line,) = (line for line in text.splitlines() if "privateKey" in line)
    assert r"-----BEGIN RSA PRIVATE KEY-----\nMII" in line
    assert r"\n-----END RSA PRIVATE KEY-----\n" in line


def test_the_key_is_rsa_and_long_enough() -> None:
    account = ServiceAccount.generate(discovery_endpoint=ENDPOINT)

    key = load_pem_private_key(account.private_key_pem.encode(), password=None)

    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 2048


def test_generating_again_keeps_the_client_and_changes_the_key() -> None:
    old = ServiceAccount.generate(discovery_endpoint=ENDPOINT)
    new = ServiceAccount.generate(discovery_endpoint=ENDPOINT, client_id=old.client_id)

    assert new.client_id == old.client_id
    assert new.key_fingerprint != old.key_fingerprint


def test_the_repr_does_not_show_the_private_key() -> None:
    account = ServiceAccount.generate(discovery_endpoint=ENDPOINT)

    assert "PRIVATE" not in repr(account)
