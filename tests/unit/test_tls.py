"""Whoever is at the other end has to show who he is; reading whom to trust happens once."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.certificates import unknown_to_the_system
from tests.support.aws_service import LAMBDAS_OWN
from tests.support.canned_server import CannedServer, answer
from tests.unit.test_settings import REQUIRED
from token_rotator import tls, wiring
from token_rotator.errors import IdentityProviderUntrusted
from token_rotator.identity_provider.addresses import Addresses
from token_rotator.identity_provider.http import ProviderHttp


def now() -> datetime:
    return datetime.now(UTC)


def test_certificates_and_names_are_verified_and_nothing_older_than_tls_1_2_is_spoken():
    context = tls.trusting(None)

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.get_ca_certs() or ssl.get_default_verify_paths().capath


def test_no_connection_reads_again_whom_the_system_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read = []
    pool = Addresses(loopback=True).pool()
    for how in ("load_default_certs", "load_verify_locations"):
        monkeypatch.setattr(ssl.SSLContext, how, lambda *_, how=how, **__: read.append(how))

    context, _ = unknown_to_the_system(tmp_path)
    with CannedServer(answer(), tls=context) as server:
        for _ in range(2):
            with pytest.raises(IdentityProviderUntrusted, match="certificate"):
                ProviderHttp(pool=pool, now=now).get(
                    server.url, what="x", deadline=now() + timedelta(seconds=5)
                )

    assert read == []


def test_aws_and_the_identity_provider_are_met_with_the_same_trust(
    monkeypatch: pytest.MonkeyPatch,
):
    made = []
    make = ssl.create_default_context

    def noted(**of: Any) -> ssl.SSLContext:
        made.append(of)
        return make(**of)

    monkeypatch.setattr(ssl, "create_default_context", noted)
    tls.trusting.cache_clear()

    wiring.build(LAMBDAS_OWN | REQUIRED)

    assert len(made) == 1
