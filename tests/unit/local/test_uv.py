"""The set-up installs from wherever pip is configured to install from."""

import base64
import functools
import hashlib
import http.server
import io
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.certificates import unknown_to_the_system
from local.setup import uv
from local.setup.uv import pip_settings, translate

UV = Path(uv.__file__)


def environment(pip: dict[str, str], **environment: str) -> dict[str, str]:
    return translate(pip, environment, trusts_system=False).environment


@pytest.mark.parametrize(
    ("pip", "told"),
    [
        ({}, {}),
        ({"index-url": "https://m/simple"}, {"UV_DEFAULT_INDEX": "https://m/simple"}),
        (
            {"extra-index-url": "https://a/simple\nfile:///b/simple"},
            {
                "UV_INDEX": "https://a/simple file:///b/simple",
                "UV_INDEX_STRATEGY": "unsafe-best-match",
            },
        ),
        ({"find-links": "https://a/links"}, {"UV_FIND_LINKS": "https://a/links"}),
        ({"cert": "/etc/company.pem"}, {"SSL_CERT_FILE": "/etc/company.pem"}),
        ({"cert": "/"}, {"SSL_CERT_DIR": "/"}),
        ({"client-cert": "/me.pem"}, {"SSL_CLIENT_CERT": "/me.pem"}),
        ({"trusted-host": "a b:8443"}, {"UV_INSECURE_HOST": "a b:8443"}),
        ({"timeout": "15.4"}, {"UV_HTTP_TIMEOUT": "15"}),
        ({"default-timeout": "180"}, {"UV_HTTP_TIMEOUT": "180"}),
        ({"retries": "9"}, {"UV_HTTP_RETRIES": "9"}),
        (
            {"proxy": "proxy:3128"},
            dict.fromkeys(
                ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"], "http://proxy:3128"
            ),
        ),
    ],
)
def test_a_setting_of_pip_is_told_in_uvs_words(pip: dict[str, str], told: dict[str, str]) -> None:
    assert environment(pip) == told
    assert translate(pip, {}, trusts_system=False).unsupported == []


def test_without_an_index_there_is_only_what_the_links_name(tmp_path: Path) -> None:
    pip = {"no-index": "1", "index-url": "https://m/simple", "find-links": str(tmp_path)}

    told = translate(pip, {}, trusts_system=False)

    assert told.options == ["--no-index"]
    assert told.environment == {"UV_FIND_LINKS": str(tmp_path)}


def test_which_files_may_be_built_is_passed_on() -> None:
    told = translate({"only-binary": ":all:", "no-binary": "a,b"}, {}, trusts_system=False)

    assert told.options == ["--only-binary", ":all:", "--no-binary", "a", "--no-binary", "b"]


def test_a_directory_that_is_missing_is_left_out_and_said(tmp_path: Path) -> None:
    """pip goes on after a warning; uv would end."""
    missing = tmp_path / "missing"
    pip = {"find-links": f"{missing} {missing.as_uri()} {tmp_path.as_uri()}"}

    told = translate(pip, {}, trusts_system=False)

    assert told.environment == {"UV_FIND_LINKS": tmp_path.as_uri()}
    assert told.unsupported == ["find-links (as far as it names no directory)"]


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_certificate_that_pip_takes_from_a_variable_is_told(name: str) -> None:
    assert environment({}, **{name: "/a.pem"}) == {"SSL_CERT_FILE": "/a.pem"}
    assert environment({"cert": "/b.pem"}, **{name: "/a.pem"}) == {"SSL_CERT_FILE": "/b.pem"}


def test_uv_believes_the_operating_system_where_pip_does() -> None:
    told = {"UV_SYSTEM_CERTS": "true"}

    assert translate({}, {}, trusts_system=True).environment == told
    assert translate({"cert": "/a.pem"}, {}, trusts_system=True).environment == {
        "SSL_CERT_FILE": "/a.pem"
    }
    assert translate({}, {"SSL_CERT_FILE": "/a.pem"}, trusts_system=True).environment == {}


def test_what_somebody_has_told_uv_stays() -> None:
    pip = {"index-url": "https://m/simple", "timeout": "15"}

    assert environment(pip, UV_DEFAULT_INDEX="https://other/simple") == {"UV_HTTP_TIMEOUT": "15"}


def test_what_uv_cannot_be_told_is_said_without_its_value() -> None:
    pip = {"target": "/a-secret-place", "constraint": "/c", "disable-pip-version-check": "1"}

    assert translate(pip, {}, trusts_system=False).unsupported == ["target"]


def test_pips_files_and_variables_are_read_in_pips_order(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://u:p@a/simple\nextra-index-url =\n  https://b/simple\n"
        "  https://c/simple\nretries = 1\ntimeout = 1\nquiet = 2\n"
        "[install]\nretries = 2\ntimeout = 2\n[download]\nretries = 3\n"
    )

    settings = pip_settings(_only(PIP_CONFIG_FILE=str(config), PIP_TIMEOUT="3"))

    assert settings["index-url"] == "https://u:p@a/simple"
    assert settings["extra-index-url"].split() == ["https://b/simple", "https://c/simple"]
    assert (settings["retries"], settings["timeout"]) == ("2", "3")


def _only(**variables: str) -> dict[str, str]:
    """No configuration of this machine's."""
    return {"PATH": os.environ["PATH"], "HOME": "/nowhere", "XDG_CONFIG_DIRS": "/nowhere"} | {
        name: value for name, value in variables.items() if value
    }


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A package index with one package, and the certificate that it needs to be believed."""
    package = tmp_path / "served" / "simple" / "a-package"
    package.mkdir(parents=True)
    wheel = "a_package-1.0-py3-none-any.whl"
    (package / wheel).write_bytes(a_wheel())
    (package / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>')
    context, certificate = unknown_to_the_system(tmp_path)
    serve = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/simple", certificate
        server.shutdown()


@functools.cache  # it holds the time, and its hash is compared
def a_wheel() -> bytes:
    metadata = {
        "METADATA": "Metadata-Version: 2.1\nName: a-package\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    content = {"a_package.py": ""} | {
        f"a_package-1.0.dist-info/{name}": text for name, text in metadata.items()
    }
    record = "a_package-1.0.dist-info/RECORD"
    lines = [
        f"{name},sha256={_digest(text.encode())},{len(text)}" for name, text in content.items()
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (content | {record: "\n".join([*lines, f"{record},,", ""])}).items():
            archive.writestr(name, text)
    return packed.getvalue()


def _digest(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize("configured", [True, False])
def test_a_mirror_that_pip_is_configured_with_is_installed_from(
    tmp_path: Path, mirror: tuple[str, Path], *, configured: bool
) -> None:
    """The real uv, a real index, and a certificate that nobody else believes."""
    url, certificate = mirror
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nindex-url = {url}\n" + (f"cert = {certificate}\n" if configured else "")
    )
    pins = tmp_path / "requirements.txt"
    pins.write_text(f"a-package==1.0 --hash=sha256:{hashlib.sha256(a_wheel()).hexdigest()}\n")
    target = tmp_path / "target"

    done = subprocess.run(
        [
            *(sys.executable, UV, "pip", "install", "--require-hashes", "-r", pins),
            *("--python", sys.executable, "--target", target),
        ],
        env=_only(
            PIP_CONFIG_FILE=str(config), UV_CACHE_DIR=str(tmp_path / "cache"), UV_HTTP_RETRIES="0"
        ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (target / "a_package.py").exists() == configured, done.stderr
    assert (done.returncode == 0) == configured
