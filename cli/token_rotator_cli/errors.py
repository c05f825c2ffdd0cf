"""Errors of commands, in addition to those of rotations (token_rotator.errors).

CommandFailed
├── UsageError        the command line is wrong; exit code 2
├── ConfigFileError   the configuration file cannot be used, or has no such rotator
├── WrongAccount      the caller's credentials are for another account than the rotator's
├── WrongRegion       the secret is in another region than the rotator
├── CallerError       a call to AWS failed
├── NotInvoked        Lambda did not run the function
├── RotationFailed    the function returned an error, which is quoted
├── NotPublished      no token was published for the stored key
├── NotConfirmed      replacing a working key was not confirmed
├── NotForgotten      the previous version of the secret may still be used
├── ProxyFailed       this machine's proxy did not connect to the identity provider
├── PackagingFailed   the package cannot be built or written
├── CheckFailed       a live check found an unexpected state
└── CheckNotPossible  a live check is not possible in the current state

A message names the situation, the cause and the fix. It never contains a key, an assertion, a token
or a response's body.
"""


class CommandFailed(Exception):
    """The command failed. The message says why, and what to do."""


class UsageError(CommandFailed):
    """The command line is wrong."""


class ConfigFileError(CommandFailed):
    """The configuration file cannot be used, or has no such rotator."""


class WrongAccount(CommandFailed):
    """The caller's credentials are for another account than the rotator's. The message has both."""


class WrongRegion(CommandFailed):
    """The secret is in another region than the rotator. The message has both."""


class CallerError(CommandFailed):
    """A call to AWS failed. The message says what the caller can do."""

    def __init__(
        self,
        action: str,
        *,
        code: str,
        fix: str,
        denied: bool = False,
        unreachable: bool = False,
    ) -> None:
        self.denied = denied
        """Whether the caller's credentials do not allow the call."""
        self.code = code
        """The AWS error code, or the name of botocore's exception if there was no response."""
        self.unreachable = unreachable
        """Whether AWS was unreachable."""
        super().__init__(f"{action} failed ({code}). {fix}")


class NotInvoked(CommandFailed):
    """Lambda did not run the function."""


class RotationFailed(CommandFailed):
    """The function returned an error, which is quoted."""


class NotPublished(CommandFailed):
    """No token was published for the stored key."""


class NotConfirmed(CommandFailed):
    """Replacing a working key with another service account's was not confirmed."""


class NotForgotten(CommandFailed):
    """The previous version of the secret may still be used. The message says why."""


class ProxyFailed(CommandFailed):
    """This machine's proxy, which the function does not use, did not connect."""


class PackagingFailed(CommandFailed):
    """The package cannot be built or written. The message says why."""


class CheckFailed(CommandFailed):
    """A live check found an unexpected state. The message describes it."""


class CheckNotPossible(CommandFailed):
    """A live check is not possible in the current state. The message says what to do first."""
