"""Errors that stop a rotation.

RotationError
├── ConfigurationError             the deployment is wrong
├── CredentialError                the secret does not hold a usable service account
│   ├── NoServiceAccountYet        it still contains the stack's placeholder
│   └── SecretNotFound             the secret does not exist or has no value
├── SecretStoreUnavailable         Secrets Manager is unavailable; retry
├── IdentityProviderError
│   ├── TokenRequestRefused        it returned an OAuth error
│   ├── AnsweredByAnother          another system responded, or the URL is wrong
│   ├── IdentityProviderDown       it is unavailable; retry
│   ├── IdentityProviderUntrusted  TLS failed, a redirect, or a host that is not allowed
│   └── AnswerUnusable             its response has no usable token
├── PublicationError               the parameter could not be written
│   ├── ParameterStoreUnavailable  Parameter Store is unavailable; retry
│   └── TokenSuperseded            another token expires later, twice in a row
└── Unexpected                     any other error: a bug in this project

A message names the situation, the cause and the fix. It never contains a key, an assertion, a token
or a response's body.
"""

import traceback
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, TypeVar

E = TypeVar("E", bound=Exception)


def without_history(error: E) -> E:
    """Removes traceback, cause and context from an error before it leaves the function.

    Error trackers record the variables of frames, which may include the key. "from None" hides the
    context but keeps it attached, and a JSON parser's context holds the document.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class RotationError(Exception):
    """A rotation failed. The published token was not changed."""

    retry_helps: ClassVar[bool] = False


class ConfigurationError(RotationError):
    """The deployment is wrong. Correct it and deploy again."""


class CredentialError(RotationError):
    """The secret does not contain a usable service account. Store the downloaded file again."""


class NoServiceAccountYet(CredentialError):
    """The secret still contains the stack's placeholder. Store the downloaded file."""


class SecretNotFound(CredentialError):
    """The secret does not exist, or has no version with that stage."""


class SecretStoreUnavailable(RotationError):
    """Secrets Manager is unavailable and no credential is cached. The next rotation tries again."""

    retry_helps = True


class IdentityProviderError(RotationError):
    """The identity provider returned no usable access token."""


class TokenRequestRefused(IdentityProviderError):
    """The identity provider refused the request with an OAuth error (RFC 6749 section 5.2)."""


class AnsweredByAnother(IdentityProviderError):
    """The response is not from the identity provider: it has no OAuth error code, or is not JSON.

    It comes from a system in between (firewall, gateway, CDN) or from a wrong URL, so it does
    not mean that the key is wrong.
    """


class IdentityProviderDown(IdentityProviderError):
    """The identity provider is unavailable. A retry may help."""

    retry_helps = True

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, no_response: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """The wait that it requested (RFC 9110 section 10.2.3)."""
        self.no_response = no_response
        """Whether there was no response at all, for example because the host no longer exists."""


class IdentityProviderUntrusted(IdentityProviderError):
    """TLS failed, the response is a redirect, or the host or IP address is not allowed.

    No assertion is sent to that host or to the target of the redirect.
    """


class AnswerUnusable(IdentityProviderError):
    """The identity provider's response has no usable token."""


class PublicationError(RotationError):
    """The parameter could not be written."""


class ParameterStoreUnavailable(PublicationError):
    """Parameter Store is unavailable. A retry may help."""

    retry_helps = True


class TokenSuperseded(PublicationError):
    """A fresh token was discarded twice in a row because the published one expires later."""


class Unexpected(RotationError):
    """Any other error: a bug in this project.

    The original message is hidden, as it may hold secrets.
    """

    def __init__(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        locations = " from ".join(
            f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)
        )
        super().__init__(f"{type(error).__name__} in {locations}. Please report it.")
