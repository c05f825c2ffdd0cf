"""The recipes of docs/configure/providers.md against what the vendors' own libraries send."""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.serialization import Encoding

from local import ROOT
from studies.providers.exchange import THEIRS, Exchange
from studies.providers.keys import CLIENT, RSA, USER, certificate, pem, thumbprint

TIMES_AND_RANDOM: Final = ("iat", "exp", "jti")


def vendors(programs: Path) -> None:
    """The recipes of docs/configure/providers.md against what the vendors' own libraries send."""
    own = certificate()
    known = {
        "client_id": CLIENT,
        "user": USER,
        "private_key": pem(RSA),
        "certificate": own.public_bytes(Encoding.PEM).decode(),
    }
    python = str(programs / "py" / "bin" / "python")
    done = subprocess.run(
        [python, "-W", "ignore", str(THEIRS / "vendors.py")],
        input=json.dumps(known),
        capture_output=True,
        text=True,
        check=True,
    )
    page = (ROOT / "docs" / "configure" / "providers.md").read_text(encoding="utf-8")
    for heading, theirs in json.loads(done.stdout).items():
        block = re.search(rf"^## {re.escape(heading)}\n.*?```toml\n(.*?)```", page, re.M | re.S)
        assert block is not None
        (table,) = tomllib.loads(block[1])["rotators"].values()
        provider = table["identity_provider"]
        if "subject" in provider:
            provider["subject"] = USER
        if heading == "Entra ID":
            provider["headers"] = {"x5t#S256": thumbprint(own.public_bytes(Encoding.DER))}
        if heading == "Google service accounts":
            provider["key_id"] = "key-1"
        exchange = Exchange(**provider)
        ours: dict[str, str] = {}
        exchange.endpoint.http.post = _caught(ours)  # type: ignore[method-assign]
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
    """The differences of two requests, without times and random values."""
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
