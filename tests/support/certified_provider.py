"""A certified OpenID provider, npm's oidc-provider, as a process of its own."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest
import urllib3
from joserfc.jwk import RSAKey

from local import ROOT
from local.idp.service_account import ServiceAccount

needs_oidc_provider: Final = pytest.mark.skipif(
    not (ROOT / "node_modules" / "oidc-provider").is_dir(), reason="`make tools` installs it"
)


class CertifiedProvider:
    """The running provider, and the account of its only client."""

    def __init__(self, issuer: str, account: ServiceAccount) -> None:
        self.account = account
        self.issuer = issuer

    def api(self, _: str) -> str:
        return f"{self.issuer}/api"

    @property
    def token_requests(self) -> list[Mapping[str, Any]]:
        """Style and status of each, from the provider's own log."""
        return list(urllib3.request("GET", f"{self.issuer}/log").json())


@contextmanager
def certified_provider(*, strict: bool) -> Iterator[CertifiedProvider]:
    """Runs the certified OpenID provider on loopback.

    ``strict``: only the issuer is an audience, an assertion is valid for 60 s and once, and a token
    for 200 s. Otherwise the token endpoint is also an audience, an assertion can be used again, and
    a token is valid for an hour.
    """
    client = ServiceAccount.generate(discovery_endpoint="https://unused.example")
    jwk = RSAKey.import_key(client.public_key_pem).as_dict()
    options = {"client_id": client.client_id, "jwk": jwk, "strict": strict}
    program = ROOT / "tests" / "support" / "certified_provider.mjs"
    with subprocess.Popen(
        ["node", program, json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        issuer = next(
            json.loads(line)["issuer"] for line in process.stdout if line.startswith('{"issuer"')
        )
        account = ServiceAccount(
            client_id=client.client_id,
            discovery_endpoint=f"{issuer}/.well-known/openid-configuration",
            private_key_pem=client.private_key_pem,
            public_key_pem=client.public_key_pem,
        )
        try:
            yield CertifiedProvider(issuer, account)
        finally:
            process.kill()
