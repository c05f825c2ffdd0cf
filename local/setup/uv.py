"""Runs uv with the index, the certificate and the proxy that pip is configured with: uv.py ARGS...

uv reads neither pip's files nor pip's variables. Runs on the interpreter of .venv, where pip has
installed uv and nothing else yet: standard library only. Addresses may hold passwords, so messages
name pip's options and never their values.
"""

import ast
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

SECTIONS: Final = ("global", "install", ":env:")
"""Of pip's configuration; a later one overrides those before it."""

IGNORED_OPTIONS: Final = {
    # a constraint cannot change what is pinned, and uv refuses one without a hash
    *("constraint", "require-hashes", "prefer-binary", "use-feature", "use-deprecated"),
    *("cache-dir", "no-cache-dir", "config-file", "log", "progress-bar", "quiet", "verbose"),
    *("no-color", "no-input", "exists-action", "no-warn-script-location", "compile", "no-compile"),
    *("disable-pip-version-check", "no-python-version-warning", "root-user-action"),
    *("require-virtualenv", "break-system-packages"),
}
"""Options of pip's that are about pip itself, or mean nothing where every file is pinned."""

CERTIFICATES: Final = {"SSL_CERT_FILE", "SSL_CERT_DIR"}
"""Variables that uv reads."""

TRUSTSTORE: Final = (24, 2)
"""The first pip that takes the operating system's certificates by itself."""


@dataclass
class Translation:
    """uv's environment and options, and pip's options that uv does not support."""

    environment: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    """Options of pip's."""


def translate(
    pip: Mapping[str, str], environment: Mapping[str, str], *, trusts_system: bool
) -> Translation:
    """pip's settings and variables in uv's terms. A variable of uv's that is already set wins.

    ``trusts_system``: pip takes the certificates of the operating system where none are named.
    """
    settings = dict(pip)
    translation = Translation()
    _indexes(settings, translation)
    _certificates(settings, environment, translation)
    if trusts_system and not CERTIFICATES & (translation.environment.keys() | environment.keys()):
        translation.environment["UV_SYSTEM_CERTS"] = "true"
    _network(settings, translation)
    for option in ("only-binary", "no-binary"):
        for name in settings.pop(option, "").replace(",", " ").split():
            translation.options += [f"--{option}", name]
    translation.unsupported += sorted(settings.keys() - IGNORED_OPTIONS)
    for name in translation.environment.keys() & environment.keys():
        if name.startswith("UV_"):
            del translation.environment[name]
    return translation


def _indexes(settings: dict[str, str], translation: Translation) -> None:
    index, extra = settings.pop("index-url", ""), settings.pop("extra-index-url", "").split()
    if settings.pop("no-index", "").lower() in {"1", "true", "yes", "on"}:
        translation.options.append("--no-index")
    else:
        if index:
            translation.environment["UV_DEFAULT_INDEX"] = index.strip()
        if extra:
            translation.environment["UV_INDEX"] = " ".join(extra)
            # like pip: the pinned file may be in any of them, and its hash identifies it
            translation.environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    places = settings.pop("find-links", "").split()
    usable = [place for place in places if _is_remote(place) or _path(place).is_dir()]
    if usable:
        translation.environment["UV_FIND_LINKS"] = ",".join(usable)
    if usable != places:  # pip warns of a directory that is missing, uv ends
        translation.unsupported.append("find-links (as far as it names no directory)")


def _is_remote(place: str) -> bool:
    return urlsplit(place).scheme in {"http", "https"}


def _path(place: str) -> Path:
    return Path(url2pathname(urlsplit(place).path) if place.startswith("file:") else place)


def _certificates(
    settings: dict[str, str], environment: Mapping[str, str], translation: Translation
) -> None:
    # requests, in pip, reads the variables
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    bundle = settings.pop("cert", "") or next(filter(None, map(environment.get, names)), "")
    if bundle:
        directory = Path(bundle).is_dir()
        translation.environment["SSL_CERT_DIR" if directory else "SSL_CERT_FILE"] = bundle
    if client := settings.pop("client-cert", ""):
        translation.environment["SSL_CLIENT_CERT"] = client
    if hosts := settings.pop("trusted-host", "").split():
        translation.environment["UV_INSECURE_HOST"] = " ".join(hosts)


def _network(settings: dict[str, str], translation: Translation) -> None:
    if proxy := settings.pop("proxy", ""):
        address = proxy if "://" in proxy else f"http://{proxy}"
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            translation.environment |= {name: address, name.lower(): address}
    timeout = settings.pop("timeout", "") or settings.pop("default-timeout", "")
    settings.pop("default-timeout", None)
    if timeout:
        translation.environment["UV_HTTP_TIMEOUT"] = str(round(float(timeout)))
    if retries := settings.pop("retries", ""):
        translation.environment["UV_HTTP_RETRIES"] = retries
    keyring = settings.pop("keyring-provider", "auto")
    if keyring in {"subprocess", "auto"} and shutil.which("keyring"):
        translation.environment["UV_KEYRING_PROVIDER"] = "subprocess"
    elif keyring == "import":
        translation.unsupported.append("keyring-provider=import (subprocess is possible)")


def pip_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The options that this interpreter's pip is configured with, by name."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env={**environment, "PIP_QUIET": "0", "PIP_VERBOSE": "0"},  # or it may list nothing
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    sections: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in sections:
            sections[section][option] = str(ast.literal_eval(value))
    return {option: value for section in SECTIONS for option, value in sections[section].items()}


def pip_trusts_system() -> bool:
    """Whether this pip takes the operating system's certificates, and has some."""
    pip_version = tuple(map(int, re.findall(r"\d+", version("pip"))[:2]))
    paths = ssl.get_default_verify_paths()
    has_certificates = sys.platform != "linux" or bool(paths.cafile or paths.capath)
    return pip_version >= TRUSTSTORE and has_certificates


def main(arguments: list[str]) -> None:
    """Becomes uv."""
    translation = translate(pip_settings(os.environ), os.environ, trusts_system=pip_trusts_system())
    for option in translation.unsupported:
        print(
            f"pip is configured with {option}, which uv does not support; the installation "
            "continues without it.",
            file=sys.stderr,
        )
    uv = str(Path(sys.executable).with_name("uv"))
    os.execve(uv, [uv, *arguments, *translation.options], {**os.environ, **translation.environment})  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
