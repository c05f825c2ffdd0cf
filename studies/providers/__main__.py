"""Runs the function's own exchange against other people's servers and libraries.

The first argument is a directory where somebody else's programs are installed::

    npm install --prefix DIR oidc-provider
    python3 -m venv DIR/py
    DIR/py/bin/pip install authlib flask requests google-auth msal simple-salesforce docusign-esign
    .venv/bin/python -m studies.providers DIR

``docs/providers.md`` says what came of it.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from local import ROOT
from token_rotator.contract import Algorithm
from token_rotator.credential.private_key import PrivateKey
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import IdentityProviderError
from token_rotator.settings import Settings
from token_rotator.wiring import identity_provider, utc_now
from token_rotator_cdk.config.environment import environment
from token_rotator_cdk.config.models.identity_provider import IdentityProviderConfig
from token_rotator_cdk.config.models.rotator import RotatorConfig

THEIRS: Final = Path(__file__).parent / "theirs"
CLIENT: Final = "client-1"
USER: Final = "integration@example.com"
RSA: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC: Final = ec.generate_private_key(ec.SECP256R1())
TIMES_AND_RANDOM: Final = ("iat", "exp", "jti")


def settings(**provider: Any) -> Settings:
    """As the stack renders these settings of the identity provider and the function reads them."""
    rotator = RotatorConfig(
        parameter_name="/none", identity_provider=IdentityProviderConfig(**provider)
    )
    return Settings.from_environment(
        environment(
            rotator,
            rotator_name="none",
            parameter_tags={},
            secret_arn="none",
            key_arn="none",
            fips=False,
        )
    )


class Exchange:
    """One exchange, and the assertion of it."""

    def __init__(self, key: PrivateKey = RSA, **provider: Any) -> None:
        self.account = ServiceAccount(
            service_account_id=CLIENT, private_key=key, discovery_endpoint=None
        )
        self.endpoint = identity_provider(settings(**provider), now=utc_now, local=True)
        self.parameters: Mapping[str, str] = {}
        post = self.endpoint.channel.post

        def observed(url: str, parameters: Mapping[str, str], **more: Any) -> Any:
            self.parameters = parameters
            return post(url, parameters, **more)

        self.endpoint.channel.post = observed  # type: ignore[method-assign]

    def run(self) -> str:
        """What came of it: a token, or the error in the function's words."""
        try:
            record = self.endpoint.exchange(
                self.account, deadline=datetime.now(UTC) + timedelta(seconds=20)
            )
        except IdentityProviderError as error:
            return f"{type(error).__name__}: {error}"
        lifetime = int((record.expires_at - record.issued_at).total_seconds())
        return f"a token that lives {lifetime} s"


@contextmanager
def server(words: list[str], known: Mapping[str, object]) -> Iterator[str]:
    """A program of theirs that prints where it listens."""
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(known))
        process.stdin.close()
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def certified(programs: Path) -> None:
    """Profile rfc7523 (and intelligence) against oidc-provider."""
    keys = [
        {**json.loads(_jwk(RSA)), "kid": "key-1", "use": "sig"},
        {**json.loads(_jwk(EC)), "kid": "key-2", "use": "sig"},
    ]
    known = {"clients": [{"client_id": CLIENT, "jwks": {"keys": keys}}]}
    with server(["node", str(THEIRS / "certified.mjs"), str(programs)], known) as issuer:
        where: dict[str, Any] = {"discovery_endpoint": f"{issuer}/.well-known/openid-configuration"}
        usual: dict[str, Any] = {**where, "profile": "rfc7523", "scope": "reports.read"}
        for algorithm in Algorithm:
            key: PrivateKey = EC if algorithm is Algorithm.ES256 else RSA
            _say(
                f"oidc-provider, rfc7523, {algorithm}", Exchange(key, **usual, algorithm=algorithm)
            )
        more: dict[str, Any] = {"claims": {"tenant": "acme", "level": 3}, "key_id": "key-1"}
        thumbprint = {"x5t#S256": _thumbprint(b"any")}
        _say("... with claims, kid and x5t#S256", Exchange(**usual, **more, headers=thumbprint))
        typ = {"typ": "client-authentication+jwt"}
        _say("... with another typ", Exchange(**usual, headers=typ))
        _say("... with another kid", Exchange(**usual, key_id="key-9"))
        _say("... with another audience", Exchange(**usual, audience="https://a.example"))
        _say("... with another scope", Exchange(**{**usual, "scope": "reports.write"}))
        _say("... with profile intelligence (no exp)", Exchange(**where, request_style="form"))
        _say("... with profile jwt-bearer", Exchange(**where, profile="jwt-bearer"))


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
        _say("Authlib, jwt-bearer", Exchange(**usual))
        shown = Exchange(
            **usual,
            key_id="key-1",
            claims={"tenant": "acme"},
            headers={"x5t#S256": _thumbprint(b"any")},
        )
        _say("... with claims, kid and x5t#S256", shown)
        _say("... with the scope as a claim", Exchange(**usual, scope_in="claim"))
        _say("... for a user it does not know", Exchange(**{**usual, "subject": "a@example.com"}))
        _say("... with another audience", Exchange(**{**usual, "audience": "https://a.example"}))
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        _say("... with a key it does not know", Exchange(other, **usual))
        _say("... with another scope", Exchange(**{**usual, "scope": "admin"}))
        _say(
            "... with profile rfc7523",
            Exchange(**{**_without(usual, "subject"), "profile": "rfc7523"}),
        )
    return shown


