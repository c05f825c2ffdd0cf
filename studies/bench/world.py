"""AWS and an identity provider on loopback, for the measured functions.

AWS is a set of fakes, and the identity provider checks nothing. By default, there is no latency.
"""

import contextlib
import itertools
import json
import socket
import ssl
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from fakes import wire
from fakes.certificates import unknown_to_the_system
from fakes.keys import pem, rsa_key
from fakes.parameter_store import FakeParameterStore
from fakes.secrets_manager import FakeSecretsManager

NAME = "/intelligence/marketing/access-token"
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
TOKEN_BYTES = 1000


def _now() -> datetime:
    return datetime.now(UTC)


class BenchScenario:
    """One port for Secrets Manager, Parameter Store and the identity provider."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        *,
        aws_seconds: float = 0,
        provider_seconds: float = 0,
    ) -> None:
        self._tls = tls
        self._aws_seconds = aws_seconds
        self._provider_seconds = provider_seconds
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self._open: list[socket.socket] = []
        self.calls: Counter[str] = Counter()
        self._counter = itertools.count(1)
        self.secret = json.dumps(
            {
                "serviceAccountId": "account-1",
                "privateKey": pem(rsa_key()).replace("\n", "\\n"),
                "discoveryEndpoint": f"{self.url}/discovery",
            }
        )
        self._secrets = FakeSecretsManager(self.secret, now=_now)
        self._parameters = FakeParameterStore(now=_now)
        threading.Thread(target=self._accept, daemon=True).start()

    def forget(self) -> None:
        """Resets published tokens and recorded calls."""
        self._parameters = FakeParameterStore(now=_now)
        self.calls.clear()

    def hang_up(self) -> None:
        """Closes all connections, like servers with idle ones."""
        while self._open:
            with contextlib.suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        data = b""
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        self._open.append(connection)
        with connection, contextlib.suppress(OSError):
            while True:
                while b"\r\n\r\n" not in data:
                    if not (piece := connection.recv(65536)):
                        return
                    data += piece
                head, _, data = data.partition(b"\r\n\r\n")
                line, *headers = head.decode().split("\r\n")
                fields = {
                    name.lower(): value for name, _, value in (h.partition(": ") for h in headers)
                }
                length = int(fields.get("content-length", 0))
                while len(data) < length:
                    data += connection.recv(65536)
                body, data = data[:length], data[length:]
                connection.sendall(self._answer(line, fields, body))

    def _answer(self, line: str, fields: dict[str, str], body: bytes) -> bytes:
        path = line.split()[1].partition("?")[0]
        target = fields.get("x-amz-target", path)
        self.calls[target.rpartition(".")[2]] += 1
        time.sleep(self._aws_seconds if "x-amz-target" in fields else self._provider_seconds)
        status, content = self._called(target, body)
        head = (
            f"HTTP/1.1 {status} -\r\nContent-Type: application/x-amz-json-1.1\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def _called(self, target: str, body: bytes) -> tuple[int, bytes]:
        if target.startswith("secretsmanager."):
            return wire.call(self._secrets, target, body)
        if target.startswith("AmazonSSM."):
            return wire.call(self._parameters, target, body)
        if target == "/discovery":
            document: dict[str, object] = {
                "issuer": self.url,
                "token_endpoint": f"{self.url}/token",
            }
        else:
            token = str(next(self._counter)).rjust(TOKEN_BYTES, "x")
            document = {"access_token": token, "expires_in": 300}
        return 200, json.dumps(document).encode()


def over_tls(folder: Path, **latency: float) -> tuple[BenchScenario, dict[str, str]]:
    """The scenario over TLS, and environment variables to trust it.

    The system's CA certificates stay trusted, so that loading them takes the usual time.
    """
    context, certificate = unknown_to_the_system(folder)
    bundle = folder / "everybody.pem"
    bundle.write_bytes(system_certificates().read_bytes() + certificate.read_bytes())
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return BenchScenario(context, **latency), dict.fromkeys(names, str(bundle))


def system_certificates() -> Path:
    """OpenSSL's default CA file."""
    paths = ssl.get_default_verify_paths()
    return Path(paths.cafile or paths.openssl_cafile)
