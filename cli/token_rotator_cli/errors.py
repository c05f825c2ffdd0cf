"""Everything that can stop a command, besides what can stop a rotation (token_rotator.errors).

CommandFailed
├── UsageError        the command line does not say which rotator is meant; exit code 2
├── ConfigFileError   the configuration file cannot be used, or has no such rotator
├── WrongAccount      the caller's credentials are of another account than the rotator
├── WrongRegion       the secret is in another region than the rotator
├── CallerError       AWS did not do what the caller asked for
├── NotInvoked        Lambda did not run the function
├── RotationFailed    the function answered with an error, which is quoted
├── NotPublished      the stored key has not led to a token
├── NotConfirmed      nobody agreed to replace a key that works
├── NotForgotten      the previous version of the secret may still be used
├── ProxyFailed       this machine's proxy did not lead to the identity provider
├── PackagingFailed   the package cannot be made on this machine, or not be written
├── CheckFailed       a live check found something that this project does not expect
└── CheckNotPossible  a live check cannot be made as things are

An error's text names the situation, the cause and the fix. It never holds a key, an assertion,
a token or the body of an answer.
"""


class CommandFailed(Exception):
    """The command did not do what it is for; the text says why, and what to do."""


class UsageError(CommandFailed):
    """The command line does not say which rotator is meant."""


class ConfigFileError(CommandFailed):
    """The configuration file cannot be used, or has no such rotator."""


class WrongAccount(CommandFailed):
    """The caller's credentials are of another account than the rotator; the text has both."""


class WrongRegion(CommandFailed):
    """The secret is in another region than the rotator; the text has both."""


class CallerError(CommandFailed):
    """AWS did not do what the caller asked for; the text says what the caller can do about it."""

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
        """Whether the caller's credentials do not allow it."""
        self.code = code
        """AWS's error code, or the name of botocore's exception where AWS gave no answer."""
        self.unreachable = unreachable
        """Whether the network led to no answer of AWS."""
        super().__init__(f"{action} failed ({code}). {fix}")


class NotInvoked(CommandFailed):
    """Lambda did not run the function."""


class RotationFailed(CommandFailed):
    """The function answered with an error, which is quoted."""


class NotPublished(CommandFailed):
    """The stored key has not led to a token."""


class NotConfirmed(CommandFailed):
    """Nobody agreed to replace a key that works with that of another service account."""


class NotForgotten(CommandFailed):
    """The previous version of the secret may still be used; the text says why."""


class ProxyFailed(CommandFailed):
    """This machine's proxy, which the function does not use, led to no identity provider."""


class PackagingFailed(CommandFailed):
    """The package cannot be made on this machine, or not be written; the text says why."""


class CheckFailed(CommandFailed):
    """A live check found something that this project does not expect; the text says what."""


class CheckNotPossible(CommandFailed):
    """A live check cannot be made as things are; the text says what to do first."""
