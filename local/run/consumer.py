"""What does a workload do? It reads the parameter with boto3 and uses the access token."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.idp.service_account import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the parameter holds, without the access token."""

    version: int
    token_fingerprint: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One attempt: what was read, and what the protected resource answered."""

    published: Published | None
    status: int | None = None

    @property
    def worked(self) -> bool:
        """The token was there and opened the resource."""
        return self.status == 200  # noqa: PLR2004


class Consumer:
    """Reads one parameter, uses one protected resource."""

    def __init__(self, ssm: Any, *, parameter_name: str, resource: str) -> None:
        self._ssm = ssm
        self._parameter_name = parameter_name
        self._resource = resource

    def use(self) -> Use:
        """One read of the parameter and, if there is one, one use of the token."""
        try:
            answer = self._ssm.get_parameter(Name=self._parameter_name, WithDecryption=True)
        except self._ssm.exceptions.ParameterNotFound:
            return Use(published=None)
        record = json.loads(answer["Parameter"]["Value"])
        published = Published(
            version=answer["Parameter"]["Version"],
            token_fingerprint=fingerprint(record["access_token"]),
            issued_at=datetime.fromtimestamp(record["issued_at"], UTC),
            expires_at=datetime.fromtimestamp(record["expires_at"], UTC),
        )
        return Use(published=published, status=self._call(record["access_token"]))

    def _call(self, token: str) -> int:
        request = urllib.request.Request(  # noqa: S310
            self._resource, headers={"Authorization": f"Bearer {token}"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code
