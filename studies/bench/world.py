"""AWS and an identity provider that answer at once: what is measured is not their time.

Checks nothing; that the calls are right is for the other tests to show.
"""

import contextlib
import itertools
import json
import socket
import ssl
import threading
import time
from collections import Counter

from fakes.keys import pem, rsa_key

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:tokens/marketing-AbCdEf"
NAME = "/intelligence/marketing/access-token"
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
TOKEN_BYTES = 1000


class BenchScenario:
    """One port for Secrets Manager, Parameter Store and the identity provider."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self._open: list[socket.socket] = []
        self.calls: Counter[str] = Counter()
        self._published: str | None = None
        self._counter = itertools.count(1)
        self._version = 0
        self.secret = json.dumps(
            {
                "serviceAccountId": "account-1",
                "privateKey": pem(rsa_key()).replace("\n", "\\n"),
                "discoveryEndpoint": f"{self.url}/discovery",
            }
        )
        threading.Thread(target=self._accept, daemon=True).start()

    def forget(self) -> None:
        """Nothing is published, nothing was called."""
        self._published = None
        self.calls.clear()

    def hang_up(self) -> None:
        """Ends all connections, as servers do with idle ones."""
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
        called = fields.get("x-amz-target", line.split()[1].partition("?")[0]).rpartition(".")[2]
        self.calls[called] += 1
        status, document = self._document(called, body)
        content = json.dumps(document).encode()
        head = (
            f"HTTP/1.1 {status} -\r\nContent-Type: application/x-amz-json-1.1\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def _document(self, called: str, body: bytes) -> tuple[int, dict[str, object]]:
        now = time.time()
        if called == "GetParameter" and self._published is None:
            return 400, {"__type": "ParameterNotFound"}
        document: dict[str, object] = {}
        match called:
            case "GetSecretValue":
                document = {
                    "ARN": SECRET_ARN,
                    "Name": "tokens/marketing",
                    "VersionId": "00000000-0000-0000-0000-000000000001",
                    "SecretString": self.secret,
                    "CreatedDate": now,
                }
            case "GetParameter":
                parameter = {
                    "Name": NAME,
                    "Type": "SecureString",
                    "Value": self._published,
                    "Version": self._version,
                    "LastModifiedDate": now,
                }
                document = {"Parameter": parameter}
            case "PutParameter":
                self._published = json.loads(body)["Value"]
                self._version = next(self._counter)
                document = {"Version": self._version, "Tier": "Advanced"}
            case "/discovery":
                document = {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
            case "/token":
                token = str(next(self._counter)).rjust(TOKEN_BYTES, "x")
                document = {"access_token": token, "expires_in": 300}
        return 200, document