def vendors(programs: Path) -> None:
    """The recipes of docs/providers.md against what the vendors' own libraries send."""
    certificate = _certificate()
    known = {
        "client_id": CLIENT,
        "user": USER,
        "private_key": _pem(RSA),
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }
    python = str(programs / "py" / "bin" / "python")
    done = subprocess.run(
        [python, "-W", "ignore", str(THEIRS / "vendors.py")],
        input=json.dumps(known),
        capture_output=True,
        text=True,
        check=True,
    )
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    for heading, theirs in json.loads(done.stdout).items():
        block = re.search(rf"^## {re.escape(heading)}\n.*?```toml\n(.*?)```", page, re.M | re.S)
        assert block is not None
        (table,) = tomllib.loads(block[1])["rotators"].values()
        provider = table["identity_provider"]
        if "subject" in provider:
            provider["subject"] = USER
        if heading == "Entra ID":
            provider["headers"] = {"x5t#S256": _thumbprint(certificate.public_bytes(Encoding.DER))}
        if heading == "Google service accounts":
            provider["key_id"] = "key-1"
        exchange = Exchange(**provider)
        ours: dict[str, str] = {}
        exchange.endpoint.channel.post = _caught(ours)  # type: ignore[method-assign]
        with suppress(_Caught):
            exchange.run()
        print(f"\n{heading}: what the vendor's library sends / what the function sends")
        for name, left, right in _differences(theirs, ours):
            print(f"  {name}: {left!r} / {right!r}")


class _Caught(Exception):
    pass


def _caught(into: dict[str, str]) -> Callable[..., Any]:
    def post(url: str, parameters: Mapping[str, str], **_: object) -> Any:
        into.update(parameters)
        raise _Caught

    return post


def _differences(
    theirs: Mapping[str, str], ours: Mapping[str, str]
) -> Iterator[tuple[str, object, object]]:
    """What the two requests do not have in common, but for times and random numbers."""
    left, right = _parts(theirs), _parts(ours)
    same = [name for name in left if left[name] == right.get(name)]
    print(f"  the same: {', '.join(same)}")
    for name in dict.fromkeys([*left, *right]):
        if left.get(name) != right.get(name):
            yield name, left.get(name), right.get(name)


def _parts(parameters: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in parameters.items():
        if name in ("assertion", "client_assertion"):
            found[name] = "(a JWT)"
            header = jwt.get_unverified_header(value)
            claims = jwt.decode(value, options={"verify_signature": False})
            found |= {f"header {key}": one for key, one in header.items()}
            found |= {
                f"claim {key}": "(there)" if key in TIMES_AND_RANDOM else one
                for key, one in claims.items()
            }
        else:
            found[name] = value
    return found


def _say(what: str, exchange: Exchange) -> None:
    print(f"{what}: {exchange.run()}")


def _without(table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in keys}


def _jwk(key: PrivateKey) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key.public_key())
    return ECAlgorithm.to_jwk(key.public_key())


def _pem(key: PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _thumbprint(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "token-rotator")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(RSA.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(RSA, hashes.SHA256())
    )


def main() -> None:
    """Runs all three and shows one assertion decoded."""
    programs = Path(sys.argv[1])
    certified(programs)
    print()
    shown = authlib(programs)
    vendors(programs)
    assertion = shown.parameters["assertion"]
    print("\nAn assertion that Authlib accepted, decoded:")
    print(json.dumps(jwt.get_unverified_header(assertion), indent=2))
    claims = jwt.decode(assertion, options={"verify_signature": False})
    print(json.dumps(claims, indent=2))


if __name__ == "__main__":
    main()
