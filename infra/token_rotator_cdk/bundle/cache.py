"""The cache of built zip files: what was built once is not built again.

A file's name holds a hash of everything it was built from, so that a file never becomes stale and
may be deleted at any time.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

VARIABLE: Final = "TOKEN_ROTATOR_CACHE"
"""Environment variable that names another directory."""


_MODE: Final = 0o644
"""Whatever the umask: several users may share a directory. Nothing in a zip file is secret."""


class BundlingFailed(Exception):
    """A zip file could not be built. The text says what to do."""


def directory() -> Path:
    """``$TOKEN_ROTATOR_CACHE``, else ``token-rotator`` in the user's cache directory (XDG).

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "token-rotator"


def cached(name: str, build: Callable[[Path], None]) -> Path:
    """The cached file of this name. ``build`` writes it if it does not exist yet.

    ``build`` gets a path in a new directory of its own, which it may use for temporary files. The
    finished file is renamed into its place: two processes may build the same file at the same
    time, and neither sees an incomplete file. Raises BundlingFailed.
    """
    file = directory() / name
    try:
        if file.is_file():
            return file
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        workplace = tempfile.TemporaryDirectory(prefix="building-", dir=file.parent)
    except OSError as error:
        raise BundlingFailed(
            f"The bundle cannot be built, because {file.parent} cannot be read or written "
            f"({error.strerror}): set {VARIABLE} to a directory that can"
        ) from error
    with workplace as place:
        built = Path(place) / name
        build(built)
        built.chmod(_MODE)
        built.replace(file)
    return file
