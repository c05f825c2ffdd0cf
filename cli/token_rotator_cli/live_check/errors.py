"""What does this check find, besides what stops the command (token_rotator_cli.errors)?"""

from token_rotator_cli.errors import CommandFailed


class NotAsPromised(CommandFailed):
    """AWS did something else than this project relies on; the text says what was seen."""


class CannotBeShown(CommandFailed):
    """What was asked for cannot be tried as things are; the text says what to do first."""
