"""A consumer that reads the parameter with boto3 and uses the access token."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.idp.service_account import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The published record, without the access token."""

    version: int
    token_fingerprint: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One attempt to use the token: the record that was read, and the resource's status."""

    published: Published | None
    status: int | None = None

    @property
    def worked(self) -> bool:
        """Whether the resource accepted the token."""
        return self.status == 200  # noqa: PLR2004


class Consumer:
    """A consumer of one parameter that uses one protected resource."""

    def __init__(self, ssm: Any, *, parameter_name: str, resource: str) -> None:
        self._ssm = ssm
        self._parameter_name = parameter_name
        self._resource = resource

    def use(self) -> Use:
        """Reads the parameter once and, if it exists, uses the token once."""
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
