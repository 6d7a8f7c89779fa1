"""What building a wheel adds to it: the web app as built, and just that. None without it.

Hatchling calls this; an editable install of the checkout is left alone.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebApp(BuildHookInterface[Any]):
    """Puts the files of `web/dist` into `quid/_web`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name them. Raises: FileNotFoundError where it was not built."""
        if version == "editable":
            return
        dist = Path(self.root, "web", "dist")
        if not (dist / "index.html").is_file():
            raise FileNotFoundError(
                "web/dist/index.html: the web app is not built; python -m tools.web build"
            )
        for path in sorted(dist.rglob("*")):
            name = path.relative_to(dist).as_posix()
            if path.is_file() and not f"/{name}".count("/."):
                build_data["force_include"][str(path)] = f"quid/_web/{name}"
