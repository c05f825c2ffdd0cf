"""Every step that needs a network asks the proxy of the environment (docs/deploy/pipelines.md)."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from local import ROOT

BIN: Final = ROOT / ".venv" / "bin"
PIP: Final[list[str | Path]] = [
    sys.executable,
    "-m",
    "pip",
    "download",
    "--no-deps",
    "some-package",
]
UV: Final[list[str | Path]] = [
    *(BIN / "python", ROOT / "local" / "setup" / "uv.py"),
    *("pip", "install", "--dry-run", "--python", sys.executable, "some-package"),
]
NPM: Final[list[str | Path]] = ["npm", "view", "some-package"]
CDK: Final[list[str | Path]] = [
    ROOT / "node_modules" / ".bin" / "cdk",
    *("bootstrap", "aws://111122223333/eu-west-1", "--no-notices"),  # as in cdk.json
]
STATUS: Final[list[str | Path]] = [BIN / "token-rotator", "status", "--stack", "tokens"]

OF_PIP: Final = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "https://index.example.com/simple",
    "PIP_RETRIES": "0",
    "PIP_NO_CACHE_DIR": "1",
    "UV_NO_CONFIG": "1",
    "UV_NO_CACHE": "1",
}
OF_NPM: Final = {
    "npm_config_registry": "https://index.example.com/",
    "npm_config_userconfig": os.devnull,
    "npm_config_fetch_retries": "0",
}
OF_AWS: Final = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
}


class Proxy:
    """A proxy on loopback that notes where it is asked to connect to, and refuses."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                self.send_error(503)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    running = Proxy()
    yield running
    running.stop()


def run_until_asked(
    proxy: Proxy, command: list[str | Path], environment: Mapping[str, str], directory: Path
) -> str:
    """Where the command has asked the proxy to connect to. It is stopped then: some retry long."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(
        command,
        env={**kept, **environment, "npm_config_cache": str(directory), "CDK_HOME": str(directory)},
        cwd=directory,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while not proxy.asked and process.poll() is None:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return proxy.asked[0] if proxy.asked else "nowhere"


INDEX: Final = "index.example.com:443"


@pytest.mark.parametrize(
    ("step", "variable", "asked"),
    [
        ((PIP, OF_PIP), "HTTPS_PROXY", INDEX),
        ((PIP, OF_PIP), "PIP_PROXY", INDEX),
        ((UV, OF_PIP), "HTTPS_PROXY", INDEX),
        ((UV, OF_PIP), "PIP_PROXY", INDEX),
        ((NPM, OF_NPM), "HTTPS_PROXY", INDEX),
        ((NPM, OF_NPM), "npm_config_https_proxy", INDEX),
        ((CDK, OF_AWS), "HTTPS_PROXY", "sts.eu-west-1.amazonaws.com:443"),
        ((STATUS, OF_AWS), "HTTPS_PROXY", "sts.eu-west-1.amazonaws.com:443"),
    ],
)
def test_each_step_asks_the_proxy(
    proxy: Proxy,
    step: tuple[list[str | Path], Mapping[str, str]],
    variable: str,
    asked: str,
    tmp_path: Path,
) -> None:
    command, environment = step

    went = run_until_asked(proxy, command, {**environment, variable: proxy.url}, tmp_path)

    assert went == asked


def test_what_no_proxy_names_is_asked_directly(proxy: Proxy, tmp_path: Path) -> None:
    # where nobody listens: no test asks AWS itself
    closed = {"AWS_ENDPOINT_URL": "https://127.0.0.1:9", "HTTPS_PROXY": proxy.url}

    through = run_until_asked(proxy, [*STATUS], {**OF_AWS, **closed}, tmp_path)
    proxy.asked.clear()
    around = run_until_asked(
        proxy, [*STATUS], {**OF_AWS, **closed, "NO_PROXY": "127.0.0.1"}, tmp_path
    )

    assert (through, around) == ("127.0.0.1:9", "nowhere")
