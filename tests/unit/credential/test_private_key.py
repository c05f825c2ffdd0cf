"""One key, however it was mangled on the way; anything else is refused without being shown."""

import base64
import quopri
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from fakes.keys import PKCS1, PKCS8, ec_key, pem, rsa_key
from token_rotator.contract import Algorithm
from token_rotator.credential.private_key import load
from token_rotator.errors import CredentialError

MANGLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "literal \\n": lambda text: text.replace("\n", "\\n"),
    "doubly escaped \\\\n": lambda text: text.replace("\n", "\\\\n"),
    "literal \\r\\n": lambda text: text.replace("\n", "\\r\\n"),
    "literal \\n and real ones": lambda text: text.replace("\n", "\\n\n"),
    "a backslash at each line's end": lambda text: text.replace("\n", "\\\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "old Macintosh": lambda text: text.replace("\n", "\r"),
    "indented": lambda text: textwrap.indent(text, "    "),
    "tabs": lambda text: textwrap.indent(text, "\t"),
    "trailing spaces": lambda text: text.replace("\n", "  \n"),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "one line, spaces": lambda text: text.replace("\n", " "),
    "one line, nothing": lambda text: text.replace("\n", ""),
    "base64 of the PEM": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64 of literal \\n": lambda text: base64.b64encode(
        text.replace("\n", "\\n").encode()
    ).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16")).decode(),
    "text around it": lambda text: f"Bag Attributes\n    friendlyName: x\n{text}\nbye",
    "a certificate before it": lambda text: certificate_pem() + text,
    "END wrapped inside its label": lambda text: text.replace(" KEY-----\n", "\nKEY-----\n"),
    "labels without spaces": lambda text: text.replace(" ", ""),
    "labels in small letters": lambda text: "\n".join(
        line.lower() if "-----" in line else line for line in text.splitlines()
    ),
    "labels of two kinds": lambda text: text.replace("END RSA PRIVATE", "END PRIVATE"),
    "labels of another kind": lambda text: text.replace("RSA PRIVATE", "EC PRIVATE"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "no-break hyphens": lambda text: text.replace("-", "\u2011"),
    "a word processor's dashes": lambda text: text.replace("-----", "\u2014\u2014-"),
    "minus signs": lambda text: text.replace("-", "\u2212"),
    "four dashes": lambda text: text.replace("-----", "----"),
    "six dashes": lambda text: text.replace("-----", "------"),
    "byte order marks inside": lambda text: text.replace("\n", "\n\ufeff"),
    "zero-width spaces": lambda text: text.replace("A", "A\u200b"),
    "soft hyphens": lambda text: text.replace("B", "B\u00ad"),
    "NUL bytes": "\0".join,
    "line separators": lambda text: text.replace("\n", "\u2028"),
    "quoted in an email": lambda text: textwrap.indent(text, "> "),
    "quoted twice in an email": lambda text: textwrap.indent(text, ">> "),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "a line of quoted-printable": lambda text: quopri.encodestring(
        text.replace("\n", "").encode()
    ).decode(),
    "literal tabs": lambda text: text.replace("\n", "\n\\t"),
    "in quotation marks": lambda text: f'"{text}"',
    "each line in quotation marks": lambda text: "".join(f'"{x}",\n' for x in text.splitlines()),
    "without padding": lambda text: text.replace("=", ""),
    "without its END": lambda text: text[: text.index("-----END")],
}


@pytest.mark.parametrize("private_format", [PKCS1, PKCS8])
@pytest.mark.parametrize("mangle", MANGLINGS.values(), ids=MANGLINGS.keys())
def test_every_spelling_is_the_same_key(
    mangle: Callable[[str], str], private_format: PrivateFormat
):
    text = mangle(pem(rsa_key(), private_format))

    key = load(text, algorithm=Algorithm.RS256)

    assert key.public_key() == rsa_key().public_key()


@given(
    places=st.lists(st.integers(0, len(pem(rsa_key()))), min_size=1, max_size=9),
    inserted=st.sampled_from(["\n", "\r\n", " ", "\t", "\u00a0", "\n> ", "=\n", "\\n", "\u200b"]),
)
def test_breaks_at_any_place_even_inside_a_label_change_nothing(places: list[int], inserted: str):
    text = pem(rsa_key())
    for place in sorted(places, reverse=True):
        text = text[:place] + inserted + text[place:]

    assert load(text, algorithm=Algorithm.RS256).public_key() == rsa_key().public_key()


@pytest.mark.parametrize("private_format", [PKCS1, PKCS8])
def test_es256_takes_a_key_on_p256(private_format: PrivateFormat):
    key = load(pem(ec_key(), private_format), algorithm=Algorithm.ES256)

    assert key.public_key() == ec_key().public_key()


