"""A short private folder for unix sockets: their paths may not exceed about 100 characters."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from quid.entrypoints.local.errors import LocalError

PATH_MAX = 70


def folder(home: Path) -> Path:
    """Make (or find again) the socket folder of a data folder, open to its owner alone.

    Raises: LocalError when somebody else owns the name.
    """
    digest = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    base = tempfile.gettempdir()
    path = Path(base if len(base) <= PATH_MAX else "/tmp") / f"quid-{os.getuid()}-{digest}"  # noqa: S108 - checked below
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.getuid() != 0 and found.st_uid != os.getuid()):
        raise LocalError(f"{path} belongs to somebody else: remove it or set TMPDIR")
    path.chmod(0o700)
    return path
