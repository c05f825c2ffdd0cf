"""Errors that stop a rotation.

RotationError
├── ConfigurationError             the deployment is wrong
├── CredentialError                the secret does not hold a usable service account
│   ├── NoServiceAccountYet        it still holds what the stack put there
│   └── SecretNotFound             there is no such secret, or it has no value
├── SecretStoreUnavailable         Secrets Manager could not answer; retry
├── IdentityProviderError
│   ├── TokenRequestRefused        it understood us and said no
│   ├── AnsweredByAnother          something in front of it answered, or the address is wrong
│   ├── IdentityProviderDown       it could not answer; retry
│   ├── IdentityProviderUntrusted  the channel or the address is not the one we trust
│   └── AnswerUnusable             it answered with what no consumer could use
├── PublicationError               the parameter could not be written
│   ├── ParameterStoreUnavailable  Parameter Store could not answer; retry
│   └── TokenSuperseded            another token expires later, twice in a row
└── Unexpected                     anything else: a mistake of ours

An error's text says the situation, the cause and the fix. It never holds a key, an
assertion, a token or the body of an answer.
"""

import traceback
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, TypeVar

E = TypeVar("E", bound=Exception)


def without_history(error: E) -> E:
    """The error without frames, cause and context, for everything outside of the function.

    Error trackers show the variables of frames, and a parser's variables hold the key. "from None"
    hides a context but leaves it attached, and a JSON parser's context holds the document.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class RotationError(Exception):
    """A rotation did not happen; what was published stays as it was."""

    retry_helps: ClassVar[bool] = False


class ConfigurationError(RotationError):
    """The deployment is wrong; change it and deploy again."""


class CredentialError(RotationError):
    """The secret does not hold a usable service account; store the downloaded file again."""


class NoServiceAccountYet(CredentialError):
    """The secret still holds what the stack put there; store the downloaded file."""


class SecretNotFound(CredentialError):
    """There is no such secret, or no version of it with that stage."""


class SecretStoreUnavailable(RotationError):
    """Secrets Manager could not answer and nothing is remembered; the next rotation tries again."""

    retry_helps = True


class IdentityProviderError(RotationError):
    """The identity provider gave no usable access token."""


class TokenRequestRefused(IdentityProviderError):
    """The identity provider understood the request and said no (RFC 6749 section 5.2)."""


class AnsweredByAnother(IdentityProviderError):
    """The answer is not an identity provider's: it has no OAuth error code, or is no JSON.

    It came from something in front (firewall, gateway, CDN) or from a wrong address, so it says
    nothing about the key.
    """


class IdentityProviderDown(IdentityProviderError):
    """The identity provider could not answer; trying again may help."""

    retry_helps = True

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, silent: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """How long it asked us to wait (RFC 9110 section 10.2.3)."""
        self.silent = silent
        """Whether nothing at all was answered, as by a host that is no longer there."""


class IdentityProviderUntrusted(IdentityProviderError):
    """The channel or the address is not the one we trust; nothing is sent there."""


class AnswerUnusable(IdentityProviderError):
    """The identity provider answered with what no consumer could use."""


class PublicationError(RotationError):
    """The parameter could not be written."""


class ParameterStoreUnavailable(PublicationError):
    """Parameter Store could not answer; trying again may help."""

    retry_helps = True


class TokenSuperseded(PublicationError):
    """Twice in a row a fresh token was discarded: the published one expires later."""


class Unexpected(RotationError):
    """Anything else: a mistake of ours. Its own text might hold anything and is not told."""

    def __init__(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        places = " from ".join(f"{Path(at.filename).name}:{at.lineno}" for at in reversed(frames))
        super().__init__(f"{type(error).__name__} in {places}. Please report it.")
