"""The cache of built zip files.

A file's name contains a hash of its inputs, so cached files never become stale. They can be deleted
at any time.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

VARIABLE: Final = "TOKEN_ROTATOR_CACHE"
"""Environment variable that overrides the cache directory."""


_MODE: Final = 0o644
"""Readable by all, whatever the umask: users may share the cache. The zip files hold no secrets."""


class BundlingFailed(Exception):
    """A zip file could not be built. The message contains the fix."""


def directory() -> Path:
    """``$TOKEN_ROTATOR_CACHE``, or ``token-rotator`` in the user's cache directory (XDG).

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    if override := os.environ.get(VARIABLE):
        return Path(override)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "token-rotator"


def cached(name: str, build: Callable[[Path], None]) -> Path:
    """Returns the cached file of this name. ``build`` writes it if it does not exist yet.

    ``build`` gets a path in a new temporary directory. The finished file is then renamed into the
    cache, so concurrent builds are safe. Raises BundlingFailed.
    """
    file = directory() / name
    try:
        if file.is_file():
            return file
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary_directory = tempfile.TemporaryDirectory(prefix="building-", dir=file.parent)
    except OSError as error:
        raise BundlingFailed(
            f"The bundle cannot be built because {file.parent} cannot be read or written "
            f"({error.strerror}). Set {VARIABLE} to a writable directory"
        ) from error
    with temporary_directory as directory_name:
        built = Path(directory_name) / name
        build(built)
        built.chmod(_MODE)
        built.replace(file)
    return file
