"""SSM clients that a process's readers share, one per role and AWS configuration."""

import os
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from token_reader.aws_errors import application_error
from token_reader.locks import ReadLock

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session
    from mypy_boto3_ssm import SSMClient

_CLIENTS: Final["weakref.WeakValueDictionary[tuple[object, ...], SSMClient]"] = (
    weakref.WeakValueDictionary()
)
_LOCK: Final = ReadLock()
_LOADERS: Final[list[Any]] = []
"""botocore's loader, shared because it caches several MiB of service models."""


def shared(role_arn: str | None) -> "SSMClient":
    """The shared client for the role, or with the process's own credentials.

    Its calls time out after about 15 s, within a token's last minute. A client exists as long as a
    reader uses it. If the process's AWS variables change, a new client is created.
    """
    variables = hash(frozenset(item for item in os.environ.items() if item[0].startswith("AWS_")))
    key = (role_arn, variables)
    with _LOCK.current():
        client = _CLIENTS.get(key)
        if client is None:
            client = _CLIENTS[key] = _new(role_arn)
        return client


def forget(client: "SSMClient") -> None:
    """Makes ``shared`` create a new client. An existing one keeps its credentials."""
    with _LOCK.current():
        for key in [key for key, one in _CLIENTS.items() if one is client]:
            del _CLIENTS[key]


def _new(role_arn: str | None) -> "SSMClient":
    session = _session()
    if role_arn is not None:
        session = _assumed_role_session(session, role_arn)
    client: SSMClient = _create(session, "ssm")
    return client


def _session() -> "Session":
    """A new botocore session. boto3's default session is not thread-safe.

    boto3 is not used, because it cannot be imported after the main thread has ended.
    """
    from botocore.loaders import create_loader  # noqa: PLC0415 - not needed if a client is passed
    from botocore.session import get_session  # noqa: PLC0415

    session = get_session()
    if not _LOADERS:
        _LOADERS.append(create_loader(session.get_config_variable("data_path")))
    session.register_component("data_loader", _LOADERS[0])
    return session


def _create(session: "Session", service: str, **credentials: Any) -> Any:
    from botocore.config import Config  # noqa: PLC0415

    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    config = Config(connect_timeout=2, read_timeout=3, retries=retries)
    client = session.create_client(service, config=config, **credentials)
    client.meta.events.register_first("needs-retry", _stop_retries)
    return client


def _stop_retries(caught_exception: BaseException | None, **_: Any) -> None:
    """Stops botocore from retrying after an exception of the application."""
    if application_exception := application_error(caught_exception):
        raise application_exception


def _assumed_role_session(source_session: "Session", role_arn: str) -> "Session":
    """A session that assumes the role on first use and renews it before it expires."""
    from botocore.credentials import (  # noqa: PLC0415
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
    )
    from botocore.exceptions import NoCredentialsError  # noqa: PLC0415

    source = source_session.get_credentials()
    if source is None:
        raise NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(_create, source_session),
        source_credentials=source,
        role_arn=role_arn,
        extra_args={"RoleSessionName": "token-reader"},
    )
    session = _session()
    session.register_component(
        "credential_provider",
        _FixedCredentials(
            DeferredRefreshableCredentials(
                refresh_using=fetcher.fetch_credentials, method="assume-role"
            )
        ),
    )
    return session


class _FixedCredentials:
    """A botocore credential resolver with fixed credentials."""

    def __init__(self, credentials: "Credentials") -> None:
        self._credentials = credentials

    def load_credentials(self) -> "Credentials":
        return self._credentials


def _after_fork_in_child() -> None:
    """Forgets clients: a child process must not use its parent's connections."""
    _LOCK.after_fork()
    _CLIENTS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
