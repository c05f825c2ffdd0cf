"""The stand-in for Intelligence's identity provider. It verifies every assertion.

with IdentityProvider() as idp:
    account = idp.new_service_account()     # account.as_downloaded() goes into the secret
    idp.fail(Endpoint.TOKEN, faults.status(503), times=2)
    idp.reject(account)
    idp.token_requests[-1].claims
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from local.http.answers import CannedResponse
from local.http.server import LoopbackServer, Reply, Request
from local.idp.accounts import Accounts
from local.idp.faults import Endpoint, Fault, Faults
from local.idp.request_log import ReceivedRequest, received
from local.idp.service_account import ServiceAccount
from local.idp.tokens import LIFETIME, InvalidToken, Tokens
from local.idp.verification import INTELLIGENCE, Refused, Rules, Verified, Verifier
from local.process.ports import LOOPBACK

DISCOVERY_PATH: Final = "/us1/.well-known/openid-configuration"
TOKEN_PATH: Final = "/us1/token"
API_PATH: Final = "/api/"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class IdentityProvider:
    """The stand-in identity provider. It runs from its creation until ``stop``. Thread-safe."""

    def __init__(
        self,
        *,
        port: int = 0,
        rules: Rules = INTELLIGENCE,
        now: Callable[[], datetime] = _utc_now,
        one_token: bool = False,
        names_issuer: bool = True,
    ) -> None:
        """Starts the server. Port 0 means any free port. Raises PortTaken.

        ``one_token``: a new token ends the client's earlier ones. ``names_issuer``: the discovery
        document has the issuer in it.
        """
        self._now = now
        self._names_issuer = names_issuer
        self._accounts = Accounts()
        self._faults = Faults()
        self._tokens = Tokens(now=now, one_per_client=one_token)
        self._rules = rules
        self._used_jtis: set[str] = set()
        self._requests: list[ReceivedRequest] = []
        self._lock = threading.Lock()
        self._server = LoopbackServer(port=port, respond=self._respond)
        self.issuer: Final = f"http://{LOOPBACK}:{self._server.port}"
        self._verifier = Verifier(rules=rules, accounts=self._accounts, issuer=self.issuer, now=now)

    @property
    def discovery_endpoint(self) -> str:
        """The URL of the discovery document, which is in the downloaded file."""
        return self.issuer + DISCOVERY_PATH

    @property
    def token_endpoint(self) -> str:
        """The URL of the token endpoint, which is in the discovery document."""
        return self.issuer + TOKEN_PATH

    def api(self, resource: str) -> str:
        """The URL of a protected resource."""
        return self.issuer + API_PATH + resource

    def new_service_account(self, *, client_id: str | None = None) -> ServiceAccount:
        """A client with a key; for a client that exists, one more key (Generate/Refresh)."""
        account = ServiceAccount.generate(
            discovery_endpoint=self.discovery_endpoint, client_id=client_id
        )
        self.register(account.client_id, account.public_key_pem)
        return account

    def register(self, client_id: str, public_key_pem: str) -> None:
        """Adds a key to those of a client."""
        self._accounts.register(client_id, public_key_pem)

    def reject(self, account: ServiceAccount) -> None:
        """Rejects the account's key from now on."""
        self._accounts.reject(account)

    def accept(self, account: ServiceAccount) -> bool:
        """Accepts the account's key again. Returns whether it was rejected."""
        return self._accounts.accept(account)

    def fail(self, endpoint: Endpoint, fault: Fault, *, times: int | None = 1) -> None:
        """The next ``times`` requests meet the fault. None means until ``recover``."""
        self._faults.add(endpoint, fault, times=times)

    def recover(self) -> bool:
        """Ends all faults. Returns whether there were any."""
        return self._faults.clear()

    @property
    def requests(self) -> tuple[ReceivedRequest, ...]:
        """All received requests, oldest first, without assertions and tokens."""
        with self._lock:
            return tuple(self._requests)

    @property
    def token_requests(self) -> tuple[ReceivedRequest, ...]:
        """The requests to the token endpoint, oldest first."""
        return tuple(entry for entry in self.requests if entry.endpoint is Endpoint.TOKEN)

    def stop(self) -> None:
        """Ends all connections, including those that hang, and frees the port."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _respond(self, request: Request) -> Reply:
        endpoint = _endpoint(request.path)
        if endpoint is None:
            return Reply(answer=CannedResponse.json(404, {"error": "not_found"}))
        fault = self._faults.take(endpoint) or Fault()
        key_fingerprint = None
        answer = fault.answer
        if answer is None and endpoint is Endpoint.DISCOVERY:
            document = {"token_endpoint": self.token_endpoint}
            if self._names_issuer:
                document["issuer"] = self.issuer
            answer = CannedResponse.json(200, document)
        elif answer is None and endpoint is Endpoint.API:
            answer = self._protected_resource(request)
        elif answer is None:
            answer, key_fingerprint = self._token(request)
        with self._lock:
            self._requests.append(
                received(request, endpoint, answer, at=self._now(), key=key_fingerprint)
            )
        return Reply(answer=answer, delivery=fault.delivery, delay_seconds=fault.delay_seconds)

    def _token(self, request: Request) -> tuple[CannedResponse, str | None]:
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            client = self._verifier.verify(
                request.method, request.query, request.body, content_type
            )
            self._reject_reused_jti(client)
        except Refused as refused:
            headers = {"Allow": "POST"} if refused.status == 405 else {}  # noqa: PLR2004
            error = {"error": refused.code, "error_description": str(refused)}
            return CannedResponse.json(refused.status, error, **headers), None
        token = self._tokens.issue(client.client_id)
        granted: dict[str, object] = {"access_token": token}
        if self._rules.returns_lifetime:
            granted["expires_in"] = int(LIFETIME.total_seconds())
        return CannedResponse.json(200, granted), client.key_fingerprint

    def _reject_reused_jti(self, client: Verified) -> None:
        with self._lock:
            if client.jti in self._used_jtis:
                raise Refused("invalid_client", "this jti was used before", status=401)
            self._used_jtis.add(client.jti)

    def _protected_resource(self, request: Request) -> CannedResponse:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                return CannedResponse.json(
                    401, {}, **{"WWW-Authenticate": 'Bearer realm="stand-in"'}
                )
            client_id = self._tokens.client_of(token.strip())
        except InvalidToken as invalid:
            challenge = f'Bearer error="invalid_token", error_description="{invalid}"'
            return CannedResponse.json(
                401, {"error": "invalid_token"}, **{"WWW-Authenticate": challenge}
            )
        return CannedResponse.json(
            200, {"resource": request.path.removeprefix(API_PATH), "client_id": client_id}
        )


def _endpoint(path: str) -> Endpoint | None:
    if path == DISCOVERY_PATH:
        return Endpoint.DISCOVERY
    if path == TOKEN_PATH:
        return Endpoint.TOKEN
    return Endpoint.API if path.startswith(API_PATH) else None
