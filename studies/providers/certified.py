"""Profile rfc7523 with oidc-provider, which is OpenID Certified."""

import json
from typing import Any

from local import ROOT
from studies.providers.exchange import THEIRS, Exchange, say, server
from studies.providers.keys import CLIENT, EC, RSA, jwk, thumbprint
from token_rotator.contract import Algorithm
from token_rotator.credential.private_key import PrivateKey


def certified() -> None:
    """Profile rfc7523 (and intelligence) against oidc-provider."""
    keys = [
        {**json.loads(jwk(RSA)), "kid": "key-1", "use": "sig"},
        {**json.loads(jwk(EC)), "kid": "key-2", "use": "sig"},
    ]
    known = {"clients": [{"client_id": CLIENT, "jwks": {"keys": keys}}]}
    with server(["node", str(THEIRS / "certified.mjs"), str(ROOT)], known) as issuer:
        where: dict[str, Any] = {"discovery_endpoint": f"{issuer}/.well-known/openid-configuration"}
        usual: dict[str, Any] = {**where, "profile": "rfc7523", "scope": "reports.read"}
        for algorithm in Algorithm:
            key: PrivateKey = EC if algorithm is Algorithm.ES256 else RSA
            say(f"oidc-provider, rfc7523, {algorithm}", Exchange(key, **usual, algorithm=algorithm))
        more: dict[str, Any] = {"claims": {"tenant": "acme", "level": 3}, "key_id": "key-1"}
        fingerprint = {"x5t#S256": thumbprint(b"any")}
        say("... with claims, kid and x5t#S256", Exchange(**usual, **more, headers=fingerprint))
        typ = {"typ": "client-authentication+jwt"}
        say("... with another typ", Exchange(**usual, headers=typ))
        say("... with another kid", Exchange(**usual, key_id="key-9"))
        say("... with another audience", Exchange(**usual, audience="https://a.example"))
        say("... with another scope", Exchange(**{**usual, "scope": "reports.write"}))
        say("... with profile intelligence (no exp)", Exchange(**where, request_style="form"))
        say("... with profile jwt-bearer", Exchange(**where, profile="jwt-bearer"))
