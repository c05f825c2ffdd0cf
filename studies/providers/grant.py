"""Profile jwt-bearer with Authlib, which implements the grant."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from studies.providers.exchange import THEIRS, Exchange, say, server
from studies.providers.keys import CLIENT, RSA, USER, thumbprint


def authlib(programs: Path) -> Exchange:
    """Profile jwt-bearer against Authlib."""
    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    audience = "https://login.example.com"
    known = {
        "client_id": CLIENT,
        "public_key": public.decode(),
        "user": USER,
        "audience": audience,
    }
    python = str(programs / "py" / "bin" / "python")
    with server([python, str(THEIRS / "authlib_server.py")], known) as port:
        usual: dict[str, Any] = {
            "profile": "jwt-bearer",
            "token_endpoint": f"http://127.0.0.1:{port}/token",
            "audience": audience,
            "subject": USER,
            "scope": "api",
        }
        say("Authlib, jwt-bearer", Exchange(**usual))
        shown = Exchange(
            **usual,
            key_id="key-1",
            claims={"tenant": "acme"},
            headers={"x5t#S256": thumbprint(b"any")},
        )
        say("... with claims, kid and x5t#S256", shown)
        say("... with the scope as a claim", Exchange(**usual, scope_in="claim"))
        say("... for a user it does not know", Exchange(**{**usual, "subject": "a@example.com"}))
        say("... with another audience", Exchange(**{**usual, "audience": "https://a.example"}))
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        say("... with a key it does not know", Exchange(other, **usual))
        say("... with another scope", Exchange(**{**usual, "scope": "admin"}))
        say(
            "... with profile rfc7523",
            Exchange(**{**_without(usual, "subject"), "profile": "rfc7523"}),
        )
    return shown


def _without(table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in keys}