def public_pem() -> str:
    return (
        rsa_key()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def encrypted_pem(private_format: PrivateFormat) -> str:
    encryption = BestAvailableEncryption(b"password")
    return rsa_key().private_bytes(Encoding.PEM, private_format, encryption).decode()


def certificate_pem() -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(rsa_key().public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(rsa_key(), hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def openssh_pem() -> str:
    return rsa_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def p384_pem() -> str:
    return pem(ec.generate_private_key(ec.SECP384R1()), PKCS8)


def with_lines(change: Callable[[list[str]], list[str]]) -> str:
    return "\n".join(change(pem(rsa_key()).splitlines()))


def with_line_6(change: Callable[[str], str]) -> str:
    return with_lines(lambda lines: [*lines[:5], change(lines[5]), *lines[6:]])


REFUSED: dict[str, tuple[Callable[[], str], Algorithm, str]] = {
    "a public key": (public_pem, Algorithm.RS256, "a public key"),
    "a certificate": (certificate_pem, Algorithm.RS256, "a certificate"),
    "encrypted PKCS#8": (lambda: encrypted_pem(PKCS8), Algorithm.RS256, "encrypted"),
    "encrypted PKCS#1": (lambda: encrypted_pem(PKCS1), Algorithm.RS256, "encrypted"),
    "OpenSSH's format": (openssh_pem, Algorithm.RS256, "OpenSSH"),
    "an EC key under RS256": (lambda: pem(ec_key()), Algorithm.RS256, "not an RSA key"),
    "an EC key under PS256": (lambda: pem(ec_key(), PKCS8), Algorithm.PS256, "not an RSA key"),
    "an RSA key under ES256": (lambda: pem(rsa_key()), Algorithm.ES256, "elliptic curve"),
    "the wrong curve": (p384_pem, Algorithm.ES256, "P-256"),
    "1024 bits": (lambda: pem(rsa_key(bits=1024)), Algorithm.RS256, "1024 bits"),
    "no end": (lambda: pem(rsa_key())[:-40], Algorithm.RS256, "truncated"),
    "half of it": (lambda: pem(rsa_key())[:800], Algorithm.RS256, "truncated"),
    "a hole in it": (
        lambda: with_lines(lambda lines: [*lines[:5], *lines[9:]]),
        Algorithm.RS256,
        r"damaged: it has \d+ bytes and should have \d+",
    ),
    "a hole in its only line": (
        lambda: with_lines(lambda lines: ["".join([*lines[:5], *lines[9:]])]),
        Algorithm.RS256,
        r"damaged: it has \d+ bytes and should have \d+",
    ),
    "a lost letter": (
        lambda: with_line_6(lambda line: line[1:]),
        Algorithm.RS256,
        "damaged: line 6 has 63 characters, not 64",
    ),
    "a letter too many": (
        lambda: with_line_6(lambda line: f"A{line}"),
        Algorithm.RS256,
        "damaged: line 6 has 65 characters, not 64",
    ),
    "a letter that is none": (
        lambda: "Note:\n" + with_line_6(lambda line: f"*{line[1:]}"),
        Algorithm.RS256,
        "damaged: line 6 has an invalid base64 character",
    ),
    "a letter that is none, in the second block": (
        lambda: certificate_pem() + with_line_6(lambda line: f"*{line[1:]}"),
        Algorithm.RS256,
        "damaged: line 6 has an invalid base64 character",
    ),
    "another letter": (
        lambda: with_line_6(lambda line: ("B" if line[0] == "A" else "A") + line[1:]),
        Algorithm.RS256,
        "damaged",
    ),
    "encrypted under another label": (
        lambda: encrypted_pem(PKCS8).replace("ENCRYPTED ", ""),
        Algorithm.RS256,
        "encrypted",
    ),
    "no beginning": (lambda: pem(rsa_key())[40:], Algorithm.RS256, "not PEM"),
    "something else": (lambda: "hunter2", Algorithm.RS256, "not PEM"),
    "an unknown label": (
        lambda: pem(rsa_key()).replace("RSA PRIVATE KEY", "RSA TREASURE").replace("M", "N"),
        Algorithm.RS256,
        "not a private key",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_sign_is_refused_by_name_and_not_shown(
    case: tuple[Callable[[], str], Algorithm, str],
):
    make, algorithm, said = case
    text = make()

    with pytest.raises(CredentialError, match=said) as caught:
        load(text, algorithm=algorithm)

    assert "Store " in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    body = "".join(text.split())
    assert not any(body[i : i + 12] in str(caught.value) for i in range(40, len(body) - 40, 12))
